#include "core/formats/pickle.h"

#include <algorithm>
#include <bit>
#include <unordered_map>
#include <utility>

#include "core/base/error.h"
#include "core/formats/internal/utf8.h"

namespace corticast {
namespace {

enum class Opcode : uint8_t {
  Mark = '(',
  Stop = '.',
  None = 'N',
  NewTrue = 0x88,
  NewFalse = 0x89,
  BinInt = 'J',
  BinInt1 = 'K',
  BinInt2 = 'M',
  Long1 = 0x8a,
  BinFloat = 'G',
  BinUnicode = 'X',
  ShortBinUnicode = 0x8c,
  BinUnicode8 = 0x8d,
  BinBytes = 'B',
  ShortBinBytes = 'C',
  BinBytes8 = 0x8e,
  BinString = 'T',
  ShortBinString = 'U',
  EmptyList = ']',
  EmptyDict = '}',
  EmptyTuple = ')',
  Tuple = 't',
  Tuple1 = 0x85,
  Tuple2 = 0x86,
  Tuple3 = 0x87,
  Append = 'a',
  Appends = 'e',
  SetItem = 's',
  SetItems = 'u',
  BinPut = 'q',
  LongBinPut = 'r',
  Memoize = 0x94,
  BinGet = 'h',
  LongBinGet = 'j',
  Global = 'c',
  StackGlobal = 0x93,
  Reduce = 'R',
  NewObject = 0x81,
  PersistentId = 'Q',
  Build = 'b',
  Proto = 0x80,
  Frame = 0x95,
};

struct OpcodeName {
  uint8_t code;
  const char* name;
};
/// What is refused, by the names of Python's pickletools.
constexpr OpcodeName kRefused[] = {
    {'0', "POP"},        {'1', "POP_MARK"},    {'2', "DUP"},          {'F', "FLOAT"},
    {'I', "INT"},        {'L', "LONG"},        {0x8b, "LONG4"},       {'S', "STRING"},
    {'V', "UNICODE"},    {'P', "PERSID"},      {'Q', "BINPERSID"},    {'i', "INST"},
    {'o', "OBJ"},        {0x81, "NEWOBJ"},     {0x92, "NEWOBJ_EX"},   {0x82, "EXT1"},
    {0x83, "EXT2"},      {0x84, "EXT4"},       {'d', "DICT"},         {'l', "LIST"},
    {'p', "PUT"},        {'g', "GET"},         {0x8f, "EMPTY_SET"},   {0x90, "ADDITEMS"},
    {0x91, "FROZENSET"}, {0x96, "BYTEARRAY8"}, {0x97, "NEXT_BUFFER"}, {0x98, "READONLY_BUFFER"}};

/// The pickle machine: a stack, marks on it, and a memo, all of node indices.
class Machine {
 public:
  Machine(std::span<const std::byte> stream, const PickleRules& rules, const std::string& where)
      : m_stream(reinterpret_cast<const char*>(stream.data()), stream.size()), m_rules(rules), m_where(where) {}

  PickleTree run() {
    if (m_stream.empty() || byte() != static_cast<uint8_t>(Opcode::Proto)) fail("it does not begin as a pickle");
    readProtocol();
    for (m_opcodeAt = m_at; !step(static_cast<Opcode>(byte())); m_opcodeAt = m_at) {
    }
    if (m_stack.size() != 1 || !m_marks.empty()) fail("the pickle ends with something unfinished");
    m_tree.root = m_stack.back();
    return std::move(m_tree);
  }

  size_t consumed() const { return m_at; }

  void requireEnd() const {
    if (m_at != m_stream.size()) fail("there are bytes after the pickle's end");
  }

 private:
  [[noreturn]] void fail(const std::string& why) const {
    throw Error({.what = "read pickle",
                 .where = m_where,
                 .why = why + " (byte " + std::to_string(m_opcodeAt) + " of the pickle)",
                 .remedy = std::string(m_rules.remedy)});
  }

