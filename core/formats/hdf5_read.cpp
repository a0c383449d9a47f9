#include <cmath>
#include <cstring>
#include <utility>

#include "core/formats/half.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/internal/hdf5_state.h"
#include "core/formats/internal/hdf5_types.h"
#include "core/formats/internal/utf8.h"

namespace corticast {
namespace {

/// A part of a dataset to be read: `file` and `memory` are spaces with the same number of chosen values.
struct Selection {
  hid_t dataset;
  hid_t memory;
  hid_t file;
};

template <typename Stored>
void readRaw(const H5Place& place, const Selection& part, Stored* out) {
  place.check(H5Dread(part.dataset, H5Traits<Stored>::memory(), part.memory, part.file, H5P_DEFAULT, out), "H5Dread");
}

/// Reads as a wider type and converts value by value: the library itself would clip in silence.
template <typename Wide, typename T>
void readNarrowing(const H5Place& place, const Selection& part, std::span<T> out) {
  std::vector<Wide> wide(out.size());
  readRaw(place, part, wide.data());
  for (size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<T>(wide[i]);
    bool fits = true;
    if constexpr (std::is_floating_point_v<T>)
      fits = !std::isfinite(wide[i]) || std::isfinite(out[i]);
    else
      fits = std::in_range<T>(wide[i]);
    if (!fits) place.fail("value " + std::to_string(i) + " is too large for the type that is needed");
  }
}

/// The library's own conversion of binary16 takes 20 times as long.
void readHalves(const H5Place& place, const Selection& part, std::span<float> out) {
  std::vector<uint16_t> halves(out.size());
  place.check(H5Dread(part.dataset, halfType(place).get(), part.memory, part.file, H5P_DEFAULT, halves.data()),
              "H5Dread");
  halvesToFloats(halves, out);
}

template <typename T>
void readValues(const H5Place& place, const Selection& part, std::span<T> out) {
  if (out.empty()) return;
  const H5Id type = place.id(H5Dget_type(part.dataset), "H5Dget_type");
  const H5T_class_t kind = H5Tget_class(type.get());
  const size_t size = H5Tget_size(type.get());
  if constexpr (std::is_floating_point_v<T>) {
    if (kind != H5T_FLOAT || size > sizeof(double)) place.fail("its values are not floating-point numbers");
    if constexpr (std::is_same_v<T, float>)
      if (H5Tequal(type.get(), halfType(place).get()) > 0) return readHalves(place, part, out);
    if (size > sizeof(T))
      readNarrowing<double>(place, part, out);
    else
      readRaw(place, part, out.data());
  } else {
    if (kind != H5T_INTEGER || size > sizeof(int64_t)) place.fail("its values are not whole numbers");
    const bool isSigned = H5Tget_sign(type.get()) == H5T_SGN_2;
    if (size == sizeof(T) && isSigned == std::is_signed_v<T>)
      readRaw(place, part, out.data());
    else if (isSigned)
      readNarrowing<int64_t>(place, part, out);
    else
      readNarrowing<uint64_t>(place, part, out);
  }
}

std::vector<uint64_t> storedShape(const H5Place& place, hid_t dataset) {
  const H5Id space = place.id(H5Dget_space(dataset), "H5Dget_space");
  auto shape = shapeOf(place, space.get());
  requireStored(place, dataset, shape);
  return shape;
}

std::string checkedText(const H5Place& place, std::string text) {
  if (!isUtf8(text)) place.fail("a text is not UTF-8");
  return text;
}

std::vector<std::string> readFixedTexts(const H5Place& place, hid_t dataset, hid_t type, size_t count) {
  const size_t size = H5Tget_size(type);
  uint64_t bytes = 0;
  if (size == 0 || __builtin_mul_overflow(count, size, &bytes)) place.fail("its texts have no length");
  std::vector<char> buffer(bytes);
  place.check(H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer.data()), "H5Dread");
  const bool isSpacePadded = H5Tget_strpad(type) == H5T_STR_SPACEPAD;
  std::vector<std::string> texts;
  for (size_t i = 0; i < count; ++i) {
    std::string text(buffer.data() + i * size, ::strnlen(buffer.data() + i * size, size));
    while (isSpacePadded && text.ends_with(' ')) text.pop_back();
    texts.push_back(checkedText(place, std::move(text)));
  }
  return texts;
}

std::vector<std::string> readVariableTexts(const H5Place& place, hid_t dataset, hid_t type, size_t count) {
  std::vector<char*> pointers(count, nullptr);
  const H5Id space = place.id(H5Dget_space(dataset), "H5Dget_space");
  const herr_t status = H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, pointers.data());
  std::vector<std::string> texts;
  for (const char* text : pointers) texts.emplace_back(status >= 0 && text ? text : "");
  if (status >= 0)
    place.check(H5Dvlen_reclaim(type, space.get(), H5P_DEFAULT, pointers.data()), "H5Dvlen_reclaim");
  else
    place.failByLibrary("H5Dread failed");
  for (const std::string& text : texts) (void)checkedText(place, text);
  return texts;
}

}  // namespace

