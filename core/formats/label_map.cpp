#include "core/formats/label_map.h"

#include <cstring>
#include <limits>
#include <span>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/formats/internal/npy_header.h"
#include "core/formats/internal/utf8.h"
#include "core/formats/npy.h"
#include "core/formats/pickle.h"

namespace corticast {
namespace {

const std::vector<std::string_view> kGlobals = {
    "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray._reconstruct",
    "numpy.core.multiarray.scalar",
    "numpy._core.multiarray.scalar",
    "numpy.ndarray",
    "numpy.dtype",
    "_codecs.encode",
};

/// What the pickle of a 0-d object array with a dict of labels means.
class LabelMapReader {
 public:
  LabelMapReader(const PickleTree& tree, const std::string& where) : m_tree(tree), m_where(where) {}

  std::map<int64_t, std::string> read() const {
    const PickleNode& array = m_tree.at(m_tree.root);
    if (!isCall(array, "_reconstruct") || array.items.size() != 3) fail("it is no array of objects");
    const PickleNode& state = item(array, 2);
    if (state.kind != PickleKind::Tuple || state.items.size() != 5) fail("its array has no values");
    if (item(state, 1).kind != PickleKind::Tuple || !item(state, 1).items.empty()) fail("its array is not 0-d");
    if (dtypeCode(item(state, 2)).substr(0, 1) != "O") fail("its array does not hold objects");
    const PickleNode& values = item(state, 4);
    if (values.kind != PickleKind::List || values.items.size() != 1) fail("its array does not hold one object");
    const PickleNode& dict = item(values, 0);
    if (dict.kind != PickleKind::Dict) fail("its object is not a dict");

    std::map<int64_t, std::string> labels;
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2) {
      const int64_t label = integer(item(dict, i));
      if (!labels.emplace(label, text(item(dict, i + 1))).second)
        fail("the label " + std::to_string(label) + " appears twice");
    }
    return labels;
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error({.what = "read label map",
                 .where = m_where,
                 .why = why,
                 .remedy = "use the file as it was published; it must hold a dict of integer labels and ROI names"});
  }

  const PickleNode& item(const PickleNode& node, size_t index) const { return m_tree.at(node.items[index]); }

  bool isCall(const PickleNode& node, std::string_view function) const {
    return node.kind == PickleKind::Call && item(node, 0).text.ends_with("." + std::string(function));
  }

  /// "i8" of the call numpy.dtype('i8', ...); '>' in front when its state says big-endian.
  std::string dtypeCode(const PickleNode& node) const {
    if (!isCall(node, "dtype")) fail("a type is described in an unknown way");
    const PickleNode& arguments = item(node, 1);
    if (arguments.items.empty()) fail("a type is described in an unknown way");
    const PickleNode& code = item(arguments, 0);
    if (code.kind != PickleKind::Text && code.kind != PickleKind::Bytes) fail("a type has no name");
    if (node.items.size() < 3) return code.text;
    const PickleNode& state = item(node, 2);
    if (state.kind != PickleKind::Tuple || state.items.size() < 2) fail("a type is described in an unknown way");
    return (item(state, 1).text == ">" ? ">" : "") + code.text;
  }

  /// Bytes, also as protocol 2 writes them: _codecs.encode(text, 'latin1').
  std::string bytes(const PickleNode& node) const {
    if (node.kind == PickleKind::Bytes) return node.text;
    if (!isCall(node, "encode")) fail("a NumPy value has no bytes");
    const PickleNode& arguments = item(node, 1);
    if (arguments.items.empty() || item(arguments, 0).kind != PickleKind::Text ||
        (arguments.items.size() > 1 && item(arguments, 1).text != "latin1"))
      fail("a NumPy value has no bytes");
    const std::string& utf8 = item(arguments, 0).text;
    std::string latin1;
    for (size_t i = 0; i < utf8.size(); ++i) {
      const auto lead = static_cast<unsigned char>(utf8[i]);
      if (lead >= 0xc4) fail("a NumPy value's bytes are no Latin-1 text");
      latin1 += lead < 0x80 ? utf8[i] : static_cast<char>((lead & 3) << 6 | (utf8[++i] & 0x3f));
    }
    return latin1;
  }

  /// The dtype and bytes of a NumPy scalar.
  std::pair<std::string, std::string> scalar(const PickleNode& node) const {
    const PickleNode& arguments = item(node, 1);
    if (arguments.items.size() != 2) fail("a NumPy value is incomplete");
    return {dtypeCode(item(arguments, 0)), bytes(item(arguments, 1))};
  }

  int64_t integer(const PickleNode& node) const {
    if (node.kind == PickleKind::Int) return node.integer;
    if (!isCall(node, "scalar")) fail("a label is not an integer");
    const auto [code, raw] = scalar(node);
    const size_t size = raw.size();
    const bool isSigned = code[0] == 'i';
    if (code.size() != 2 || (!isSigned && code[0] != 'u') || (size != 1 && size != 2 && size != 4 && size != 8) ||
        code[1] != static_cast<char>('0' + size))
      fail("a label is a NumPy value of the type '" + code + "'");
    uint64_t value = 0;
    std::memcpy(&value, raw.data(), size);
    const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
    if (isSigned) return static_cast<int64_t>(value << unused) >> unused;
    if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) fail("a label is too large");
    return static_cast<int64_t>(value);
  }

