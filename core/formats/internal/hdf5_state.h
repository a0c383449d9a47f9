#pragma once
#include <hdf5.h>

#include <mutex>
#include <utility>

#include "core/formats/hdf5_file.h"

namespace corticast {

/// Owns one HDF5 identifier of any kind.
class H5Id {
 public:
  H5Id() = default;
  explicit H5Id(hid_t id) : m_id(id) {}
  ~H5Id() {
    if (m_id >= 0) H5Idec_ref(m_id);
  }
  H5Id(H5Id&& other) noexcept : m_id(std::exchange(other.m_id, -1)) {}
  H5Id& operator=(H5Id&& other) noexcept {
    std::swap(m_id, other.m_id);
    return *this;
  }
  [[nodiscard]] hid_t get() const { return m_id; }
  [[nodiscard]] bool isValid() const { return m_id >= 0; }
  [[nodiscard]] hid_t release() { return std::exchange(m_id, -1); }

 private:
  hid_t m_id = -1;
};

/// Held during every use of the library: takes turns (not every build of HDF5 is thread-safe) and keeps its error
/// texts off stderr.
class H5Turn {
 public:
  H5Turn();

 private:
  std::unique_lock<std::recursive_mutex> m_lock;
};

/// Where a failure is: the file and the object in it.
struct H5Place {
  const char* what;  ///< "read HDF5 file" or "write HDF5 file"
  std::string where;

  [[noreturn]] void fail(const std::string& why) const;
  /// With the library's own innermost reason behind `why`.
  [[noreturn]] void failByLibrary(const std::string& why) const;
  /// The identifier or status that a call returned; negative means failure.
  [[nodiscard]] H5Id id(hid_t result, const char* call) const;
  void check(herr_t status, const char* call) const;
};

struct Hdf5File::State {
  std::filesystem::path path;
  H5Id file;
  bool isWritable = false;
  int unfinishedWriters = 0;

  [[nodiscard]] H5Place reading(const std::string& name) const;
  [[nodiscard]] H5Place writing(const std::string& name) const;
  /// An open dataset.
  [[nodiscard]] H5Id dataset(const H5Place& place, const std::string& name) const;
  /// Makes a dataset with all its groups; leaves the name free of what was there (Error when taken).
  [[nodiscard]] H5Id newDataset(const H5Place& place, const std::string& name, hid_t type, hid_t space,
                                hid_t creation) const;
};

[[nodiscard]] std::vector<uint64_t> shapeOf(const H5Place& place, hid_t space);
/// Product of the shape. Error when it exceeds 64 bits.
[[nodiscard]] uint64_t countOf(const H5Place& place, const std::vector<uint64_t>& shape);
[[nodiscard]] H5Id spaceOf(const H5Place& place, const std::vector<uint64_t>& shape);
/// For the memory's side of a block of a dataset. It has the block's own shape: where the two differ, even as 1 row of
/// 6 and 2 x 3, the library walks through the block value by value.
[[nodiscard]] H5Id selectionShape(const H5Place& place, const std::vector<hsize_t>& block);
/// Refuses a dataset of which any part was never stored, or lies in another file, or cannot be as large as it says.
void requireStored(const H5Place& place, hid_t dataset, const std::vector<uint64_t>& shape);
/// IEEE 754 binary16, little-endian: what h5py calls '<f2'.
[[nodiscard]] H5Id halfType(const H5Place& place);
/// How datasets of ours are made: without times, so that equal content gives equal bytes.
[[nodiscard]] H5Id creationProperties(const H5Place& place);

}  // namespace corticast
