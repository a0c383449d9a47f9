#include "core/formats/tensor_file.h"

#include <algorithm>
#include <string_view>

#include "core/base/error.h"
#include "core/formats/internal/torch_files.h"
#include "core/formats/mapped_file.h"

namespace corticast {
namespace {

class SafetensorsTensorFile : public TensorFile {
 public:
  explicit SafetensorsTensorFile(const std::filesystem::path& path) : m_file(path) {
    for (const auto& entry : m_file.entries())
      m_entries.push_back({.name = entry.name, .type = entry.type, .shape = entry.shape});
  }

  [[nodiscard]] std::string format() const override { return "safetensors"; }
  [[nodiscard]] const std::vector<TensorEntry>& entries() const override { return m_entries; }
  [[nodiscard]] NamedTensor read(const std::string& name) const override { return m_file.read(name); }

 private:
  SafetensorsFile m_file;
  std::vector<TensorEntry> m_entries;
};

std::string beginning(const std::filesystem::path& path, size_t count) {
  const MappedFile file(path);
  const auto bytes = file.bytes().first(std::min(file.bytes().size(), count));
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::unique_ptr<TensorFile> openTensorFile(const std::filesystem::path& path) {
  const std::string start = beginning(path, 9);
  if (start.starts_with("PK\x03\x04")) return openTorchZip(path);
  if (start.starts_with(kLegacyTorchStart.substr(0, start.size())) && start.size() > 2) return openLegacyTorch(path);
  if (start.size() == 9 && start[8] == '{') return std::make_unique<SafetensorsTensorFile>(path);
  throw Error({.what = "read weights",
               .where = path.string(),
               .why = start.empty() ? "the file is empty" : "it is neither a PyTorch file nor safetensors",
               .remedy = "choose the weights file as it was published (.pth, .pt or .safetensors); a download that "
                         "broke off, or the web page in its place, has to be fetched again"});
}

}  // namespace corticast