  std::string text(const PickleNode& node) const {
    if (node.kind == PickleKind::Text) return node.text;
    if (node.kind == PickleKind::Bytes && isUtf8(node.text)) return node.text;  // Python 2's str
    if (!isCall(node, "scalar")) fail("a name is not text");
    const auto [code, raw] = scalar(node);
    if (code.empty() || code[0] != 'U' || raw.size() % 4 != 0)
      fail("a name is a NumPy value of the type '" + code + "'");
    return fromUtf32(raw);
  }

  std::string fromUtf32(const std::string& raw) const {
    std::string utf8;
    for (size_t i = 0; i < raw.size(); i += 4) {
      uint32_t code = 0;
      std::memcpy(&code, raw.data() + i, 4);
      if (code == 0) break;
      if (code < 0x80) {
        utf8 += static_cast<char>(code);
      } else if (code < 0x800) {
        utf8 += {static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 0x3f))};
      } else if (code < 0x10000) {
        utf8 += {static_cast<char>(0xe0 | code >> 12), static_cast<char>(0x80 | (code >> 6 & 0x3f)),
                 static_cast<char>(0x80 | (code & 0x3f))};
      } else {
        utf8 += {static_cast<char>(0xf0 | (code >> 18 & 7)), static_cast<char>(0x80 | (code >> 12 & 0x3f)),
                 static_cast<char>(0x80 | (code >> 6 & 0x3f)), static_cast<char>(0x80 | (code & 0x3f))};
        if (code > 0x10ffff) fail("a name is not text");
      }
    }
    if (!isUtf8(utf8)) fail("a name is not text");
    return utf8;
  }

  const PickleTree& m_tree;
  const std::string& m_where;
};

/// The few opcodes that a dict of labels in a 0-d object array needs.
class PickleWriter {
 public:
  void raw(std::string_view bytes) { m_stream += bytes; }
  void number(uint64_t value, size_t bytes) {
    for (size_t i = 0; i < bytes; ++i) m_stream += static_cast<char>(value >> (8 * i) & 0xff);
  }
  void text(std::string_view value) {
    m_stream += value.size() < 256 ? '\x8c' : 'X';
    number(value.size(), value.size() < 256 ? 1 : 4);
    m_stream += value;
  }
  void global(std::string_view module, std::string_view name) {
    text(module);
    text(name);
    m_stream += '\x93';
  }
  void integer(int64_t value) {
    if (value == static_cast<int32_t>(value)) {
      m_stream += 'J';
      number(static_cast<uint64_t>(value), 4);
    } else {
      m_stream += "\x8a\x08";
      number(static_cast<uint64_t>(value), 8);
    }
  }
  [[nodiscard]] const std::string& stream() const { return m_stream; }

 private:
  std::string m_stream = "\x80\x04";
};

}  // namespace

std::map<int64_t, std::string> readLabelMap(const std::filesystem::path& path) {
  const MappedNpy file(path);
  if (!file.header().isObject || !file.header().shape.empty())
    throw Error({.what = "read label map",
                 .where = path.string(),
                 .why = "it holds " + toString(file.header().type) + " values of shape " + file.header().shapeText() +
                        "; one dict of labels is needed",
                 .remedy = "use a mapping_*.npy file"});
  const PickleTree tree = readPickle(file.bytes(), {.globals = kGlobals}, path.string());
  return LabelMapReader(tree, path.string()).read();
}

void writeLabelMap(const std::filesystem::path& path, const std::map<int64_t, std::string>& labels) {
  using namespace std::string_view_literals;
  PickleWriter pickle;
  // numpy._core exists since NumPy 1.26 only; every version reads these two functions from numpy.core.
  pickle.global("numpy.core.multiarray", "_reconstruct");
  pickle.global("numpy", "ndarray");
  pickle.raw("K\x00\x85"sv);  // (0,)
  pickle.raw(
      "C\x01"
      "b\x87R"sv);          // b'b'; a tuple of three; call
  pickle.raw("(K\x01)"sv);  // the state: version 1, shape ()
  pickle.global("numpy", "dtype");
  pickle.text("O8");
  pickle.raw("\x89\x88\x87R(K\x03"sv);  // dtype('O8', False, True), whose state is (3, '|', None x 3, -1, -1, 63)
  pickle.text("|");
  pickle.raw(
      "NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x3ft"
      "b"sv);
  pickle.raw("\x89]}("sv);  // not Fortran order; a list of one dict
  for (const auto& [label, name] : labels) {
    if (!isUtf8(name))
      throw Error({.what = "write label map",
                   .where = path.string(),
                   .why = "the name of label " + std::to_string(label) + " is not UTF-8",
                   .remedy = "give the ROI another name"});
    pickle.integer(label);
    pickle.text(name);
  }
  pickle.raw("uatb."sv);
  writeFileAtomically(path, formatNpyHeader("|O", {}) + pickle.stream());
}

}  // namespace corticast
