#include <filesystem>

#include "core/base/error.h"
#include "core/formats/internal/hdf5_state.h"

namespace corticast {
namespace {

std::recursive_mutex& libraryMutex() {
  static std::recursive_mutex mutex;
  return mutex;
}

/// Called once: nothing that a file names may load code or open another file.
void restrictLibrary() {
  // Its exit handler loops for ever when a file could not be written; every file is closed by its owner anyway.
  // Refused, harmlessly, when another library has used HDF5 before.
  H5dont_atexit();
  H5open();
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  H5Lunregister(H5L_TYPE_EXTERNAL);
  H5PLset_loading_state(0);
}

std::string innermostReason() {
  std::string reason;
  const auto take = [](unsigned, const H5E_error2_t* error, void* text) -> herr_t {
    auto& innermost = *static_cast<std::string*>(text);
    if (innermost.empty() && error->desc) innermost = error->desc;
    return 0;
  };
  if (H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, take, &reason) < 0 || reason.empty()) return "HDF5 does not say why";
  return reason;
}

}  // namespace

H5Turn::H5Turn() : m_lock(libraryMutex()) {
  static std::once_flag restricted;
  std::call_once(restricted, restrictLibrary);
  // The library keeps this setting per thread.
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

void H5Place::fail(const std::string& why) const {
  const bool isReading = std::string_view(what).starts_with("read");
  throw Error({.what = what,
               .where = where,
               .why = why,
               .remedy = isReading ? "the file may be damaged, incomplete or made for something else; make it again"
                                   : "check free space and permissions of the folder"});
}

void H5Place::failByLibrary(const std::string& why) const {
  const std::string reason = innermostReason();
  if (reason.find("errno = 11,") != std::string::npos)
    throw Error({.what = what,
                 .where = where,
                 .why = "another process is writing this file",
                 .remedy = "wait until it has finished"});
  fail(why + " (" + reason + ")");
}

H5Id H5Place::id(hid_t result, const char* call) const {
  if (result < 0) failByLibrary(std::string(call) + " failed");
  return H5Id(result);
}

void H5Place::check(herr_t status, const char* call) const {
  if (status < 0) failByLibrary(std::string(call) + " failed");
}

H5Place Hdf5File::State::reading(const std::string& name) const {
  const H5Place place{"read HDF5 file", path.string() + ":" + name};
  if (!file.isValid()) place.fail("the file is closed");
  return place;
}

H5Place Hdf5File::State::writing(const std::string& name) const {
  H5Place place{"write HDF5 file", path.string() + ":" + name};
  if (!file.isValid()) place.fail("the file is closed");
  if (!isWritable) place.fail("the file is open for reading only");
  return place;
}

H5Id Hdf5File::State::dataset(const H5Place& place, const std::string& name) const {
  H5Id object(H5Oopen(file.get(), name.c_str(), H5P_DEFAULT));
  if (!object.isValid()) place.failByLibrary("there is no such dataset, or it cannot be opened");
  if (H5Iget_type(object.get()) != H5I_DATASET) place.fail("it is not a dataset");
  return object;
}

H5Id Hdf5File::State::newDataset(const H5Place& place, const std::string& name, hid_t type, hid_t space,
                                 hid_t creation) const {
  const H5Id links = place.id(H5Pcreate(H5P_LINK_CREATE), "H5Pcreate");
  place.check(H5Pset_create_intermediate_group(links.get(), 1), "H5Pset_create_intermediate_group");
  place.check(H5Pset_char_encoding(links.get(), H5T_CSET_UTF8), "H5Pset_char_encoding");
  return place.id(H5Dcreate2(file.get(), name.c_str(), type, space, links.get(), creation, H5P_DEFAULT), "H5Dcreate2");
}

std::vector<uint64_t> shapeOf(const H5Place& place, hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  if (rank < 0 || H5Sget_simple_extent_type(space) == H5S_NULL) place.fail("it has no values");
  std::vector<hsize_t> sizes(static_cast<size_t>(rank));
  if (rank > 0) place.check(H5Sget_simple_extent_dims(space, sizes.data(), nullptr), "H5Sget_simple_extent_dims");
  return {sizes.begin(), sizes.end()};
}

uint64_t countOf(const H5Place& place, const std::vector<uint64_t>& shape) {
  uint64_t count = 1;
  for (const uint64_t size : shape)
    if (__builtin_mul_overflow(count, size, &count)) place.fail("its shape is impossibly large");
  return count;
}

H5Id selectionShape(const H5Place& place, const std::vector<hsize_t>& block) {
  return place.id(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr), "H5Screate_simple");
}

