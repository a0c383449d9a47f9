#include <array>
#include <charconv>
#include <cstring>
#include <optional>
#include <utility>

#include "core/base/error.h"
#include "core/formats/internal/npy_header.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

constexpr size_t kMaxHeaderBytes = 1 << 20;
constexpr size_t kMaxDimensions = 32;

struct TypeName {
  NpyType type;
  const char* code;
  const char* name;
  size_t size;
};

constexpr std::array<TypeName, 13> kTypes = {{{NpyType::Bool, "b1", "bool", 1},
                                              {NpyType::Int8, "i1", "int8", 1},
                                              {NpyType::Int16, "i2", "int16", 2},
                                              {NpyType::Int32, "i4", "int32", 4},
                                              {NpyType::Int64, "i8", "int64", 8},
                                              {NpyType::UInt8, "u1", "uint8", 1},
                                              {NpyType::UInt16, "u2", "uint16", 2},
                                              {NpyType::UInt32, "u4", "uint32", 4},
                                              {NpyType::UInt64, "u8", "uint64", 8},
                                              {NpyType::Float16, "f2", "float16", 2},
                                              {NpyType::Float32, "f4", "float32", 4},
                                              {NpyType::Float64, "f8", "float64", 8},
                                              {NpyType::Object, "O", "object", 0}}};

[[noreturn]] void fail(const std::string& where, const std::string& why) {
  throw Error({.what = "read NumPy array",
               .where = where,
               .why = why,
               .remedy = "the file may be damaged or incomplete; copy or save it again"});
}

/// The header's text: a Python dict with exactly the keys descr, fortran_order and shape.
class HeaderParser {
 public:
  HeaderParser(std::string_view text, const std::string& where) : m_text(text), m_where(where) {}

  NpyHeader parse() {
    NpyHeader header;
    bool hasDescr = false, hasOrder = false, hasShape = false;
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr" && !std::exchange(hasDescr, true))
        parseDescr(header);
      else if (key == "fortran_order" && !std::exchange(hasOrder, true))
        header.isFortranOrder = boolean();
      else if (key == "shape" && !std::exchange(hasShape, true))
        header.shape = shape();
      else
        fail(m_where, "its header holds the key '" + key + "' twice or where none is known");
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skipBlanks();
    if (m_at != m_text.size()) fail(m_where, "there is text after its header");
    if (!hasDescr || !hasOrder || !hasShape) fail(m_where, "its header lacks descr, fortran_order or shape");
    return header;
  }

 private:
  void skipBlanks() {
    while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n')) ++m_at;
  }

  bool accept(char wanted) {
    skipBlanks();
    if (m_at >= m_text.size() || m_text[m_at] != wanted) return false;
    ++m_at;
    return true;
  }

  void expect(char wanted) {
    if (!accept(wanted))
      fail(m_where, std::string("its header lacks a '") + wanted + "' at character " + std::to_string(m_at));
  }

