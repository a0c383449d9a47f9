#include "core/features/shard_file.h"

#include <mutex>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/features/internal/hdf5.h"

namespace corticast {
namespace {

using hdf5::Id;

// The library's functions are not made for several threads at once.
std::mutex& library() {
  static std::mutex mutex;
  return mutex;
}

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what, const std::string& why) {
  throw Error({.what = what,
               .where = path.string(),
               .why = why,
               .remedy = what.starts_with("write") ? "check free space and permissions of the folder"
                                                   : "delete this embedding's folder and embed again"});
}

// What one file is worked on with: every identifier and every return is checked.
struct Session {
  std::filesystem::path path;
  std::string what;

  [[nodiscard]] Id keep(hid_t id, herr_t (*close)(hid_t), const char* step) const {
    if (id < 0) fail(path, what, std::string("HDF5 cannot ") + step);
    return {id, close};
  }
  void check(herr_t result, const char* step) const {
    if (result < 0) fail(path, what, std::string("HDF5 cannot ") + step);
  }
};

Id textType(const Session& session) {
  Id type = session.keep(H5Tcopy(H5T_C_S1), H5Tclose, "make a text type");
  session.check(H5Tset_size(type.get(), H5T_VARIABLE), "make a text type");
  session.check(H5Tset_cset(type.get(), H5T_CSET_UTF8), "make a text type");
  return type;
}

void writeAttribute(const Session& session, const Id& file, const char* name, const std::string& text) {
  const Id type = textType(session);
  const Id space = session.keep(H5Screate(H5S_SCALAR), H5Sclose, "make an attribute");
  const Id attribute = session.keep(H5Acreate2(file.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT),
                                    H5Aclose, "make an attribute");
  const char* content = text.c_str();
  session.check(H5Awrite(attribute.get(), type.get(), &content), "write an attribute");
}

void writeNames(const Session& session, const Id& file, std::span<const std::string> names) {
  const Id type = textType(session);
  const hsize_t count = names.size();
  const Id space = session.keep(H5Screate_simple(1, &count, nullptr), H5Sclose, "make /image");
  const Id dataset =
      session.keep(H5Dcreate2(file.get(), "/image", type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                   H5Dclose, "make /image");
  std::vector<const char*> texts;
  for (const std::string& name : names) texts.push_back(name.c_str());
  session.check(H5Dwrite(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "write /image");
}

void writeValues(const Session& session, const Id& file, const EmbeddingInfo& info, MatrixView<const float> values) {
  std::vector<hsize_t> extents = {values.rows()};
  extents.insert(extents.end(), info.shape.begin(), info.shape.end());
  const Id space = session.keep(H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose,
                                "make /embedding");
  const Id dataset = session.keep(
      H5Dcreate2(file.get(), "/embedding", H5T_IEEE_F32LE, space.get(), H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
      H5Dclose, "make /embedding");
  session.check(H5Dwrite(dataset.get(), H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()),
                "write /embedding");
}

}  // namespace

void writeShard(const std::filesystem::path& path, const EmbeddingInfo& info, size_t firstRow,
                std::span<const std::string> names, MatrixView<const float> values) {
  const std::lock_guard guard(library());
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  writeFileAtomically(path, [&](const std::filesystem::path& temporary) {
    const Session session{.path = path, .what = "write a shard of an embedding"};
    Id file =
        session.keep(H5Fcreate(temporary.c_str(), H5F_ACC_EXCL, H5P_DEFAULT, H5P_DEFAULT), nullptr, "make the file");
    const hid_t id = file.get();
    try {
      writeValues(session, file, info, values);
      writeNames(session, file, names);
      for (const auto& [name, text] : {std::pair{"backbone", info.backbone},
                                       {"layer", info.layer},
                                       {"subject", info.subject},
                                       {"hash", info.hash},
                                       {"weights", info.weights},
                                       {"pictures", info.pictures},
                                       {"first_row", std::to_string(firstRow)}})
        writeAttribute(session, file, name, text);
    } catch (...) {
      H5Fclose(id);
      throw;
    }
    session.check(H5Fclose(id), "finish the file");
  });
}

struct ShardFile::State {
  Session session;
  size_t rows = 0;
  size_t features = 0;
  Id file;
  Id values;

  [[nodiscard]] std::string attribute(const char* name) const;
  void requireShape(const EmbeddingInfo& info) const;
};

std::string ShardFile::State::attribute(const char* name) const {
  const Id id = session.keep(H5Aopen(file.get(), name, H5P_DEFAULT), H5Aclose, "find an attribute");
  const Id type = textType(session);
  char* text = nullptr;
  session.check(H5Aread(id.get(), type.get(), &text), "read an attribute");
  std::string result = text ? text : "";
  session.check(H5free_memory(text), "read an attribute");
  return result;
}

void ShardFile::State::requireShape(const EmbeddingInfo& info) const {
  const Id space = session.keep(H5Dget_space(values.get()), H5Sclose, "read the shape of /embedding");
  std::vector<hsize_t> extents(info.shape.size() + 1);
  const bool hasRank = H5Sget_simple_extent_ndims(space.get()) == static_cast<int>(extents.size());
  if (hasRank) session.check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "read the shape");
  if (!hasRank || extents[0] != rows || !std::equal(info.shape.begin(), info.shape.end(), extents.begin() + 1))
    fail(session.path, session.what, "the shape of /embedding is another than index.json says");
}

ShardFile::ShardFile(const EmbeddingInfo& info, const EmbeddingShard& shard) : m_state(std::make_unique<State>()) {
  const std::lock_guard guard(library());
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
  const Session session{.path = info.path / shard.file, .what = "read a shard of an embedding"};
  m_state->session = session;
  m_state->rows = shard.rows;
  m_state->features = info.featureCount();
  m_state->file = session.keep(H5Fopen(session.path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose, "open the file");
  m_state->values = session.keep(H5Dopen2(m_state->file.get(), "/embedding", H5P_DEFAULT), H5Dclose, "find /embedding");
  for (const auto& [name, wanted] :
       {std::pair{"hash", info.hash}, {"subject", info.subject}, {"first_row", std::to_string(shard.firstRow)}})
    if (const std::string found = m_state->attribute(name); found != wanted)
      fail(session.path, session.what,
           std::string("its ") + name + " is \"" + found + "\", index.json says \"" + wanted + "\"");
  m_state->requireShape(info);
}

ShardFile::~ShardFile() {
  const std::lock_guard guard(library());
  m_state.reset();
}

std::vector<std::string> ShardFile::names() const {
  const std::lock_guard guard(library());
  const Session& session = m_state->session;
  const Id dataset = session.keep(H5Dopen2(m_state->file.get(), "/image", H5P_DEFAULT), H5Dclose, "find /image");
  const Id space = session.keep(H5Dget_space(dataset.get()), H5Sclose, "read the shape of /image");
  if (H5Sget_simple_extent_npoints(space.get()) != static_cast<hssize_t>(m_state->rows))
    fail(session.path, session.what, "/image has another number of names than /embedding rows");
  const Id type = textType(session);
  std::vector<char*> texts(m_state->rows);
  session.check(H5Dread(dataset.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, texts.data()), "read /image");
  std::vector<std::string> names;
  for (const char* text : texts) names.emplace_back(text ? text : "");
  session.check(H5Dvlen_reclaim(type.get(), space.get(), H5P_DEFAULT, texts.data()), "read /image");
  return names;
}

void ShardFile::read(size_t first, size_t count, std::span<float> out) const {
  const std::lock_guard guard(library());
  const Session& session = m_state->session;
  CORTICAST_ASSERT(first + count <= m_state->rows && out.size() == count * m_state->features, return );
  const Id space = session.keep(H5Dget_space(m_state->values.get()), H5Sclose, "read the shape of /embedding");
  std::vector<hsize_t> start(static_cast<size_t>(H5Sget_simple_extent_ndims(space.get())));
  std::vector<hsize_t> extents(start.size());
  session.check(H5Sget_simple_extent_dims(space.get(), extents.data(), nullptr), "read the shape of /embedding");
  start[0] = first;
  extents[0] = count;
  session.check(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, start.data(), nullptr, extents.data(), nullptr),
                "select rows");
  const hsize_t size = out.size();
  const Id memory = session.keep(H5Screate_simple(1, &size, nullptr), H5Sclose, "select rows");
  session.check(H5Dread(m_state->values.get(), H5T_NATIVE_FLOAT, memory.get(), space.get(), H5P_DEFAULT, out.data()),
                "read rows");
}

}  // namespace corticast
