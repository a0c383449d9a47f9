#include <cstring>
#include <unordered_map>

#include "core/base/text.h"
#include "core/formats/internal/torch_files.h"
#include "core/formats/internal/torch_pickle.h"
#include "core/formats/mapped_file.h"

namespace corticast {
namespace {

/// Five pickles in a row: magic number, version, system, the tensors, the storages' keys. Then, in the order of the
/// keys, each storage: its number of values as 8 bytes, and the values.
class LegacyTorchFile : public TensorFile {
 public:
  explicit LegacyTorchFile(const std::filesystem::path& path) : m_where(path.string()), m_file(path) {
    std::span<const std::byte> rest = m_file.bytes();
    if (rest.size() < kLegacyTorchStart.size() ||
        std::memcmp(rest.data(), kLegacyTorchStart.data(), kLegacyTorchStart.size()) != 0)
      failReadingTorch(m_where, "it breaks off after its first bytes, or is of an unknown version");
    rest = rest.subspan(kLegacyTorchStart.size());
    checkSystem(takePickle(rest, torchPickleRules(), m_where));
    const PickleTree tensors = takePickle(rest, torchPickleRules(), m_where);
    m_tensors = tensorsOf(tensors, m_where);
    const PickleTree keys = takePickle(rest, torchPickleRules(), m_where);
    for (size_t i = 0; i < m_tensors.size(); ++i) {
      m_index.emplace(m_tensors[i].entry.name, i);
      m_entries.push_back(m_tensors[i].entry);
    }
    findStorages(keys, rest);
  }

  [[nodiscard]] std::string format() const override { return "PyTorch state dict (before 1.6)"; }
  [[nodiscard]] const std::vector<TensorEntry>& entries() const override { return m_entries; }

  [[nodiscard]] NamedTensor read(const std::string& name) const override {
    const auto found = m_index.find(name);
    if (found == m_index.end()) failReadingTorch(m_where, "it has no tensor '" + name + "'");
    const TorchTensor& tensor = m_tensors[found->second];
    const auto storage = m_storages.find(tensor.storage);
    if (storage == m_storages.end()) failReadingTorch(m_where, "tensor '" + name + "' has no values in the file");
    return tensor.gather(storage->second, m_where);
  }

 private:
  void checkSystem(const PickleTree& tree) const {
    const PickleNode& system = tree.at(tree.root);
    for (size_t i = 0; system.kind == PickleKind::Dict && i + 1 < system.items.size(); i += 2)
      if (tree.at(system.items[i]).text == "little_endian" && tree.at(system.items[i + 1]).integer == 0)
        failReadingTorch(m_where, "its numbers are stored big-endian");
  }

  // A storage's size in bytes follows from its type, which only the tensors on it know.
  void findStorages(const PickleTree& keys, std::span<const std::byte> rest) {
    std::unordered_map<std::string, size_t> valueBytes;
    for (const TorchTensor& tensor : m_tensors) valueBytes.emplace(tensor.storage, sizeOf(tensor.entry.type));
    for (const uint32_t item : keys.at(keys.root).items) {
      const std::string& key = keys.at(item).text;
      uint64_t count = 0;
      if (rest.size() < sizeof count) failReadingTorch(m_where, "it ends too early");
      std::memcpy(&count, rest.data(), sizeof count);
      rest = rest.subspan(sizeof count);
      const auto found = valueBytes.find(key);
      if (found == valueBytes.end()) failReadingTorch(m_where, "it holds values that belong to no tensor");
      if (count > rest.size() / found->second)
        failReadingTorch(m_where, "it ends too early: storage " + key + " should have " + thousands(count) + " values");
      m_storages.emplace(key, rest.first(count * found->second));
      rest = rest.subspan(count * found->second);
    }
    if (!rest.empty()) failReadingTorch(m_where, "there are " + byteSize(rest.size()) + " after its end");
  }

  std::string m_where;
  MappedFile m_file;
  std::vector<TorchTensor> m_tensors;
  std::vector<TensorEntry> m_entries;
  std::unordered_map<std::string, size_t> m_index;
  std::unordered_map<std::string, std::span<const std::byte>> m_storages;
};

}  // namespace

std::unique_ptr<TensorFile> openLegacyTorch(const std::filesystem::path& path) {
  return std::make_unique<LegacyTorchFile>(path);
}

}  // namespace corticast
