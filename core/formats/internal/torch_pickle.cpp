#include "core/formats/internal/torch_pickle.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_set>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

constexpr const char* kRemedy =
    "use the weights file as it was published, or save model.state_dict() with torch.save or safetensors";
constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxTensors = 100'000;
constexpr size_t kMaxVisits = 2'000'000;
constexpr size_t kMaxDimensions = 16;

struct StorageType {
  std::string_view global;
  TensorType type;
};
constexpr std::array kStorageTypes = {
    StorageType{"torch.FloatStorage", TensorType::Float32},     StorageType{"torch.HalfStorage", TensorType::Float16},
    StorageType{"torch.BFloat16Storage", TensorType::BFloat16}, StorageType{"torch.DoubleStorage", TensorType::Float64},
    StorageType{"torch.LongStorage", TensorType::Int64},        StorageType{"torch.IntStorage", TensorType::Int32},
    StorageType{"torch.ShortStorage", TensorType::Int16},       StorageType{"torch.CharStorage", TensorType::Int8},
    StorageType{"torch.ByteStorage", TensorType::UInt8},        StorageType{"torch.BoolStorage", TensorType::Bool}};

PickleRules makeRules() {
  PickleRules rules{
      .globals = {"torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
                  "torch.Size", "torch.jit._pickle.build_intlist", "torch.jit._pickle.build_doublelist",
                  "torch.jit._pickle.build_boollist", "torch.jit._pickle.build_tensorlist"},
      .globalsBelow = {"__torch__."},
      .dictionaries = {"collections.OrderedDict"},
      .isTorch = true,
      .remedy = kRemedy};
  for (const StorageType& each : kStorageTypes) rules.globals.push_back(each.global);
  return rules;
}

/// Walks the tree from its root; a value may be reached by several paths, so the visits are counted.
class Walker {
 public:
  Walker(const PickleTree& tree, const std::string& where) : m_tree(tree), m_where(where) {}

  std::vector<TorchTensor> run() {
    visit(m_tree.root, "", 0);
    return std::move(m_tensors);
  }

 private:
  [[noreturn]] void fail(const std::string& why) const { failReadingTorch(m_where, why); }

  void visit(uint32_t index, const std::string& path, size_t depth) {
    if (depth > kMaxDepth) fail("its containers are nested too deep");
    if (++m_visits > kMaxVisits) fail("it holds too many values");
    const PickleNode& node = m_tree.at(index);
    if (node.kind == PickleKind::Dict) return visitPairs(node, path, depth);
    if (node.kind == PickleKind::List || node.kind == PickleKind::Tuple) {
      for (size_t i = 0; i < node.items.size(); ++i) visit(node.items[i], joined(path, std::to_string(i)), depth + 1);
      return;
    }
    if (node.kind != PickleKind::Call) return;
    if (const auto tensor = tensorOf(node)) return add(*tensor, path);
    if (node.items.size() < 3) return;
    const PickleNode& state = m_tree.at(node.items[2]);  // attributes of a TorchScript module
    if (state.kind == PickleKind::Dict) visitPairs(state, path, depth);
  }

  void visitPairs(const PickleNode& dict, const std::string& path, size_t depth) {
    for (size_t i = 0; i + 1 < dict.items.size(); i += 2)
      visit(dict.items[i + 1], joined(path, keyText(m_tree.at(dict.items[i]))), depth + 1);
  }

  static std::string joined(const std::string& path, const std::string& key) {
    return path.empty() ? key : path + "." + key;
  }

  static std::string keyText(const PickleNode& key) {
    // Python 2 wrote its texts as bytes.
    if (key.kind == PickleKind::Text || key.kind == PickleKind::Bytes) return key.text;
    if (key.kind == PickleKind::Int || key.kind == PickleKind::Bool) return std::to_string(key.integer);
    return "?";
  }

  void add(TorchTensor tensor, const std::string& path) {
    tensor.entry.name = path;
    if (m_tensors.size() >= kMaxTensors) fail("it holds more than " + thousands(kMaxTensors) + " tensors");
    if (!m_names.insert(path).second) fail("two tensors are called '" + path + "'");
    m_tensors.push_back(std::move(tensor));
  }

  const PickleNode& argument(const PickleNode& call, size_t index) const {
    const PickleNode& arguments = m_tree.at(call.items[1]);
    if (index >= arguments.items.size()) fail("a tensor is described in an unknown way");
    return m_tree.at(arguments.items[index]);
  }

  /// Nothing for a call that makes no tensor.
  std::optional<TorchTensor> tensorOf(const PickleNode& call) const {
    const std::string& callee = m_tree.at(call.items[0]).text;
    if (callee == "torch._utils._rebuild_parameter") {
      const PickleNode& data = argument(call, 0);
      if (data.kind != PickleKind::Call || m_tree.at(data.items[0]).text == callee)
        fail("a parameter is described in an unknown way");
      return tensorOf(data);
    }
    if (callee != "torch._utils._rebuild_tensor_v2" && callee != "torch._utils._rebuild_tensor") return std::nullopt;
    TorchTensor tensor = onStorage(argument(call, 0));
    tensor.offset = count(argument(call, 1));
    tensor.entry.shape = counts(argument(call, 2));
    tensor.strides = counts(argument(call, 3));
    if (tensor.strides.size() != tensor.entry.shape.size()) fail("a tensor's shape and strides differ in length");
    return tensor;
  }

