#include <algorithm>
#include <unordered_map>

#include "core/formats/internal/torch_files.h"
#include "core/formats/internal/torch_pickle.h"
#include "core/formats/zip.h"

namespace corticast {
namespace {

/// TOP/data.pkl describes the tensors, TOP/data/KEY are their storages; TOP is any name. A TorchScript archive has its
/// code in TOP/code/ and constants beside it: neither is read.
class TorchZip : public TensorFile {
 public:
  explicit TorchZip(const std::filesystem::path& path) : m_where(path.string()), m_zip(path) {
    findTop();
    if (m_zip.has(m_top + "byteorder") && m_zip.read(m_top + "byteorder", 100) != "little")
      failReadingTorch(m_where, "its numbers are stored big-endian");
    const std::string pickle = m_zip.read(m_top + "data.pkl", torchPickleRules().maxBytes);
    m_tensors = tensorsOf(readPickle(std::as_bytes(std::span(pickle)), torchPickleRules(), m_where + ":data.pkl"),
                          m_where + ":data.pkl");
    for (size_t i = 0; i < m_tensors.size(); ++i) {
      m_index.emplace(m_tensors[i].entry.name, i);
      m_entries.push_back(m_tensors[i].entry);
    }
  }

  [[nodiscard]] std::string format() const override {
    return m_zip.has(m_top + "constants.pkl") ? "TorchScript archive" : "PyTorch state dict";
  }
  [[nodiscard]] const std::vector<TensorEntry>& entries() const override { return m_entries; }

  [[nodiscard]] NamedTensor read(const std::string& name) const override {
    const auto found = m_index.find(name);
    if (found == m_index.end()) failReadingTorch(m_where, "it has no tensor '" + name + "'");
    const TorchTensor& tensor = m_tensors[found->second];
    const std::string storage = m_zip.read(m_top + "data/" + tensor.storage, kMaxStorageBytes);
    return tensor.gather(std::as_bytes(std::span(storage)), m_where);
  }

 private:
  static constexpr uint64_t kMaxStorageBytes = 16'000'000'000;

  void findTop() {
    static constexpr std::string_view kPickle = "data.pkl";
    for (const ZipEntry& entry : m_zip.entries()) {
      const size_t slash = entry.name.find('/');
      const size_t start = slash == std::string::npos ? 0 : slash + 1;
      if (entry.isFolder || entry.name.substr(start) != kPickle) continue;
      if (m_hasTop) failReadingTorch(m_where, "it holds two models, of which only one can be meant");
      m_hasTop = true;
      m_top = entry.name.substr(0, start);
    }
    if (!m_hasTop) failReadingTorch(m_where, "it is a zip file without a data.pkl, so not one of PyTorch's");
  }

  std::string m_where;
  ZipReader m_zip;
  bool m_hasTop = false;
  std::string m_top;
  std::vector<TorchTensor> m_tensors;
  std::vector<TensorEntry> m_entries;
  std::unordered_map<std::string, size_t> m_index;
};

}  // namespace

std::unique_ptr<TensorFile> openTorchZip(const std::filesystem::path& path) {
  return std::make_unique<TorchZip>(path);
}

}  // namespace corticast
