#include "core/features/stored_form.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

uint64_t productOf(const std::vector<size_t>& shape) {
  return std::accumulate(shape.begin(), shape.end(), uint64_t{1}, std::multiplies<>());
}

std::string shapeText(const std::vector<size_t>& shape) {
  std::vector<std::string> parts;
  for (const size_t extent : shape) parts.push_back(std::to_string(extent));
  return join(parts, " x ");
}

// One map [height x width] to [grid x grid].
void poolMap(const float* map, size_t height, size_t width, size_t grid, bool isMax, float* out) {
  for (size_t i = 0; i < grid; ++i)
    for (size_t j = 0; j < grid; ++j) {
      const size_t top = i * height / grid, bottom = ((i + 1) * height + grid - 1) / grid;
      const size_t left = j * width / grid, right = ((j + 1) * width + grid - 1) / grid;
      double sum = 0;
      float most = -std::numeric_limits<float>::infinity();
      for (size_t y = top; y < bottom; ++y)
        for (size_t x = left; x < right; ++x) {
          sum += static_cast<double>(map[y * width + x]);
          most = std::max(most, map[y * width + x]);
        }
      const auto cells = static_cast<double>((bottom - top) * (right - left));
      out[i * grid + j] = isMax ? most : static_cast<float>(sum / cells);
    }
}

}  // namespace

Fields<StoredForm> StoredForm::fields() {
  Fields<StoredForm> f;
  f.section("Storage");
  f.choice("dtype", "Numbers", &StoredForm::dtype)
      .choice("float32", "float32", "4 bytes per value, exact.")
      .choice("float16", "float16", "2 bytes per value, rounded to 3 to 4 digits; values beyond 65,504 are refused.")
      .help("How the values are stored. Models compute in float32 either way.");
  f.choice("pool", "Pool maps", &StoredForm::pool)
      .choice("none", "Keep every place", "The layer as it is.")
      .choice("mean", "Mean", "The mean of each cell of a grid.")
      .choice("max", "Maximum", "The largest value in each cell of a grid.")
      .help("For layers that are maps (channels x height x width): keep one value per cell of a grid instead.");
  f.integer("grid", "Grid", &StoredForm::grid)
      .range(1, 256)
      .unit("cells a side")
      .relevantIf("pool", {"mean", "max"})
      .help("Pooled maps are grid x grid.");
  f.integer("pca", "Principal components", &StoredForm::pca)
      .range(0, 4096)
      .help(
          "Store this many principal components instead of the features; 0 stores the features. Fitted on training "
          "pictures only, out of core; until it is finished the features of those pictures lie on disk too.");
  f.integer("pcaPictures", "Fitted on", &StoredForm::pcaPictures)
      .range(0, 1000000)
      .unit("pictures")
      .help("Fit the components on so many training pictures, drawn at random; 0 = on all of them.");
  return f;
}

std::string StoredForm::label() const {
  std::vector<std::string> parts;
  if (pool != "none") parts.push_back(pool + " " + std::to_string(grid) + " x " + std::to_string(grid));
  if (pca > 0) parts.push_back(thousands(static_cast<uint64_t>(pca)) + " components");
  if (dtype != "float32") parts.push_back(dtype);
  return join(parts, ", ");
}

std::vector<size_t> pooledShape(const std::vector<size_t>& shape, const StoredForm& form) {
  if (form.pool == "none") return shape;
  const auto grid = static_cast<size_t>(form.grid);
  if (shape.size() != 3 || shape[1] < grid || shape[2] < grid)
    throw Error({.what = "pool an embedding to " + std::to_string(grid) + " x " + std::to_string(grid),
                 .where = "a layer of shape " + shapeText(shape),
                 .why = shape.size() != 3 ? "it is not maps of channels x height x width" : "its maps are smaller",
                 .remedy = shape.size() != 3 ? "choose a layer of maps, or no pooling" : "choose a smaller grid"});
  return {shape[0], grid, grid};
}

Matrix<float> pooled(MatrixView<const float> rows, const std::vector<size_t>& shape, const StoredForm& form) {
  const std::vector<size_t> to = pooledShape(shape, form);
  const size_t grid = to[1], map = shape[1] * shape[2];
  Matrix<float> out(rows.rows(), to[0] * grid * grid);
  for (size_t r = 0; r < rows.rows(); ++r)
    for (size_t c = 0; c < to[0]; ++c)
      poolMap(rows.row(r).data() + c * map, shape[1], shape[2], grid, form.pool == "max",
              out.row(r).data() + c * grid * grid);
  return out;
}

StoredBytes storedBytes(const std::vector<size_t>& shape, size_t images, size_t fitted, bool isStaged,
                        const StoredForm& form) {
  const uint64_t features = productOf(pooledShape(shape, form));
  if (form.pca <= 0) return {.kept = images * features * form.valueBytes(), .meanwhile = 0};
  const auto components = static_cast<uint64_t>(form.pca);
  const uint64_t used = form.pcaPictures > 0 ? std::min<uint64_t>(fitted, form.pcaPictures) : fitted;
  return {.kept = images * components * form.valueBytes() + components * features * sizeof(float),
          .meanwhile = isStaged ? used * features * form.valueBytes() : 0};
}

}  // namespace corticast
