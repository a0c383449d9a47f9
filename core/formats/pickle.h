#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Python's pickle, read without Python and without running anything: the stream becomes a tree of inert values,
/// in which a call ("numpy.dtype('i8')") is a node that names what would have been called. Which names may appear is
/// for the caller to say; every other name, and every opcode outside the list in pickle.cpp, is an Error.
namespace corticast {

enum class PickleKind { None, Bool, Int, Float, Text, Bytes, List, Tuple, Dict, Global, Call, Persistent };

/// One value. Other values are named by their index in the tree, so a stream whose lists hold themselves is harmless.
struct PickleNode {
  PickleKind kind = PickleKind::None;
  int64_t integer = 0;    ///< Int; Bool as 0 or 1
  double real = 0;        ///< Float
  std::string text = {};  ///< Text as UTF-8; Bytes; Global as "module.name"
  std::vector<uint32_t> items =
      {};  ///< List, Tuple: elements. Dict: key, value, key, value. Call: callee, arguments, [state]. Persistent: id
};

struct PickleTree {
  std::vector<PickleNode> nodes;
  uint32_t root = 0;

  [[nodiscard]] const PickleNode& at(uint32_t index) const { return nodes[index]; }
};

struct PickleRules {
  std::vector<std::string_view> globals;            ///< allowed, as "module.name"
  std::vector<std::string_view> globalsBelow = {};  ///< modules all of whose names are allowed, as "module."
  /// Calls of these give a Dict: with no arguments an empty one, else of the list of pairs given; a state set on it
  /// afterwards (attributes of the object) is dropped.
  std::vector<std::string_view> dictionaries = {};
  bool isTorch = false;  ///< also the opcodes NEWOBJ and BINPERSID, which PyTorch writes
  std::string_view remedy = "use the file as it was published, or save it again with numpy.save";
  size_t maxBytes = 16 << 20;  ///< of the stream
  size_t maxNodes = 1'000'000;
  size_t maxStack = 100'000;
  size_t maxMarks = 1'000;  ///< depth of containers under construction
};

/// Reads protocols 2 to 5. Throws Error naming `where` and the byte for anything not allowed, damaged, cut short or
/// followed by more bytes.
[[nodiscard]] PickleTree readPickle(std::span<const std::byte> stream, const PickleRules& rules,
                                    const std::string& where);

/// The first of several pickles that follow one another: takes its bytes off the front of `stream`.
[[nodiscard]] PickleTree takePickle(std::span<const std::byte>& stream, const PickleRules& rules,
                                    const std::string& where);

}  // namespace corticast