template <typename T>
std::vector<T> Hdf5File::read(const std::string& name) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(name);
  const H5Id dataset = m_state->dataset(place, name);
  std::vector<T> values(countOf(place, storedShape(place, dataset.get())));
  readValues<T>(place, {dataset.get(), H5S_ALL, H5S_ALL}, values);
  return values;
}

Matrix<float> Hdf5File::readMatrix(const std::string& name) const {
  const auto shape = info(name).shape;
  if (shape.size() != 2) m_state->reading(name).fail("it has " + std::to_string(shape.size()) + " axes; 2 are needed");
  return {shape[0], shape[1], read<float>(name)};
}

void Hdf5File::readRows(const std::string& name, uint64_t first, MatrixView<float> out) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(name);
  const H5Id dataset = m_state->dataset(place, name);
  const auto shape = storedShape(place, dataset.get());
  if (shape.empty()) place.fail("it has no rows");
  if (first > shape[0] || out.rows() > shape[0] - first)
    place.fail("rows " + std::to_string(first) + " to " + std::to_string(first + out.rows()) + " are wanted; it has " +
               std::to_string(shape[0]));
  const uint64_t rowValues = countOf(place, {shape.begin() + 1, shape.end()});
  if (rowValues != out.cols())
    place.fail("its rows have " + std::to_string(rowValues) + " values; " + std::to_string(out.cols()) + " are needed");
  if (out.empty()) return;

  std::vector<hsize_t> start(shape.size(), 0), count(shape.begin(), shape.end());
  start[0] = first;
  count[0] = out.rows();
  const H5Id file = place.id(H5Dget_space(dataset.get()), "H5Dget_space");
  place.check(H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, count.data(), nullptr),
              "H5Sselect_hyperslab");
  const H5Id memory = selectionShape(place, count);
  if (out.stride() == out.cols()) {
    readValues<float>(place, {dataset.get(), memory.get(), file.get()}, {out.data(), out.rows() * out.cols()});
    return;
  }
  std::vector<float> packed(out.rows() * out.cols());
  readValues<float>(place, {dataset.get(), memory.get(), file.get()}, packed);
  for (size_t r = 0; r < out.rows(); ++r)
    std::memcpy(out.row(r).data(), packed.data() + r * out.cols(), out.cols() * sizeof(float));
}

std::vector<std::string> Hdf5File::readTexts(const std::string& name) const {
  constexpr uint64_t kMaxTexts = 50'000'000;
  const H5Turn turn;
  const H5Place place = m_state->reading(name);
  const H5Id dataset = m_state->dataset(place, name);
  const H5Id type = place.id(H5Dget_type(dataset.get()), "H5Dget_type");
  if (H5Tget_class(type.get()) != H5T_STRING) place.fail("its values are not texts");
  const uint64_t count = countOf(place, storedShape(place, dataset.get()));
  if (count > kMaxTexts) place.fail("it claims " + std::to_string(count) + " texts");
  if (count == 0) return {};
  return H5Tis_variable_str(type.get()) > 0 ? readVariableTexts(place, dataset.get(), type.get(), count)
                                            : readFixedTexts(place, dataset.get(), type.get(), count);
}

template std::vector<float> Hdf5File::read<float>(const std::string&) const;
template std::vector<double> Hdf5File::read<double>(const std::string&) const;
template std::vector<int32_t> Hdf5File::read<int32_t>(const std::string&) const;
template std::vector<int64_t> Hdf5File::read<int64_t>(const std::string&) const;
template std::vector<uint8_t> Hdf5File::read<uint8_t>(const std::string&) const;

}  // namespace corticast