  std::string quoted() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect('\'');
    const size_t end = m_text.find(quote, m_at);
    if (end == std::string_view::npos) fail(m_where, "its header holds a text without an end");
    std::string text(m_text.substr(m_at, end - m_at));
    m_at = end + 1;
    return text;
  }

  bool word(std::string_view wanted) {
    skipBlanks();
    if (m_text.substr(m_at, wanted.size()) != wanted) return false;
    m_at += wanted.size();
    return true;
  }

  bool boolean() {
    if (word("True")) return true;
    if (!word("False")) fail(m_where, "its fortran_order is neither True nor False");
    return false;
  }

  void parseDescr(NpyHeader& header) {
    skipBlanks();
    if (m_at < m_text.size() && m_text[m_at] == '[')
      throw Error({.what = "read NumPy array",
                   .where = m_where,
                   .why = "its values are records with fields; plain numbers are needed",
                   .remedy = "save one field as a plain array"});
    const std::string descr = quoted();
    std::string_view code = descr;
    if (!code.empty() && std::string_view("<>|=").find(code.front()) != std::string_view::npos) code.remove_prefix(1);
    for (const TypeName& known : kTypes) {
      if (code != known.code && !(known.type == NpyType::Object && code == "O8")) continue;
      header.type = known.type;
      header.isObject = known.type == NpyType::Object;
      header.isByteSwapped = descr.front() == '>' && known.size > 1;
      return;
    }
    throw Error({.what = "read NumPy array",
                 .where = m_where,
                 .why = "its values are of the type '" + descr + "'; plain numbers are needed",
                 .remedy = "convert it, e.g. with array.astype('float32')"});
  }

  size_t number() {
    skipBlanks();
    size_t value = 0;
    const char* begin = m_text.data() + m_at;
    const auto [end, failure] = std::from_chars(begin, m_text.data() + m_text.size(), value);
    if (failure != std::errc()) fail(m_where, "its shape holds something that is not a size");
    m_at += static_cast<size_t>(end - begin);
    if (m_at < m_text.size() && m_text[m_at] == 'L') ++m_at;  // Python 2's long integers
    return value;
  }

  std::vector<size_t> shape() {
    std::vector<size_t> sizes;
    expect('(');
    while (!accept(')')) {
      sizes.push_back(number());
      if (sizes.size() > kMaxDimensions) fail(m_where, "its shape has more than 32 axes");
      const bool hasComma = accept(',');
      if (sizes.size() == 1 && !hasComma) fail(m_where, "its shape is a number, not a tuple");
      if (!hasComma) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  std::string_view m_text;
  const std::string& m_where;
  size_t m_at = 0;
};

std::optional<size_t> byteCount(const NpyHeader& header) {
  size_t bytes = sizeOf(header.type);
  for (const size_t size : header.shape)
    if (__builtin_mul_overflow(bytes, size, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace

std::string toString(NpyType type) {
  return kTypes[static_cast<size_t>(type)].name;
}

size_t sizeOf(NpyType type) {
  return kTypes[static_cast<size_t>(type)].size;
}

size_t NpyHeader::valueCount() const {
  size_t count = 1;
  for (const size_t size : shape) count *= size;
  return count;
}

std::string NpyHeader::shapeText() const {
  std::string text = "(";
  for (size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
  return text + (shape.size() == 1 ? ",)" : ")");
}

NpyHeader parseNpyHeader(std::span<const std::byte> file, const std::string& where) {
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.substr(0, 6) != "\x93NUMPY") fail(where, "it does not begin as a NumPy file");
  if (text.size() < 12) fail(where, "it ends inside its header");
  const auto byteAt = [&](size_t i) { return static_cast<size_t>(static_cast<unsigned char>(text[i])); };
  const size_t version = byteAt(6);
  if (version < 1 || version > 3 || byteAt(7) != 0)
    fail(where, "its format version is " + std::to_string(version) + "." + std::to_string(byteAt(7)) +
                    "; known are 1.0 to 3.0");
  const size_t prefix = version == 1 ? 10 : 12;
  size_t length = byteAt(8) | byteAt(9) << 8;
  if (version > 1) length |= byteAt(10) << 16 | byteAt(11) << 24;
  if (length > kMaxHeaderBytes) fail(where, "its header claims " + std::to_string(length) + " bytes");
  if (text.size() < prefix + length) fail(where, "it ends inside its header");

  NpyHeader header = HeaderParser(text.substr(prefix, length), where).parse();
  header.dataOffset = prefix + length;
  if (header.isObject) return header;
  const auto expected = byteCount(header);
  const size_t present = text.size() - header.dataOffset;
  if (!expected || *expected != present)
    fail(where, "its header promises " + toString(header.type) + " values of shape " + header.shapeText() + ", " +
                    (expected ? std::to_string(*expected) : "too many") + " bytes; the file holds " +
                    std::to_string(present));
  return header;
}

std::string formatNpyHeader(std::string_view descr, const std::vector<size_t>& shape) {
  constexpr size_t kGrowingAxisDigits = 21;  // as numpy.lib.format, so that files are equal byte for byte
  std::string tuple;
  for (size_t i = 0; i < shape.size(); ++i) tuple += (i ? ", " : "") + std::to_string(shape[i]);
  if (shape.size() == 1) tuple += ",";
  std::string text = "{'descr': '" + std::string(descr) + "', 'fortran_order': False, 'shape': (" + tuple + "), }";
  if (!shape.empty()) text += std::string(kGrowingAxisDigits - std::to_string(shape.front()).size(), ' ');
  text += std::string(64 - (10 + text.size() + 1) % 64, ' ') + '\n';
  std::string header("\x93NUMPY\x01\x00", 8);
  header += static_cast<char>(text.size() & 0xff);
  header += static_cast<char>(text.size() >> 8);
  return header + text;
}

}  // namespace corticast
