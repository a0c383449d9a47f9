#include <expat.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <string>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/gifti.h"
#include "core/formats/gzip.h"
#include "core/formats/internal/gifti_data.h"

namespace corticast {
namespace {

constexpr uint64_t kMostBytes = 8'000'000'000;
constexpr size_t kMostDepth = 16;
constexpr size_t kMostText = 1 << 20;  // of one name, value or label
constexpr size_t kMostValues = 1'000'000'000'000;

using Attributes = std::map<std::string, std::string>;

template <typename T>
std::optional<T> numberOf(std::string_view text) {
  T value{};
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Builds a Gifti from expat's events. A handler must not throw through expat, which is C: it notes the problem and
/// stops the parser, and feed() throws.
class GiftiParser {
 public:
  explicit GiftiParser(std::string where) : m_where(std::move(where)), m_expat(XML_ParserCreate(nullptr)) {
    if (!m_expat) fail("out of memory");
    XML_SetUserData(m_expat, this);
    XML_SetElementHandler(m_expat, onStart, onEnd);
    XML_SetCharacterDataHandler(m_expat, onText);
    XML_SetStartDoctypeDeclHandler(m_expat, onDoctype);
    XML_SetEntityDeclHandler(m_expat, onEntity);
    XML_SetSkippedEntityHandler(m_expat, onSkippedEntity);
    XML_SetExternalEntityRefHandler(m_expat, onExternalEntity);
  }
  ~GiftiParser() {
    if (m_expat) XML_ParserFree(m_expat);
  }
  GiftiParser(const GiftiParser&) = delete;
  GiftiParser& operator=(const GiftiParser&) = delete;

  void feed(std::string_view bytes, bool isLast) {
    const bool isFine = XML_Parse(m_expat, bytes.data(), static_cast<int>(bytes.size()), isLast) == XML_STATUS_OK;
    if (!m_problem.empty()) fail(m_problem);
    if (!isFine) fail(std::string("it is not well-formed XML: ") + XML_ErrorString(XML_GetErrorCode(m_expat)));
  }

  Gifti finish() {
    if (!m_sawRoot) fail("it has no GIFTI element");
    if (m_announced && *m_announced != m_gifti.arrays.size())
      fail("it says it has " + std::to_string(*m_announced) + " data arrays and has " +
           std::to_string(m_gifti.arrays.size()));
    return std::move(m_gifti);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    std::string place = m_where;
    if (m_expat) place += ":" + std::to_string(XML_GetCurrentLineNumber(m_expat));
    throw Error({.what = "read GIFTI", .where = place, .why = why, .remedy = "fetch or export the file again"});
  }
  void refuse(std::string why) {
    if (m_problem.empty()) m_problem = std::move(why);
    XML_StopParser(m_expat, XML_FALSE);
  }

  void start(std::string_view name, const Attributes& attributes);
  void end(std::string_view name);
  void text(std::string_view piece);
  void startArray(const Attributes& attributes);
  std::string readLayout(const Attributes& attributes);
  std::string readShape(const Attributes& attributes);
  void endData();
  void startLabel(const Attributes& attributes);
  [[nodiscard]] std::string_view parent() const {
    return m_open.size() < 2 ? std::string_view{} : std::string_view(m_open[m_open.size() - 2]);
  }

  static GiftiParser& self(void* user) { return *static_cast<GiftiParser*>(user); }
  static void onStart(void* user, const char* name, const char** pairs) {
    Attributes attributes;
    for (; *pairs; pairs += 2) attributes[pairs[0]] = pairs[1];
    self(user).start(name, attributes);
  }
  static void onEnd(void* user, const char* name) { self(user).end(name); }
  static void onText(void* user, const char* piece, int size) { self(user).text({piece, static_cast<size_t>(size)}); }
  static void onDoctype(void* user, const char*, const char*, const char*, int hasInternalSubset) {
    if (hasInternalSubset) self(user).refuse("it brings its own DTD, which GIFTI files never need");
  }
  static void onEntity(void* user, const char*, int, const char*, int, const char*, const char*, const char*,
                       const char*) {
    self(user).refuse("it declares XML entities, which GIFTI files never need");
  }
  static void onSkippedEntity(void* user, const char*, int) { self(user).refuse("it uses an undeclared XML entity"); }
  static int onExternalEntity(XML_Parser parser, const char*, const char*, const char*, const char*) {
    self(XML_GetUserData(parser)).refuse("it refers to an external entity");
    return XML_STATUS_ERROR;
  }

  std::string m_where;
  XML_Parser m_expat;
  Gifti m_gifti;
  std::optional<size_t> m_announced;
  bool m_sawRoot = false;
  std::vector<std::string> m_open;
  std::string m_text;
  size_t m_textLimit = 0;
  std::string m_key;
  std::string m_problem;
  GiftiLayout m_layout;
  bool m_hasData = false;
  bool m_isInArray = false;
};

const std::string& attribute(const Attributes& attributes, const std::string& name) {
  static const std::string kNone;
  const auto found = attributes.find(name);
  return found == attributes.end() ? kNone : found->second;
}

void GiftiParser::start(std::string_view name, const Attributes& attributes) {
  if (!m_problem.empty()) return;
  if (m_open.empty() != (name == "GIFTI")) return refuse("its outermost element is not GIFTI");
  if (m_open.size() >= kMostDepth) return refuse("its elements are nested too deep");
  m_open.emplace_back(name);
  m_text.clear();
  m_textLimit = kMostText;
  if (name == "GIFTI") {
    m_sawRoot = true;
    if (attributes.contains("NumberOfDataArrays")) {
      m_announced = numberOf<size_t>(attribute(attributes, "NumberOfDataArrays"));
      if (!m_announced) refuse("NumberOfDataArrays is no count");
    }
  } else if (name == "DataArray") {
    startArray(attributes);
  } else if (name == "Data") {
    if (parent() != "DataArray" || m_hasData) return refuse("a Data element stands where none belongs");
    m_hasData = true;
    m_textLimit = mostCharacters(m_gifti.arrays.back(), m_layout);
  } else if (name == "Label") {
    startLabel(attributes);
  } else if (name == "MD") {
    m_key.clear();
  }
}

void GiftiParser::startArray(const Attributes& attributes) {
  if (m_isInArray || parent() != "GIFTI") return refuse("a DataArray stands where none belongs");
  m_isInArray = true;
  m_hasData = false;
  m_layout = {};
  m_gifti.arrays.emplace_back().intent = attribute(attributes, "Intent");
  auto problem = readLayout(attributes);
  if (problem.empty()) problem = readShape(attributes);
  if (!problem.empty()) refuse("data array " + std::to_string(m_gifti.arrays.size() - 1) + ": " + problem);
}

std::string GiftiParser::readLayout(const Attributes& attributes) {
  if (!attribute(attributes, "ExternalFileName").empty())
    return "its data is in another file (" + attribute(attributes, "ExternalFileName") + "), which is never opened";
  const auto& encoding = attribute(attributes, "Encoding");
  if (encoding == "ASCII")
    m_layout.encoding = GiftiEncoding::Ascii;
  else if (encoding == "Base64Binary")
    m_layout.encoding = GiftiEncoding::Base64;
  else if (encoding == "GZipBase64Binary")
    m_layout.encoding = GiftiEncoding::GzipBase64;
  else
    return "the encoding \"" + encoding + "\" is not ASCII, Base64Binary or GZipBase64Binary";
  const auto& endian = attribute(attributes, "Endian");
  if (endian != "LittleEndian" && endian != "BigEndian" && m_layout.encoding != GiftiEncoding::Ascii)
    return "its byte order \"" + endian + "\" is neither LittleEndian nor BigEndian";
  m_layout.isBigEndian = endian == "BigEndian";
  const auto& order = attribute(attributes, "ArrayIndexingOrder");
  if (!order.empty() && order != "RowMajorOrder" && order != "ColumnMajorOrder")
    return "its indexing order \"" + order + "\" is unknown";
  m_layout.isColumnMajor = order == "ColumnMajorOrder";
  return "";
}

std::string GiftiParser::readShape(const Attributes& attributes) {
  GiftiArray& array = m_gifti.arrays.back();
  const auto& typeName = attribute(attributes, "DataType");
  constexpr std::array kTypes{GiftiType::UInt8, GiftiType::Int8,   GiftiType::Int16,   GiftiType::UInt16,
                              GiftiType::Int32, GiftiType::UInt32, GiftiType::Float32, GiftiType::Float64};
  const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](GiftiType t) { return toString(t) == typeName; });
  if (type == kTypes.end()) return "values of type \"" + typeName + "\" cannot be read";
  array.type = *type;
  const auto rank = numberOf<int>(attribute(attributes, "Dimensionality"));
  if (!rank || *rank < 1 || *rank > 6) return "its dimensionality is not 1 to 6";
  size_t values = 1;
  for (int d = 0; d < *rank; ++d) {
    const auto& text = attribute(attributes, "Dim" + std::to_string(d));
    const auto extent = numberOf<size_t>(text);
    if (!extent || *extent < 1) return "Dim" + std::to_string(d) + " is \"" + text + "\", which is no count";
    if (*extent > kMostValues / values) return "its dimensions are impossibly large";
    values *= *extent;
    array.shape.push_back(*extent);
  }
  return "";
}

void GiftiParser::startLabel(const Attributes& attributes) {
  if (parent() != "LabelTable") return refuse("a Label stands where none belongs");
  const bool hasKey = attributes.contains("Key");
  const auto key = numberOf<int32_t>(attribute(attributes, hasKey ? "Key" : "Index"));
  if (!key) return refuse("a label has no integer key");
  GiftiLabel& label = m_gifti.labels.emplace_back();
  label.key = *key;
  constexpr std::array kChannels{"Red", "Green", "Blue", "Alpha"};
  for (size_t i = 0; i < kChannels.size(); ++i) {
    if (!attributes.contains(kChannels[i])) continue;
    const auto value = numberOf<float>(attribute(attributes, kChannels[i]));
    if (!value || !(*value >= 0 && *value <= 1)) return refuse("a label's colour is not within 0 to 1");
    label.rgba[i] = *value;
  }
}

void GiftiParser::text(std::string_view piece) {
  if (!m_problem.empty() || m_open.empty()) return;
  const bool isBinary = m_open.back() == "Data" && m_layout.encoding != GiftiEncoding::Ascii;
  if (isBinary) {
    for (const char c : piece)
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') m_text += c;
  } else {
    m_text += piece;
  }
  if (m_text.size() > m_textLimit) refuse("an element " + m_open.back() + " is longer than it can rightly be");
}

void GiftiParser::endData() {
  const auto problem = decodeGiftiData(m_gifti.arrays.back(), m_layout, m_text);
  if (!problem.empty()) refuse("data array " + std::to_string(m_gifti.arrays.size() - 1) + ": " + problem);
}

void GiftiParser::end(std::string_view name) {
  if (!m_problem.empty()) return;
  if (name == "Data") {
    endData();
  } else if (name == "DataArray") {
    if (!m_hasData) refuse("a data array has no data");
    m_isInArray = false;
  } else if (name == "Name") {
    m_key = m_text;
  } else if (name == "Value") {
    (m_isInArray ? m_gifti.arrays.back().metadata : m_gifti.metadata)[m_key] = m_text;
  } else if (name == "Label") {
    m_gifti.labels.back().name = m_text;
  }
  m_open.pop_back();
  m_text.clear();
}

}  // namespace

Gifti parseGifti(std::string_view document, const std::string& where) {
  GiftiParser parser(where);
  constexpr size_t kStep = 1 << 20;
  while (document.size() > kStep) {
    parser.feed(document.substr(0, kStep), false);
    document.remove_prefix(kStep);
  }
  parser.feed(document, true);
  return parser.finish();
}

Gifti readGifti(const std::filesystem::path& path) {
  ByteStream stream(path);
  GiftiParser parser(path.string());
  std::vector<char> buffer(1 << 18);
  uint64_t total = 0;
  while (const size_t got = stream.read(std::as_writable_bytes(std::span(buffer)))) {
    total += got;
    if (total > kMostBytes)
      throw Error({.what = "read GIFTI",
                   .where = path.string(),
                   .why = "it unpacks to more than " + byteSize(kMostBytes),
                   .remedy = "split it into files of fewer maps"});
    parser.feed({buffer.data(), got}, false);
  }
  parser.feed({}, true);
  return parser.finish();
}

}  // namespace corticast