H5Id spaceOf(const H5Place& place, const std::vector<uint64_t>& shape) {
  if (shape.empty()) return place.id(H5Screate(H5S_SCALAR), "H5Screate");
  const std::vector<hsize_t> sizes(shape.begin(), shape.end());
  return place.id(H5Screate_simple(static_cast<int>(sizes.size()), sizes.data(), nullptr), "H5Screate_simple");
}

namespace {

void requireAllChunks(const H5Place& place, hid_t dataset, hid_t creation, const std::vector<uint64_t>& shape) {
  std::vector<hsize_t> chunk(shape.size());
  if (H5Pget_chunk(creation, static_cast<int>(chunk.size()), chunk.data()) != static_cast<int>(shape.size()))
    place.failByLibrary("its chunks do not fit its shape");
  uint64_t expected = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (chunk[i] == 0) place.fail("its chunks have no size");
    if (__builtin_mul_overflow(expected, (shape[i] - 1) / chunk[i] + 1, &expected))
      place.fail("it has impossibly many chunks");
  }
  hsize_t stored = 0;
  const H5Id space = place.id(H5Dget_space(dataset), "H5Dget_space");
  place.check(H5Dget_num_chunks(dataset, space.get(), &stored), "H5Dget_num_chunks");
  if (stored != expected)
    place.fail("only " + std::to_string(stored) + " of its " + std::to_string(expected) +
               " chunks were ever written; the rest would read as zeros");
}

}  // namespace

void requireStored(const H5Place& place, hid_t dataset, const std::vector<uint64_t>& shape) {
  constexpr uint64_t kLargestRatio = 1100;  // deflate reaches 1032
  constexpr uint64_t kSlackBytes = 1 << 20;
  const H5Id creation = place.id(H5Dget_create_plist(dataset), "H5Dget_create_plist");
  const H5Id type = place.id(H5Dget_type(dataset), "H5Dget_type");
  const H5D_layout_t layout = H5Pget_layout(creation.get());
  if (layout != H5D_COMPACT && layout != H5D_CONTIGUOUS && layout != H5D_CHUNKED)
    place.fail("its values are put together from other datasets");
  if (H5Pget_external_count(creation.get()) != 0) place.fail("its values lie in another file");

  const uint64_t count = countOf(place, shape);
  if (count == 0) return;
  uint64_t bytes = 0;
  if (__builtin_mul_overflow(count, H5Tget_size(type.get()), &bytes)) place.fail("its shape is impossibly large");
  const uint64_t stored = H5Dget_storage_size(dataset);
  if (layout == H5D_CHUNKED) {
    requireAllChunks(place, dataset, creation.get(), shape);
    if (bytes / kLargestRatio > stored + kSlackBytes)
      place.fail("its shape needs " + std::to_string(bytes) + " bytes; " + std::to_string(stored) + " are stored");
  } else if (stored < bytes) {
    place.fail(std::to_string(stored) + " of its " + std::to_string(bytes) +
               " bytes were ever written; the rest would read as zeros");
  }
}

H5Id halfType(const H5Place& place) {
  H5Id type = place.id(H5Tcopy(H5T_IEEE_F32LE), "H5Tcopy");
  place.check(H5Tset_fields(type.get(), 15, 10, 5, 0, 10), "H5Tset_fields");
  place.check(H5Tset_size(type.get(), 2), "H5Tset_size");
  place.check(H5Tset_ebias(type.get(), 15), "H5Tset_ebias");
  return type;
}

H5Id creationProperties(const H5Place& place) {
  H5Id creation = place.id(H5Pcreate(H5P_DATASET_CREATE), "H5Pcreate");
  place.check(H5Pset_obj_track_times(creation.get(), 0), "H5Pset_obj_track_times");
  return creation;
}

}  // namespace corticast
