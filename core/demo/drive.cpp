#include "core/demo/internal/drive.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/base/random.h"
#include "core/linalg/blas.h"

namespace corticast::demo {

namespace {

constexpr size_t kRandomFields = 10;
constexpr double kFieldWidth = 6;  // mm: how far tuning stays alike along the cortex

GaborConfig gaborConfig() {
  return {.size = 96,
          .cycles = {8, 16},
          .cells = {4, 4},
          .orientations = static_cast<int>(DriveFeatures::kOrientations),
          .compression = "log",
          .colourCells = 2};
}

/// How a vertex is tuned, by its strongest label.
struct Tuning {
  double ceiling = 0.3;
  double early = 0.3;                ///< share of the drive's variance that contrast, orientation and colour make
  std::array<double, 7> category{};  ///< preference, in the order of kCategories
};

Tuning tuningOf(const Layout& layout, size_t column) {
  const auto label = [&](const char* roiClass) { return layout.labels.at(roiClass)[column]; };
  Tuning tuning{.ceiling = 0.35, .early = 0.4, .category = {0.1, 0.1, 0.4, 0.2, 0.2, 0.2, 0.1}};
  const int64_t stream = label("streams");
  if (stream >= 2 && stream <= 4)
    tuning = {.ceiling = 0.55, .early = 0.6, .category = {0.4, 0.3, 0.5, 0.1, 0.1, 0.2, 0.3}};
  if (stream == 5) tuning = {.ceiling = 0.55, .early = 0.25, .category = {0, -0.1, 0.6, 0.4, 0.3, 0.4, 0.3}};
  if (stream == 6) tuning = {.ceiling = 0.55, .early = 0.25, .category = {-0.1, 0, 0.4, 0.3, 0.6, -0.1, 0.1}};
  if (stream == 7) tuning = {.ceiling = 0.45, .early = 0.3, .category = {-0.3, -0.1, 0.3, 0.1, 0.3, 0.5, 0.4}};
  if (stream == 1) tuning = {.ceiling = 0.68, .early = 0.9};
  if (const int64_t area = label("prf-visualrois"); area != 0) {
    constexpr std::array earlyShares{0.0, 1.0, 1.0, 0.95, 0.95, 0.85, 0.85, 0.6};
    tuning.ceiling = area <= 2 ? 0.75 : 0.7;
    tuning.early = earlyShares[static_cast<size_t>(area)];
    tuning.category = {0.3, 0.2, 0.3, 0.1, 0.1, 0.2, 0.2};
    return tuning;
  }
  std::array<double, 7> preference{};
  const auto add = [&](const char* roiClass, const std::array<double, 7>& wanted) {
    if (label(roiClass) == 0) return;
    for (size_t k = 0; k < 7; ++k) preference[k] += wanted[k];
    tuning.early = 0.12;
    tuning.ceiling = 0.7;
  };
  add("floc-faces", {-0.2, -0.2, -0.1, 1.0, 0.3, -0.3, -0.1});
  add("floc-bodies", {-0.2, -0.2, -0.1, 0.3, 1.0, -0.3, -0.2});
  add("floc-places", {0.1, 0, -0.2, -0.4, -0.2, 1.0, -0.2});
  add("floc-words", {-0.1, 0.2, 0.1, -0.1, -0.2, -0.2, 1.0});
  if (tuning.early == 0.12) tuning.category = preference;
  return tuning;
}

/// Random maps with mean 0 and variance 1 that change slowly along the cortex [maps x columns].
Matrix<float> slowFields(const Layout& layout, size_t count, uint64_t seed) {
  const size_t columns = layout.vertices.size();
  Matrix<float> maps(columns, count);
  Philox random(seed, streamOf("slow fields"));
  for (float& value : maps.values()) value = static_cast<float>(random.normal());
  averageWithNeighbours(layout.neighbours, roundsForWidth(kFieldWidth, layout.spacing), maps);
  Matrix<float> fields(count, columns);
  for (size_t map = 0; map < count; ++map) {
    double sum = 0;
    double squares = 0;
    for (size_t column = 0; column < columns; ++column) {
      sum += maps(column, map);
      squares += double{maps(column, map)} * maps(column, map);
    }
    const double mean = sum / static_cast<double>(columns);
    const double scale = 1 / std::sqrt(squares / static_cast<double>(columns) - mean * mean);
    for (size_t column = 0; column < columns; ++column)
      fields(map, column) = static_cast<float>((maps(column, map) - mean) * scale);
  }
  return fields;
}

/// Weights of contrast energy and colour around the receptive field. `orientation` and `colour` are values of slow
/// fields.
void setEarlyWeights(std::span<const float> field, std::array<double, 4> slow, Matrix<float>& weights, size_t column) {
  const double preferred = std::atan2(slow[1], slow[0]) / 2;
  const double eccentricity = std::min(1.0, 2 * std::hypot(field[0] - 0.5, field[1] - 0.5));
  const double spread = field[2] * field[2] + 0.1 * 0.1;  // the grid's cells are wide themselves
  const auto near = [&](double x, double y) {
    const double dx = x - field[0];
    const double dy = y - field[1];
    return std::exp(-(dx * dx + dy * dy) / (2 * spread));
  };
  constexpr size_t grid = DriveFeatures::kGrid;
  size_t feature = 0;
  for (size_t frequency = 0; frequency < DriveFeatures::kFrequencies; ++frequency)
    for (size_t k = 0; k < DriveFeatures::kOrientations; ++k) {
      const double angle = static_cast<double>(k) * std::numbers::pi / DriveFeatures::kOrientations;
      const double tuned = 1 + 0.8 * std::cos(2 * (angle - preferred));
      const double fine = 0.25 + (frequency == 0 ? eccentricity : 1 - eccentricity);
      for (size_t cell = 0; cell < grid * grid; ++cell, ++feature)
        weights(feature, column) = static_cast<float>(
            tuned * fine * near((cell % grid + 0.5) / grid, (static_cast<double>(cell / grid) + 0.5) / grid));
    }
  for (size_t channel = 0; channel < 3; ++channel)
    for (size_t cell = 0; cell < 4; ++cell, ++feature)
      weights(feature, column) = static_cast<float>((channel == 0 ? 0.5 * slow[2] : 0.8 * slow[3]) *
                                                    near(cell % 2 ? 0.75 : 0.25, cell / 2 ? 0.75 : 0.25));
}

/// Weights of content: the preferred categories, more where the receptive field is, and slow variation of its own.
void setContentWeights(const Tuning& tuning, std::span<const float> field, const Matrix<float>& fields,
                       const Matrix<float>& mixtures, Matrix<float>& weights, size_t column) {
  const size_t count = mixtures.cols();
  for (size_t i = 0; i < count; ++i) {
    double random = 0;
    for (size_t f = 0; f < mixtures.rows(); ++f) random += mixtures(f, i) * fields(f, column);
    weights(DriveFeatures::kContentStart + i, column) = static_cast<float>(0.05 * random);
  }
  const auto add = [&](size_t content, double value) {
    weights(DriveFeatures::kContentStart + content, column) += static_cast<float>(value);
  };
  for (const Category category : kCategories) {
    const double preference = tuning.category[static_cast<size_t>(category)];
    add(presenceIndex(category), 0.5 * preference);
    for (size_t quarter = 0; quarter < 4; ++quarter) {
      const double dx = (quarter % 2 ? 0.75 : 0.25) - field[0];
      const double dy = (quarter / 2 ? 0.75 : 0.25) - field[1];
      add(coverageIndex(category, quarter), 0.35 * preference * std::exp(-(dx * dx + dy * dy) / 0.18));
    }
  }
}

/// Scales each column of `weights` so that features with this covariance make `variances[column]`.
void scaleToVariance(MatrixView<const float> covariance, std::span<const double> variances, Matrix<float>& weights) {
  Matrix<float> product(weights.rows(), weights.cols());
  gemm(Transpose::No, Transpose::No, 1.0F, covariance, weights.view(), 0.0F, product.view());
  std::vector<double> found(weights.cols());
  for (size_t f = 0; f < weights.rows(); ++f)
    for (size_t column = 0; column < weights.cols(); ++column)
      found[column] += double{weights(f, column)} * product(f, column);
  for (size_t column = 0; column < weights.cols(); ++column) {
    const double factor = found[column] > 1e-12 ? std::sqrt(variances[column] / found[column]) : 0;
    for (size_t f = 0; f < weights.rows(); ++f) weights(f, column) *= static_cast<float>(factor);
  }
}

Matrix<float> randomMixtures(size_t rows, size_t cols, uint64_t seed) {
  Matrix<float> mixtures(rows, cols);
  Philox random(seed, streamOf("mixtures"));
  for (float& value : mixtures.values()) value = static_cast<float>(random.normal());
  return mixtures;
}

}  // namespace

DriveFeatures::DriveFeatures() : m_gabor(gaborConfig()) {
  for (const int cycles : m_gabor.config().cycles)
    for (size_t k = 0; k < kOrientations; ++k)
      for (size_t cell = 0; cell < kGrid * kGrid; ++cell)
        m_names.push_back("contrast energy, " + std::to_string(cycles) + " cycles, " +
                          std::to_string(k * 180 / kOrientations) + " degrees, row " + std::to_string(cell / kGrid) +
                          ", column " + std::to_string(cell % kGrid));
  for (const char* channel : {"L", "R - G", "B - Y"})
    for (const char* quarter : {"upper left", "upper right", "lower left", "lower right"})
      m_names.push_back(std::string("colour ") + channel + ", " + quarter);
  for (const std::string& name : contentNames()) m_names.push_back(name);
}

void DriveFeatures::measure(const Scene& scene, const Image& picture, std::span<float> features) const {
  const Matrix<float> energy = m_gabor.embed(std::span(&picture, 1), 1);
  std::copy_n(energy.data(), kContentStart, features.data());
  const std::vector<float> content = contentOf(scene);
  std::copy(content.begin(), content.end(), features.begin() + kContentStart);
}

Drive makeDrive(const Layout& layout, MatrixView<const float> covariance, int subject, uint64_t seed) {
  const size_t columns = layout.vertices.size();
  const uint64_t own = streamOf("drive" + std::to_string(subject) + toString(layout.hemisphere)) ^ seed;
  const Matrix<float> fields = slowFields(layout, kRandomFields, own);
  const Matrix<float> mixtures = randomMixtures(5, covariance.rows() - DriveFeatures::kContentStart, seed);
  Matrix<float> early(covariance.rows(), columns);
  Matrix<float> content(covariance.rows(), columns);
  std::vector<double> earlyShare(columns);
  std::vector<double> contentShare(columns);
  std::vector<double> total(columns);
  Drive drive;
  for (size_t column = 0; column < columns; ++column) {
    const Tuning tuning = tuningOf(layout, column);
    setEarlyWeights(layout.fields.row(column),
                    {fields(5, column), fields(6, column), fields(7, column), fields(8, column)}, early, column);
    setContentWeights(tuning, layout.fields.row(column), fields, mixtures, content, column);
    earlyShare[column] = tuning.early;
    contentShare[column] = 1 - tuning.early;
    const double wanted = std::clamp(tuning.ceiling * (1 + 0.12 * fields(9, column)), 0.0, 0.92);
    drive.ceiling.push_back(wanted < 0.05 ? 0.0F : static_cast<float>(wanted));
    total[column] = double{drive.ceiling.back()} * drive.ceiling.back();
  }
  scaleToVariance(covariance, earlyShare, early);
  scaleToVariance(covariance, contentShare, content);
  for (size_t i = 0; i < early.values().size(); ++i) early.values()[i] += content.values()[i];
  scaleToVariance(covariance, total, early);
  drive.weights = std::move(early);
  return drive;
}

}  // namespace corticast::demo