  /// ('storage', torch.FloatStorage, key, location, values[, view])
  TorchTensor onStorage(const PickleNode& persistent) const {
    if (persistent.kind != PickleKind::Persistent) fail("a tensor has no storage");
    const PickleNode& id = m_tree.at(persistent.items[0]);
    if (id.kind != PickleKind::Tuple || id.items.size() < 5) fail("a storage is described in an unknown way");
    const auto part = [&](size_t i) -> const PickleNode& { return m_tree.at(id.items[i]); };
    if (part(0).text != "storage") fail("it refers to something outside that is no storage");
    if (id.items.size() > 5 && part(5).kind != PickleKind::None) fail("a storage is a part of another");
    const auto found = std::ranges::find(kStorageTypes, std::string_view(part(1).text), &StorageType::global);
    if (found == kStorageTypes.end()) fail("a storage holds values of an unknown type '" + part(1).text + "'");
    TorchTensor tensor;
    tensor.entry.type = found->type;
    tensor.storage = keyText(part(2));
    tensor.storageValues = count(part(4));
    return tensor;
  }

  size_t count(const PickleNode& node) const {
    if (node.kind != PickleKind::Int || node.integer < 0) fail("a tensor's size is no whole number");
    return static_cast<size_t>(node.integer);
  }

  std::vector<int64_t> counts(const PickleNode& node) const {
    // torch.Size((3, 4)) is a call of one tuple.
    const PickleNode& list = node.kind == PickleKind::Call ? argument(node, 0) : node;
    if ((list.kind != PickleKind::Tuple && list.kind != PickleKind::List) || list.items.size() > kMaxDimensions)
      fail("a tensor's shape is described in an unknown way");
    std::vector<int64_t> values;
    for (const uint32_t item : list.items) values.push_back(static_cast<int64_t>(count(m_tree.at(item))));
    return values;
  }

  const PickleTree& m_tree;
  const std::string& m_where;
  std::vector<TorchTensor> m_tensors;
  std::unordered_set<std::string> m_names;
  size_t m_visits = 0;
};

/// a * b, or the largest number where that is too small for it.
size_t times(size_t a, size_t b) {
  size_t product = 0;
  return __builtin_mul_overflow(a, b, &product) ? std::numeric_limits<size_t>::max() : product;
}
size_t plus(size_t a, size_t b) {
  size_t sum = 0;
  return __builtin_add_overflow(a, b, &sum) ? std::numeric_limits<size_t>::max() : sum;
}

}  // namespace

void failReadingTorch(const std::string& where, const std::string& why) {
  throw Error({.what = "read PyTorch weights", .where = where, .why = why, .remedy = kRemedy});
}

const PickleRules& torchPickleRules() {
  static const PickleRules rules = makeRules();
  return rules;
}

std::vector<TorchTensor> tensorsOf(const PickleTree& tree, const std::string& where) {
  return Walker(tree, where).run();
}

NamedTensor TorchTensor::gather(std::span<const std::byte> storageBytes, const std::string& where) const {
  const size_t valueBytes = sizeOf(entry.type);
  size_t values = 1;
  size_t last = offset;
  for (size_t d = 0; d < strides.size(); ++d) {
    const auto extent = static_cast<size_t>(entry.shape[d]);
    values = times(values, extent);
    if (extent > 0) last = plus(last, times(extent - 1, static_cast<size_t>(strides[d])));
  }
  const size_t held = storageBytes.size() / valueBytes;
  if (held < storageValues || (values > 0 && last >= held) || values > times(held, 4))
    failReadingTorch(where, "tensor '" + entry.name + "' reaches beyond its storage of " + thousands(held) + " values");

  NamedTensor tensor{.name = entry.name, .shape = entry.shape, .type = entry.type, .data = {}};
  tensor.data.resize(values * valueBytes);
  std::vector<size_t> at(strides.size());
  for (size_t i = 0; i < values;) {
    size_t from = offset;
    for (size_t d = 0; d < at.size(); ++d) from += at[d] * static_cast<size_t>(strides[d]);
    // The innermost axis in one piece where its values lie side by side.
    const size_t run = !at.empty() && strides.back() == 1 ? static_cast<size_t>(entry.shape.back()) : size_t{1};
    std::memcpy(tensor.data.data() + i * valueBytes, storageBytes.data() + from * valueBytes, run * valueBytes);
    i += run;
    if (run > 1) at.back() = run - 1;
    for (size_t d = at.size(); d-- > 0 && ++at[d] == static_cast<size_t>(entry.shape[d]);) at[d] = 0;
  }
  return tensor;
}

}  // namespace corticast