  bool step(Opcode opcode) {
    if (opcode == Opcode::Stop) return true;
    if (!stepScalar(opcode) && !stepContainer(opcode) && !stepMemo(opcode) && !stepCall(opcode)) refuse(opcode);
    return false;
  }

  [[noreturn]] void refuse(Opcode opcode) const {
    const auto code = static_cast<uint8_t>(opcode);
    for (const OpcodeName& known : kRefused)
      if (known.code == code) fail(std::string("the opcode ") + known.name + " is not allowed here");
    fail("there is no opcode " + std::to_string(code));
  }

  bool stepScalar(Opcode opcode) {
    switch (opcode) {
      case Opcode::None:
        push({});
        return true;
      case Opcode::NewTrue:
        push({.kind = PickleKind::Bool, .integer = 1});
        return true;
      case Opcode::NewFalse:
        push({.kind = PickleKind::Bool});
        return true;
      case Opcode::BinInt:
        pushInt(static_cast<int32_t>(unsignedInt(4)));
        return true;
      case Opcode::BinInt1:
        pushInt(static_cast<int64_t>(unsignedInt(1)));
        return true;
      case Opcode::BinInt2:
        pushInt(static_cast<int64_t>(unsignedInt(2)));
        return true;
      case Opcode::Long1:
        pushInt(longInt());
        return true;
      case Opcode::BinFloat:
        pushFloat();
        return true;
      case Opcode::BinUnicode:
        pushText(4);
        return true;
      case Opcode::ShortBinUnicode:
        pushText(1);
        return true;
      case Opcode::BinUnicode8:
        pushText(8);
        return true;
      case Opcode::BinBytes:
      case Opcode::BinString:
        pushBytes(4);
        return true;
      case Opcode::ShortBinBytes:
      case Opcode::ShortBinString:
        pushBytes(1);
        return true;
      case Opcode::BinBytes8:
        pushBytes(8);
        return true;
      default:
        return false;
    }
  }

  bool stepContainer(Opcode opcode) {
    switch (opcode) {
      case Opcode::Mark:
        if (m_marks.size() >= m_rules.maxMarks) fail("its containers are nested too deep");
        m_marks.push_back(m_stack.size());
        return true;
      case Opcode::EmptyList:
        push({.kind = PickleKind::List});
        return true;
      case Opcode::EmptyDict:
        push({.kind = PickleKind::Dict});
        return true;
      case Opcode::EmptyTuple:
        push({.kind = PickleKind::Tuple});
        return true;
      case Opcode::Tuple:
        pushTuple(popToMark());
        return true;
      case Opcode::Tuple1:
        pushTuple(popCount(1));
        return true;
      case Opcode::Tuple2:
        pushTuple(popCount(2));
        return true;
      case Opcode::Tuple3:
        pushTuple(popCount(3));
        return true;
      case Opcode::Append:
        extend(PickleKind::List, popCount(1));
        return true;
      case Opcode::Appends:
        extend(PickleKind::List, popToMark());
        return true;
      case Opcode::SetItem:
        extend(PickleKind::Dict, popCount(2));
        return true;
      case Opcode::SetItems:
        extend(PickleKind::Dict, popToMark());
        return true;
      default:
        return false;
    }
  }

  bool stepMemo(Opcode opcode) {
    switch (opcode) {
      case Opcode::BinPut:
        m_memo[unsignedInt(1)] = top();
        return true;
      case Opcode::LongBinPut:
        m_memo[unsignedInt(4)] = top();
        return true;
      case Opcode::Memoize: {
        const uint64_t next = m_memo.size();
        m_memo[next] = top();
        return true;
      }
      case Opcode::BinGet:
        recall(unsignedInt(1));
        return true;
      case Opcode::LongBinGet:
        recall(unsignedInt(4));
        return true;
      default:
        return false;
    }
  }

