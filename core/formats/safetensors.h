#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/base/matrix.h"
#include "core/formats/mapped_file.h"

namespace corticast {

/// In the order of the reference implementation, which decides the order of tensors in a file.
enum class TensorType {
  Bool,
  UInt8,
  Int8,
  Int16,
  UInt16,
  Float16,
  BFloat16,
  Int32,
  UInt32,
  Float32,
  Float64,
  Int64,
  UInt64
};

/// As the file format names it: "F32".
[[nodiscard]] std::string toString(TensorType type);
[[nodiscard]] size_t sizeOf(TensorType type);

/// An array with a name. `data` holds the values little-endian in C order; an empty shape means one number.
///
///     auto weight = NamedTensor::of("subj01-lh-OFA/weight", weights.view());   // F32 [targets x features]
///     MatrixView<const float> back = weight.matrix();
struct NamedTensor {
  std::string name;
  std::vector<int64_t> shape;
  TensorType type = TensorType::Float32;
  std::vector<std::byte> data;

  [[nodiscard]] static NamedTensor of(std::string name, MatrixView<const float> values);
  [[nodiscard]] static NamedTensor of(std::string name, MatrixView<const double> values);
  [[nodiscard]] static NamedTensor of(std::string name, std::span<const float> values);
  [[nodiscard]] static NamedTensor of(std::string name, std::span<const double> values);
  [[nodiscard]] static NamedTensor of(std::string name, std::span<const int64_t> values);
  [[nodiscard]] static NamedTensor of(std::string name, std::span<const uint32_t> values);
  [[nodiscard]] static NamedTensor of(std::string name, std::span<const uint8_t> values);

  /// Product of the shape.
  [[nodiscard]] size_t valueCount() const;
  /// The values, flat, of exactly that type; views into `data`. Throw Error on another type.
  [[nodiscard]] std::span<const float> floats() const;
  [[nodiscard]] std::span<const double> doubles() const;
  [[nodiscard]] std::span<const int64_t> int64s() const;
  [[nodiscard]] std::span<const uint32_t> uint32s() const;
  [[nodiscard]] std::span<const uint8_t> uint8s() const;
  /// A 2-D tensor of exactly that type.
  [[nodiscard]] MatrixView<const float> matrix() const;
  [[nodiscard]] MatrixView<const double> doubleMatrix() const;
};

/// The tensor of that name. Throws Error when there is none or more than one.
[[nodiscard]] const NamedTensor& tensorNamed(std::span<const NamedTensor> tensors, const std::string& name);

/// A .safetensors file (github.com/huggingface/safetensors, README "Format"), mapped, checked whole when opened.
/// Stricter than the reference: refuses also two tensors of one name and a header that does not start with '{'.
///
///     SafetensorsFile file(path);
///     NamedTensor weight = file.read("fc.weight");
class SafetensorsFile {
 public:
  struct Entry {
    std::string name;
    TensorType type = TensorType::Float32;
    std::vector<int64_t> shape;
    size_t begin = 0;  ///< of its bytes, from the start of the data part
    size_t end = 0;
  };

  /// Throws Error when the file is missing or breaks any rule of the format.
  explicit SafetensorsFile(const std::filesystem::path& path);

  /// In the order in which they lie in the file.
  [[nodiscard]] const std::vector<Entry>& entries() const { return m_entries; }
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const { return m_metadata; }
  [[nodiscard]] bool has(const std::string& name) const { return m_index.contains(name); }
  /// Throw Error when there is no such tensor.
  [[nodiscard]] const Entry& entry(const std::string& name) const;
  [[nodiscard]] std::span<const std::byte> bytes(const std::string& name) const;
  [[nodiscard]] NamedTensor read(const std::string& name) const;
  [[nodiscard]] std::vector<NamedTensor> readAll() const;

 private:
  MappedFile m_file;
  size_t m_dataOffset = 0;
  std::vector<Entry> m_entries;
  std::map<std::string, std::string> m_metadata;
  std::unordered_map<std::string, size_t> m_index;
};

/// Writes in one step (atomic_file.h), byte for byte as the reference does. Throws Error when two tensors share a
/// name, a name is empty or not UTF-8, or a tensor's data does not fit its shape.
void writeSafetensors(const std::filesystem::path& path, std::span<const NamedTensor> tensors,
                      const std::map<std::string, std::string>& metadata = {});

}  // namespace corticast
