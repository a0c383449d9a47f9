#include <algorithm>
#include <cstring>

#include "core/formats/hdf5_file.h"
#include "core/formats/internal/hdf5_state.h"
#include "core/formats/internal/utf8.h"

namespace corticast {
namespace {

constexpr size_t kMaxTextBytes = 1 << 20;

/// The attribute, when there is one; it must hold one value of that class.
H5Id attributeOf(const H5Place& place, hid_t file, const std::string& object, const std::string& key,
                 H5T_class_t kind) {
  const H5Id opened(H5Oopen(file, object.c_str(), H5P_DEFAULT));
  if (!opened.isValid()) place.failByLibrary("there is nothing of that name");
  const htri_t exists = H5Aexists(opened.get(), key.c_str());
  place.check(exists, "H5Aexists");
  if (exists == 0) return {};
  H5Id attribute = place.id(H5Aopen(opened.get(), key.c_str(), H5P_DEFAULT), "H5Aopen");
  const H5Id space = place.id(H5Aget_space(attribute.get()), "H5Aget_space");
  if (countOf(place, shapeOf(place, space.get())) != 1) place.fail("attribute '" + key + "' does not hold one value");
  const H5Id type = place.id(H5Aget_type(attribute.get()), "H5Aget_type");
  if (H5Tget_class(type.get()) != kind) place.fail("attribute '" + key + "' is of another type");
  return attribute;
}

std::string readVariableText(const H5Place& place, hid_t attribute, hid_t type) {
  char* text = nullptr;
  place.check(H5Aread(attribute, type, &text), "H5Aread");
  std::string value = text ? text : "";
  H5free_memory(text);
  return value;
}

std::string readFixedText(const H5Place& place, hid_t attribute, hid_t type) {
  const size_t size = H5Tget_size(type);
  if (size > kMaxTextBytes) place.fail("a text of " + std::to_string(size) + " bytes is too long for an attribute");
  std::string value(size, '\0');
  place.check(H5Aread(attribute, type, value.data()), "H5Aread");
  value.resize(::strnlen(value.data(), size));
  return value;
}

void writeValue(const H5Place& place, hid_t file, const std::string& object, const std::string& key, hid_t fileType,
                hid_t memoryType, const void* value) {
  const H5Id opened(H5Oopen(file, object.c_str(), H5P_DEFAULT));
  if (!opened.isValid()) place.failByLibrary("there is nothing of that name");
  const H5Id space = place.id(H5Screate(H5S_SCALAR), "H5Screate");
  const H5Id creation = place.id(H5Pcreate(H5P_ATTRIBUTE_CREATE), "H5Pcreate");
  place.check(H5Pset_char_encoding(creation.get(), H5T_CSET_UTF8), "H5Pset_char_encoding");
  H5Id attribute =
      place.id(H5Acreate2(opened.get(), key.c_str(), fileType, space.get(), creation.get(), H5P_DEFAULT), "H5Acreate2");
  place.check(H5Awrite(attribute.get(), memoryType, value), "H5Awrite");
  place.check(H5Aclose(attribute.release()), "H5Aclose");
}

}  // namespace

std::optional<std::string> Hdf5File::textAttribute(const std::string& object, const std::string& key) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(object);
  const H5Id attribute = attributeOf(place, m_state->file.get(), object, key, H5T_STRING);
  if (!attribute.isValid()) return std::nullopt;
  const H5Id type = place.id(H5Aget_type(attribute.get()), "H5Aget_type");
  std::string text = H5Tis_variable_str(type.get()) > 0 ? readVariableText(place, attribute.get(), type.get())
                                                        : readFixedText(place, attribute.get(), type.get());
  if (!isUtf8(text)) place.fail("attribute '" + key + "' is not UTF-8");
  return text;
}

std::optional<int64_t> Hdf5File::intAttribute(const std::string& object, const std::string& key) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(object);
  const H5Id attribute = attributeOf(place, m_state->file.get(), object, key, H5T_INTEGER);
  if (!attribute.isValid()) return std::nullopt;
  const H5Id type = place.id(H5Aget_type(attribute.get()), "H5Aget_type");
  if (H5Tget_size(type.get()) >= 8 && H5Tget_sign(type.get()) != H5T_SGN_2)
    place.fail("attribute '" + key + "' is an unsigned integer of 64 bits");
  int64_t value = 0;
  place.check(H5Aread(attribute.get(), H5T_NATIVE_INT64, &value), "H5Aread");
  return value;
}

std::optional<double> Hdf5File::realAttribute(const std::string& object, const std::string& key) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(object);
  const H5Id attribute = attributeOf(place, m_state->file.get(), object, key, H5T_FLOAT);
  if (!attribute.isValid()) return std::nullopt;
  double value = 0;
  place.check(H5Aread(attribute.get(), H5T_NATIVE_DOUBLE, &value), "H5Aread");
  return value;
}

std::vector<std::string> Hdf5File::attributeNames(const std::string& object) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(object);
  const H5Id opened(H5Oopen(m_state->file.get(), object.c_str(), H5P_DEFAULT));
  if (!opened.isValid()) place.failByLibrary("there is nothing of that name");
  std::vector<std::string> names;
  const auto take = [](hid_t, const char* name, const H5A_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  place.check(H5Aiterate2(opened.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &names), "H5Aiterate2");
  std::sort(names.begin(), names.end());
  return names;
}

void Hdf5File::setAttribute(const std::string& object, const std::string& key, const std::string& value) {
  const H5Turn turn;
  const H5Place place = m_state->writing(object);
  if (!isUtf8(value) || value.find('\0') != std::string::npos) place.fail("a text is not UTF-8 without zeros");
  // Of variable length, which h5py reads as str.
  const H5Id type = place.id(H5Tcopy(H5T_C_S1), "H5Tcopy");
  place.check(H5Tset_size(type.get(), H5T_VARIABLE), "H5Tset_size");
  place.check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "H5Tset_cset");
  const char* text = value.c_str();
  writeValue(place, m_state->file.get(), object, key, type.get(), type.get(), &text);
}

void Hdf5File::setAttribute(const std::string& object, const std::string& key, int64_t value) {
  const H5Turn turn;
  writeValue(m_state->writing(object), m_state->file.get(), object, key, H5T_STD_I64LE, H5T_NATIVE_INT64, &value);
}

void Hdf5File::setAttribute(const std::string& object, const std::string& key, double value) {
  const H5Turn turn;
  writeValue(m_state->writing(object), m_state->file.get(), object, key, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, &value);
}

}  // namespace corticast