  bool stepCall(Opcode opcode) {
    switch (opcode) {
      case Opcode::Frame:
        if (unsignedInt(8) > m_stream.size() - m_at) fail("a frame is longer than the file");
        return true;
      case Opcode::Global: {
        const std::string module = line();
        pushGlobal(module, line());
        return true;
      }
      case Opcode::StackGlobal: {
        const auto names = popCount(2);
        const PickleNode &module = m_tree.at(names[0]), &name = m_tree.at(names[1]);
        if (module.kind != PickleKind::Text || name.kind != PickleKind::Text) fail("a global's name is not text");
        pushGlobal(std::string(module.text), std::string(name.text));
        return true;
      }
      case Opcode::NewObject:
        if (!m_rules.isTorch) refuse(opcode);
        [[fallthrough]];
      case Opcode::Reduce:
        pushCall(popCount(2));
        return true;
      case Opcode::Build:
        setState(popCount(1).front());
        return true;
      case Opcode::PersistentId:
        if (!m_rules.isTorch) refuse(opcode);
        push({.kind = PickleKind::Persistent, .items = popCount(1)});
        return true;
      default:
        return false;
    }
  }

  void readProtocol() {
    const uint64_t protocol = unsignedInt(1);
    if (protocol < 2 || protocol > 5) fail("its pickle protocol is " + std::to_string(protocol) + "; known are 2 to 5");
  }

  std::string_view take(uint64_t count) {
    if (count > m_stream.size() - m_at) fail("the pickle ends too early");
    const auto taken = m_stream.substr(m_at, count);
    m_at += count;
    return taken;
  }

  uint8_t byte() { return static_cast<uint8_t>(take(1).front()); }

  uint64_t unsignedInt(size_t bytes) {
    const auto taken = take(bytes);
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; ++i) value |= static_cast<uint64_t>(static_cast<unsigned char>(taken[i])) << (8 * i);
    return value;
  }

  int64_t longInt() {
    const size_t length = unsignedInt(1);
    if (length > 8) fail("an integer needs more than 64 bits");
    if (length == 0) return 0;
    const uint64_t value = unsignedInt(length);
    const unsigned unused = 64 - 8 * static_cast<unsigned>(length);
    return static_cast<int64_t>(value << unused) >> unused;
  }

  std::string line() {
    const size_t end = m_stream.find('\n', m_at);
    if (end == std::string_view::npos) fail("a global's name has no end");
    std::string text(take(end - m_at));
    ++m_at;
    return text;
  }

  void push(PickleNode node) {
    if (m_tree.nodes.size() >= m_rules.maxNodes) fail("it holds too many values");
    m_tree.nodes.push_back(std::move(node));
    pushIndex(static_cast<uint32_t>(m_tree.nodes.size() - 1));
  }

  void pushIndex(uint32_t index) {
    if (m_stack.size() >= m_rules.maxStack) fail("its values are stacked too high");
    m_stack.push_back(index);
  }

  void pushInt(int64_t value) { push({.kind = PickleKind::Int, .integer = value}); }

  void pushFloat() {
    uint64_t bits = 0;
    for (const char c : take(8)) bits = bits << 8 | static_cast<unsigned char>(c);
    push({.kind = PickleKind::Float, .real = std::bit_cast<double>(bits)});
  }

  void pushText(size_t lengthBytes) {
    const auto text = take(unsignedInt(lengthBytes));
    if (!isUtf8(text)) fail("a text is not UTF-8");
    push({.kind = PickleKind::Text, .text = std::string(text)});
  }

  void pushBytes(size_t lengthBytes) {
    push({.kind = PickleKind::Bytes, .text = std::string(take(unsignedInt(lengthBytes)))});
  }

  void pushTuple(std::vector<uint32_t> items) { push({.kind = PickleKind::Tuple, .items = std::move(items)}); }

  void pushGlobal(const std::string& module, const std::string& name) {
    std::string full = module + "." + name;
    const bool isBelow =
        std::ranges::any_of(m_rules.globalsBelow, [&](std::string_view start) { return full.starts_with(start); });
    if (!isBelow && !contains(m_rules.globals, full) && !contains(m_rules.dictionaries, full))
      fail("it refers to '" + full.substr(0, 200) + "', which is not allowed here");
    push({.kind = PickleKind::Global, .text = std::move(full)});
  }

