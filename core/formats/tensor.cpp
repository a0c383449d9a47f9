#include <array>
#include <cstring>

#include "core/base/error.h"
#include "core/formats/internal/safetensors_header.h"
#include "core/formats/safetensors.h"

namespace corticast {
namespace {

struct TypeName {
  const char* name;
  size_t size;
};

/// In the order of TensorType.
constexpr std::array<TypeName, 13> kTypes = {{{"BOOL", 1},
                                              {"U8", 1},
                                              {"I8", 1},
                                              {"I16", 2},
                                              {"U16", 2},
                                              {"F16", 2},
                                              {"BF16", 2},
                                              {"I32", 4},
                                              {"U32", 4},
                                              {"F32", 4},
                                              {"F64", 8},
                                              {"I64", 8},
                                              {"U64", 8}}};

template <typename T>
NamedTensor vectorTensor(std::string name, TensorType type, std::span<const T> values) {
  const auto bytes = std::as_bytes(values);
  return {.name = std::move(name),
          .shape = {static_cast<int64_t>(values.size())},
          .type = type,
          .data = {bytes.begin(), bytes.end()}};
}

template <typename T>
NamedTensor matrixTensor(std::string name, TensorType type, MatrixView<const T> values) {
  NamedTensor tensor{.name = std::move(name),
                     .shape = {static_cast<int64_t>(values.rows()), static_cast<int64_t>(values.cols())},
                     .type = type,
                     .data = {}};
  tensor.data.reserve(values.rows() * values.cols() * sizeof(T));
  for (size_t r = 0; r < values.rows(); ++r) {
    const auto row = std::as_bytes(values.row(r));
    tensor.data.insert(tensor.data.end(), row.begin(), row.end());
  }
  return tensor;
}

[[noreturn]] void failUsing(const NamedTensor& tensor, const std::string& why) {
  throw Error({.what = "use tensor",
               .where = tensor.name,
               .why = why,
               .remedy = "the file it comes from was made for something else, or by another version"});
}

template <typename T>
std::span<const T> valuesOf(const NamedTensor& tensor, TensorType type) {
  if (tensor.type != type)
    failUsing(tensor, "its values are " + toString(tensor.type) + "; " + toString(type) + " is needed");
  if (tensor.data.size() != tensor.valueCount() * sizeof(T)) failUsing(tensor, "its data does not fit its shape");
  return {reinterpret_cast<const T*>(tensor.data.data()), tensor.valueCount()};
}

template <typename T>
MatrixView<const T> matrixOf(const NamedTensor& tensor, std::span<const T> values) {
  if (tensor.shape.size() != 2) failUsing(tensor, "it has " + std::to_string(tensor.shape.size()) + " axes, not 2");
  return {values.data(), static_cast<size_t>(tensor.shape[0]), static_cast<size_t>(tensor.shape[1])};
}

}  // namespace

std::string toString(TensorType type) {
  return kTypes[static_cast<size_t>(type)].name;
}

size_t sizeOf(TensorType type) {
  return kTypes[static_cast<size_t>(type)].size;
}

NamedTensor NamedTensor::of(std::string name, MatrixView<const float> values) {
  return matrixTensor(std::move(name), TensorType::Float32, values);
}
NamedTensor NamedTensor::of(std::string name, MatrixView<const double> values) {
  return matrixTensor(std::move(name), TensorType::Float64, values);
}
NamedTensor NamedTensor::of(std::string name, std::span<const float> values) {
  return vectorTensor(std::move(name), TensorType::Float32, values);
}
NamedTensor NamedTensor::of(std::string name, std::span<const double> values) {
  return vectorTensor(std::move(name), TensorType::Float64, values);
}
NamedTensor NamedTensor::of(std::string name, std::span<const int64_t> values) {
  return vectorTensor(std::move(name), TensorType::Int64, values);
}
NamedTensor NamedTensor::of(std::string name, std::span<const uint32_t> values) {
  return vectorTensor(std::move(name), TensorType::UInt32, values);
}
NamedTensor NamedTensor::of(std::string name, std::span<const uint8_t> values) {
  return vectorTensor(std::move(name), TensorType::UInt8, values);
}

size_t NamedTensor::valueCount() const {
  size_t bytes = 0;
  if (!tensorBytes(shape, type, bytes)) failUsing(*this, "its shape is impossible");
  return bytes / sizeOf(type);
}

std::span<const float> NamedTensor::floats() const {
  return valuesOf<float>(*this, TensorType::Float32);
}
std::span<const double> NamedTensor::doubles() const {
  return valuesOf<double>(*this, TensorType::Float64);
}
std::span<const int64_t> NamedTensor::int64s() const {
  return valuesOf<int64_t>(*this, TensorType::Int64);
}
std::span<const uint32_t> NamedTensor::uint32s() const {
  return valuesOf<uint32_t>(*this, TensorType::UInt32);
}
std::span<const uint8_t> NamedTensor::uint8s() const {
  return valuesOf<uint8_t>(*this, TensorType::UInt8);
}
MatrixView<const float> NamedTensor::matrix() const {
  return matrixOf(*this, floats());
}
MatrixView<const double> NamedTensor::doubleMatrix() const {
  return matrixOf(*this, doubles());
}

const NamedTensor& tensorNamed(std::span<const NamedTensor> tensors, const std::string& name) {
  const NamedTensor* found = nullptr;
  for (const NamedTensor& tensor : tensors) {
    if (tensor.name != name) continue;
    if (found) failUsing(tensor, "there are two tensors of this name");
    found = &tensor;
  }
  if (!found)
    throw Error({.what = "use tensor",
                 .where = name,
                 .why = "there is no such tensor among " + std::to_string(tensors.size()),
                 .remedy = "the file it should come from was made for something else, or by another version"});
  return *found;
}

}  // namespace corticast
