#include "core/formats/hdf5_file.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/formats/internal/hdf5_state.h"

namespace corticast {
namespace {

H5Id accessProperties(const H5Place& place) {
  H5Id access = place.id(H5Pcreate(H5P_FILE_ACCESS), "H5Pcreate");
  place.check(H5Pset_file_locking(access.get(), 1, 1), "H5Pset_file_locking");
  // An object left open would keep the file open behind close()'s back; this makes it fail instead.
  place.check(H5Pset_fclose_degree(access.get(), H5F_CLOSE_SEMI), "H5Pset_fclose_degree");
  return access;
}

Hdf5Type typeOf(const H5Place& place, hid_t type) {
  switch (H5Tget_class(type)) {
    case H5T_FLOAT:
      if (H5Tequal(type, halfType(place).get()) > 0) return Hdf5Type::Float16;
      return H5Tget_size(type) == 4 ? Hdf5Type::Float32 : H5Tget_size(type) == 8 ? Hdf5Type::Float64 : Hdf5Type::Other;
    case H5T_INTEGER: {
      const bool isSigned = H5Tget_sign(type) == H5T_SGN_2;
      if (isSigned && H5Tget_size(type) == 4) return Hdf5Type::Int32;
      if (isSigned && H5Tget_size(type) == 8) return Hdf5Type::Int64;
      return !isSigned && H5Tget_size(type) == 1 ? Hdf5Type::UInt8 : Hdf5Type::Other;
    }
    case H5T_STRING:
      return Hdf5Type::Text;
    default:
      return Hdf5Type::Other;
  }
}

}  // namespace

uint64_t Hdf5Info::valueCount() const {
  uint64_t count = 1;
  for (const uint64_t size : shape) count *= size;
  return count;
}

Hdf5File::Hdf5File(std::shared_ptr<State> state) : m_state(std::move(state)) {}
Hdf5File::Hdf5File(Hdf5File&&) noexcept = default;
Hdf5File& Hdf5File::operator=(Hdf5File&& other) noexcept {
  std::swap(m_state, other.m_state);
  return *this;
}

Hdf5File::~Hdf5File() {
  if (!m_state) return;
  const H5Turn turn;
  m_state->file = H5Id();
}

Hdf5File Hdf5File::open(const std::filesystem::path& path) {
  const H5Turn turn;
  auto state = std::make_shared<State>();
  state->path = path;
  const H5Place place{"read HDF5 file", path.string()};
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) place.fail("there is no such file");
  if (!std::filesystem::is_regular_file(path, ignored)) place.fail("it is not a plain file");
  const H5Id access = accessProperties(place);
  state->file = H5Id(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
  if (!state->file.isValid()) place.failByLibrary("it is not an HDF5 file, is damaged, or cannot be opened");
  return Hdf5File(std::move(state));
}

Hdf5File Hdf5File::create(const std::filesystem::path& path) {
  const H5Turn turn;
  auto state = std::make_shared<State>();
  state->path = path;
  state->isWritable = true;
  const H5Place place{"write HDF5 file", path.string()};
  const H5Id access = accessProperties(place);
  state->file = place.id(H5Fcreate(path.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, access.get()), "H5Fcreate");
  return Hdf5File(std::move(state));
}

void Hdf5File::close() {
  const H5Turn turn;
  if (!m_state || !m_state->file.isValid()) return;
  const H5Place place{m_state->isWritable ? "write HDF5 file" : "read HDF5 file", m_state->path.string()};
  if (m_state->isWritable && m_state->unfinishedWriters > 0)
    place.fail("rows of a dataset are still to be written: finish() was not called");
  if (m_state->isWritable) place.check(H5Fflush(m_state->file.get(), H5F_SCOPE_GLOBAL), "H5Fflush");
  place.check(H5Fclose(m_state->file.release()), "H5Fclose");
}

const std::filesystem::path& Hdf5File::path() const {
  return m_state->path;
}

bool Hdf5File::has(const std::string& name) const {
  const H5Turn turn;
  (void)m_state->reading(name);
  if (name == "/") return true;
  // H5Lexists wants every step of the path to exist.
  for (size_t at = name.find('/', 1);; at = name.find('/', at + 1)) {
    const std::string part = name.substr(0, at);
    if (H5Lexists(m_state->file.get(), part.c_str(), H5P_DEFAULT) <= 0) return false;
    if (at == std::string::npos) return H5Oexists_by_name(m_state->file.get(), part.c_str(), H5P_DEFAULT) > 0;
  }
}

std::vector<std::string> Hdf5File::list(const std::string& group) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(group);
  const H5Id opened(H5Gopen2(m_state->file.get(), group.c_str(), H5P_DEFAULT));
  if (!opened.isValid()) place.failByLibrary("there is no such group");
  std::vector<std::string> names;
  const auto take = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  place.check(H5Literate(opened.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, take, &names), "H5Literate");
  std::sort(names.begin(), names.end());
  return names;
}

Hdf5Info Hdf5File::info(const std::string& name) const {
  const H5Turn turn;
  const H5Place place = m_state->reading(name);
  const H5Id object(H5Oopen(m_state->file.get(), name.c_str(), H5P_DEFAULT));
  if (!object.isValid()) place.failByLibrary("there is nothing of that name, or it cannot be opened");
  Hdf5Info info;
  info.isGroup = H5Iget_type(object.get()) == H5I_GROUP;
  if (H5Iget_type(object.get()) != H5I_DATASET) return info;
  const H5Id type = place.id(H5Dget_type(object.get()), "H5Dget_type");
  const H5Id space = place.id(H5Dget_space(object.get()), "H5Dget_space");
  info.type = typeOf(place, type.get());
  info.shape = shapeOf(place, space.get());
  (void)countOf(place, info.shape);
  return info;
}

}  // namespace corticast