  static bool contains(const std::vector<std::string_view>& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
  }

  void pushCall(std::vector<uint32_t> call) {
    const PickleNode& callee = m_tree.at(call[0]);
    if (callee.kind != PickleKind::Global) fail("something is called that is not a global");
    if (m_tree.at(call[1]).kind != PickleKind::Tuple) fail("the arguments of a call are not a tuple");
    if (contains(m_rules.dictionaries, callee.text))
      push({.kind = PickleKind::Dict, .items = pairsOf(m_tree.at(call[1]))});
    else
      push({.kind = PickleKind::Call, .items = std::move(call)});
  }

  /// Keys and values of the arguments ([(key, value), ...],) or ().
  std::vector<uint32_t> pairsOf(const PickleNode& arguments) const {
    std::vector<uint32_t> items;
    if (arguments.items.empty()) return items;
    for (const uint32_t index : m_tree.at(arguments.items[0]).items) {
      const PickleNode& pair = m_tree.at(index);
      if ((pair.kind != PickleKind::List && pair.kind != PickleKind::Tuple) || pair.items.size() != 2)
        fail("a dictionary is made of something that is no list of pairs");
      items.insert(items.end(), pair.items.begin(), pair.items.end());
    }
    return items;
  }

  void setState(uint32_t state) {
    PickleNode& object = m_tree.nodes[top()];
    if (object.kind == PickleKind::Dict && !m_rules.dictionaries.empty()) return;
    if (object.kind != PickleKind::Call || object.items.size() != 2) fail("a state is given to what has none");
    object.items.push_back(state);
  }

  uint32_t top() {
    if (m_stack.size() <= stackFloor()) fail("the pickle takes a value where there is none");
    return m_stack.back();
  }

  size_t stackFloor() const { return m_marks.empty() ? 0 : m_marks.back(); }

  std::vector<uint32_t> popCount(size_t count) {
    if (m_stack.size() < stackFloor() + count) fail("the pickle takes a value where there is none");
    std::vector<uint32_t> items(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    return items;
  }

  std::vector<uint32_t> popToMark() {
    if (m_marks.empty()) fail("a container has no beginning");
    auto items = popCount(m_stack.size() - m_marks.back());
    m_marks.pop_back();
    return items;
  }

  void extend(PickleKind kind, const std::vector<uint32_t>& items) {
    PickleNode& container = m_tree.nodes[top()];
    if (container.kind != kind) fail("values are added to what is no container of that kind");
    if (kind == PickleKind::Dict && items.size() % 2 != 0) fail("a dictionary has a key without a value");
    container.items.insert(container.items.end(), items.begin(), items.end());
  }

  void recall(uint64_t index) {
    const auto found = m_memo.find(index);
    if (found == m_memo.end()) fail("it recalls a value that was never stored");
    pushIndex(found->second);
  }

  std::string_view m_stream;
  const PickleRules& m_rules;
  const std::string& m_where;
  size_t m_at = 0;
  size_t m_opcodeAt = 0;
  PickleTree m_tree;
  std::vector<uint32_t> m_stack;
  std::vector<size_t> m_marks;
  std::unordered_map<uint64_t, uint32_t> m_memo;
};

}  // namespace

PickleTree readPickle(std::span<const std::byte> stream, const PickleRules& rules, const std::string& where) {
  if (stream.size() > rules.maxBytes)
    throw Error({.what = "read pickle",
                 .where = where,
                 .why = "the pickle has " + std::to_string(stream.size()) + " bytes; at most " +
                        std::to_string(rules.maxBytes) + " are allowed",
                 .remedy = std::string(rules.remedy)});
  Machine machine(stream, rules, where);
  PickleTree tree = machine.run();
  machine.requireEnd();
  return tree;
}

PickleTree takePickle(std::span<const std::byte>& stream, const PickleRules& rules, const std::string& where) {
  Machine machine(stream.first(std::min(stream.size(), rules.maxBytes)), rules, where);
  PickleTree tree = machine.run();
  stream = stream.subspan(machine.consumed());
  return tree;
}

}  // namespace corticast
