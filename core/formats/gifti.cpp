#include "core/formats/gifti.h"

#include <algorithm>

#include "core/base/error.h"

namespace corticast {
namespace {

[[noreturn]] void fail(const std::string& where, const std::string& why, const std::string& remedy) {
  throw Error({.what = "read GIFTI", .where = where, .why = why, .remedy = remedy});
}

const GiftiArray& onlyArray(const Gifti& gifti, const std::string& intent, const std::string& where) {
  const GiftiArray* found = nullptr;
  for (const GiftiArray& array : gifti.arrays) {
    if (array.intent != intent) continue;
    if (found) fail(where, "it has more than one " + intent + " array", "choose a file with one surface");
    found = &array;
  }
  if (!found) fail(where, "it has no " + intent + " array", "choose a surface file (.surf.gii)");
  if (found->shape.size() != 2 || found->shape[1] != 3)
    fail(where, "its " + intent + " array does not have 3 columns", "fetch or export the file again");
  return *found;
}

}  // namespace

SurfaceGeometry readGiftiSurface(const std::filesystem::path& path) {
  const std::string where = path.string();
  const Gifti gifti = readGifti(path);
  const auto positions = onlyArray(gifti, "NIFTI_INTENT_POINTSET", where).floats(where);
  const auto triangles = onlyArray(gifti, "NIFTI_INTENT_TRIANGLE", where).integers(where);
  SurfaceGeometry geometry;
  geometry.positions.resize(positions.size() / 3);
  geometry.triangles.resize(triangles.size() / 3);
  for (size_t i = 0; i < positions.size(); ++i) geometry.positions[i / 3][i % 3] = positions[i];
  for (size_t i = 0; i < triangles.size(); ++i) geometry.triangles[i / 3][i % 3] = triangles[i];
  checkGeometry(geometry, where);
  return geometry;
}

std::vector<std::vector<float>> readGiftiMaps(const std::filesystem::path& path) {
  const std::string where = path.string();
  const Gifti gifti = readGifti(path);
  std::vector<std::vector<float>> maps;
  for (const GiftiArray& array : gifti.arrays) {
    if (array.intent == "NIFTI_INTENT_POINTSET" || array.intent == "NIFTI_INTENT_TRIANGLE") continue;
    const bool isTable = array.shape.size() == 2 && array.shape[1] > 1;
    const size_t columns = isTable ? array.shape[1] : 1;
    if (array.valueCount() != array.shape[0] * columns)
      fail(where, "a data array has more than two dimensions", "choose a file with one value per vertex");
    const auto values = array.floats(where);
    for (size_t c = 0; c < columns; ++c) {
      auto& map = maps.emplace_back(array.shape[0]);
      for (size_t v = 0; v < map.size(); ++v) map[v] = values[v * columns + c];
    }
    if (maps.back().size() != maps.front().size())
      fail(where, "its maps have different numbers of vertices", "fetch or export the file again");
  }
  if (maps.empty()) fail(where, "it has no map", "choose a file with one value per vertex (.func.gii, .shape.gii)");
  return maps;
}

}  // namespace corticast
