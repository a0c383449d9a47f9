#include "core/features/gabor.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <numbers>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/features/resample.h"
#include "core/formats/image.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr size_t kPicturesPerTask = 4;
constexpr float kLogGain = 100;

[[noreturn]] void failConfig(const std::string& why, const std::string& remedy) {
  throw Error({.what = "set up the Gabor pyramid", .where = "its parameters", .why = why, .remedy = remedy});
}

void requireConsistent(const GaborConfig& config) {
  if (config.cycles.empty() || config.cycles.size() != config.cells.size())
    failConfig(
        "cycles has " + std::to_string(config.cycles.size()) + " values, cells " + std::to_string(config.cells.size()),
        "give one number of cells per frequency");
  for (size_t i = 0; i < config.cycles.size(); ++i) {
    if (config.cycles[i] * 3 > config.size)
      failConfig(std::to_string(config.cycles[i]) + " cycles cannot be told apart in " + std::to_string(config.size) +
                     " pixels",
                 "leave at least 3 pixels per cycle");
    if (config.cycles[i] % config.cells[i] != 0)
      failConfig(
          std::to_string(config.cycles[i]) + " cycles do not divide into " + std::to_string(config.cells[i]) + " cells",
          "let each number of cells divide its number of cycles");
  }
  if (config.colourCells > 0 && config.size % config.colourCells != 0)
    failConfig(std::to_string(config.size) + " pixels do not divide into " + std::to_string(config.colourCells) +
                   " colour cells",
               "let colourCells divide size");
}

// exp(-u^2 / (2 s^2)) exp(i k u) along one axis for every position (rows), u in pixels from the position's centre.
Matrix<std::complex<double>> wavelets(size_t size, size_t positions, double sigma, double waveNumber) {
  Matrix<std::complex<double>> result(positions, size);
  const double spacing = static_cast<double>(size) / static_cast<double>(positions);
  for (size_t i = 0; i < positions; ++i)
    for (size_t x = 0; x < size; ++x) {
      const double u = static_cast<double>(x) + 0.5 - (static_cast<double>(i) + 0.5) * spacing;
      result(i, x) = std::polar(std::exp(-u * u / (2 * sigma * sigma)), waveNumber * u);
    }
  return result;
}

std::vector<std::complex<double>> rowSums(const Matrix<std::complex<double>>& matrix) {
  std::vector<std::complex<double>> sums(matrix.rows());
  for (size_t r = 0; r < matrix.rows(); ++r)
    for (const auto& value : matrix.row(r)) sums[r] += value;
  return sums;
}

double sigmaInPixels(const GaborConfig& config, size_t cycles) {
  const double octaves = std::exp2(config.bandwidth);
  return std::sqrt(std::numbers::ln2 / 2) / std::numbers::pi * (octaves + 1) / (octaves - 1) * config.size /
         static_cast<double>(cycles);
}

float* appendMeans(const Matrix<float>& plane, size_t cells, float* out) {
  const size_t side = plane.rows() / cells;
  for (size_t row = 0; row < cells; ++row)
    for (size_t col = 0; col < cells; ++col) {
      double sum = 0;
      for (size_t y = row * side; y < (row + 1) * side; ++y)
        for (size_t x = col * side; x < (col + 1) * side; ++x) sum += plane(y, x);
      *out++ = static_cast<float>(sum / static_cast<double>(side * side));
    }
  return out;
}

template <typename Combine>
Matrix<float> combined(const Matrix<float>& red, const Matrix<float>& green, const Matrix<float>& blue,
                       Combine combine) {
  Matrix<float> result(red.rows(), red.cols());
  for (size_t i = 0; i < result.values().size(); ++i)
    result.values()[i] = combine(red.values()[i], green.values()[i], blue.values()[i]);
  return result;
}

}  // namespace

Fields<GaborConfig> GaborConfig::fields() {
  Fields<GaborConfig> f;
  f.section("Gabor pyramid");
  f.integer("size", "Picture size", &GaborConfig::size)
      .range(16, 512)
      .unit("pixels")
      .help("Side of the square that pictures are resampled to before filtering.");
  f.integers("cycles", "Frequencies", &GaborConfig::cycles)
      .range(1, 128)
      .unit("cycles per picture")
      .help("Spatial frequencies; each has as many positions per side as cycles.");
  f.integers("cells", "Cells", &GaborConfig::cells)
      .range(1, 128)
      .unit("per side")
      .help("Per frequency: the positions are averaged into this many squares per side; must divide the frequency.");
  f.integer("orientations", "Orientations", &GaborConfig::orientations)
      .range(1, 32)
      .help("Equally spaced over 180 degrees.");
  f.real("bandwidth", "Bandwidth", &GaborConfig::bandwidth)
      .range(0.25, 4)
      .unit("octaves")
      .advanced()
      .help("Width of a filter's frequency tuning at half amplitude.");
  f.choice("compression", "Compression", &GaborConfig::compression)
      .choice("none", "None", "The contrast energy itself.")
      .choice("root", "Square root")
      .choice("log", "Logarithm", "ln(1 + 100 energy), as early visual responses saturate with contrast.")
      .help("Response as a function of contrast energy.");
  f.integer("colourCells", "Colour cells", &GaborConfig::colourCells)
      .range(0, 64)
      .unit("per side")
      .help("Local means of luminance, red-green and blue-yellow on this grid; 0 leaves them out.");
  return f;
}

struct GaborPyramid::Scratch {
  Matrix<float> horizontal;  ///< [size x columns]: the picture after the first product
  Matrix<float> product;     ///< [2 positions x 2 positions] at most
  Matrix<float> gaussian;    ///< [positions x positions] at most
};

GaborPyramid::GaborPyramid(const GaborConfig& config) : m_config(config) {
  validate(GaborConfig::fields().params(), GaborConfig::fields().toJson(config), "the Gabor pyramid's parameters");
  requireConsistent(config);
  m_size = static_cast<size_t>(config.size);
  m_compression = config.compression == "none"   ? Compression::None
                  : config.compression == "root" ? Compression::Root
                                                 : Compression::Log;
  const auto orientations = static_cast<size_t>(config.orientations);
  size_t columns = 0;
  for (const int cycles : config.cycles) columns += static_cast<size_t>(cycles) * (2 * orientations + 1);
  m_horizontal = Matrix<float>(m_size, columns);
  columns = 0;
  for (size_t s = 0; s < config.cycles.size(); ++s) {
    const auto cells = static_cast<size_t>(config.cells[s]);
    m_scales.push_back(makeScale(static_cast<size_t>(config.cycles[s]), cells, columns));
    columns += m_scales.back().positions * (2 * orientations + 1);
    m_featureCount += orientations * cells * cells;
  }
  m_featureCount += 3 * static_cast<size_t>(config.colourCells * config.colourCells);
}

GaborPyramid::Scale GaborPyramid::makeScale(size_t positions, size_t cells, size_t firstColumn) {
  Scale scale{.positions = positions, .cells = cells, .firstColumn = firstColumn};
  const auto orientations = static_cast<size_t>(m_config.orientations);
  for (size_t k = 0; k < orientations; ++k)
    addOrientation(scale, std::numbers::pi * static_cast<double>(k) / m_config.orientations,
                   firstColumn + 2 * k * positions);

  const auto gaussian = wavelets(m_size, positions, sigmaInPixels(m_config, positions), 0);
  const auto sums = rowSums(gaussian);
  const size_t column = firstColumn + 2 * orientations * positions;
  scale.verticalGaussian = Matrix<float>(positions, m_size);
  scale.gain = Matrix<float>(positions, positions);
  for (size_t i = 0; i < positions; ++i) {
    for (size_t x = 0; x < m_size; ++x)
      m_horizontal(x, column + i) = scale.verticalGaussian(i, x) = static_cast<float>(gaussian(i, x).real());
    for (size_t j = 0; j < positions; ++j) scale.gain(j, i) = static_cast<float>(2 / (sums[j] * sums[i]).real());
  }
  return scale;
}

void GaborPyramid::addOrientation(Scale& scale, double angle, size_t column) {
  const size_t n = scale.positions;
  const double sigma = sigmaInPixels(m_config, n);
  const double frequency = 2 * std::numbers::pi * static_cast<double>(n) / m_config.size;
  const auto across = wavelets(m_size, n, sigma, frequency * std::cos(angle));
  const auto down = wavelets(m_size, n, sigma, frequency * std::sin(angle));
  Matrix<float> vertical(2 * n, m_size);
  for (size_t i = 0; i < n; ++i)
    for (size_t x = 0; x < m_size; ++x) {
      m_horizontal(x, column + i) = static_cast<float>(across(i, x).real());
      m_horizontal(x, column + n + i) = static_cast<float>(across(i, x).imag());
      vertical(i, x) = static_cast<float>(down(i, x).real());
      vertical(n + i, x) = static_cast<float>(down(i, x).imag());
    }
  scale.vertical.push_back(std::move(vertical));

  const auto gaussianSums = rowSums(wavelets(m_size, n, sigma, 0));
  const auto acrossSums = rowSums(across);
  const auto downSums = rowSums(down);
  Matrix<float> even(n, n);
  Matrix<float> odd(n, n);
  for (size_t j = 0; j < n; ++j)
    for (size_t i = 0; i < n; ++i) {
      const auto mean = downSums[j] * acrossSums[i] / (gaussianSums[j] * gaussianSums[i]);
      even(j, i) = static_cast<float>(mean.real());
      odd(j, i) = static_cast<float>(mean.imag());
    }
  scale.evenMean.push_back(std::move(even));
  scale.oddMean.push_back(std::move(odd));
}

float GaborPyramid::compress(float energy) const {
  switch (m_compression) {
    case Compression::None:
      return energy;
    case Compression::Root:
      return std::sqrt(energy);
    case Compression::Log:
      return std::log1p(kLogGain * energy);
  }
  return energy;
}

float* GaborPyramid::appendEnergies(const Scale& scale, Scratch& scratch, float* out) const {
  const size_t n = scale.positions;
  const auto orientations = static_cast<size_t>(m_config.orientations);
  const MatrixView<const float> across = std::as_const(scratch.horizontal).view();
  const MatrixView<float> gaussian(scratch.gaussian.data(), n, n);
  gemm(Transpose::No, Transpose::No, 1.0F, scale.verticalGaussian.view(),
       across.block(0, scale.firstColumn + 2 * orientations * n, m_size, n), 0.0F, gaussian);
  const size_t pooled = n / scale.cells;
  for (size_t k = 0; k < orientations; ++k) {
    const MatrixView<float> product(scratch.product.data(), 2 * n, 2 * n);
    gemm(Transpose::No, Transpose::No, 1.0F, scale.vertical[k].view(),
         across.block(0, scale.firstColumn + 2 * k * n, m_size, 2 * n), 0.0F, product);
    std::fill_n(out, scale.cells * scale.cells, 0.0F);
    for (size_t j = 0; j < n; ++j)
      for (size_t i = 0; i < n; ++i) {
        const float level = gaussian(j, i);
        const float even = product(j, i) - product(n + j, n + i) - scale.evenMean[k](j, i) * level;
        const float odd = product(j, n + i) + product(n + j, i) - scale.oddMean[k](j, i) * level;
        out[(j / pooled) * scale.cells + i / pooled] += std::sqrt(even * even + odd * odd) * scale.gain(j, i);
      }
    const float share = 1.0F / static_cast<float>(pooled * pooled);
    for (size_t cell = 0; cell < scale.cells * scale.cells; ++cell, ++out) *out = compress(*out * share);
  }
  return out;
}

void GaborPyramid::embedPlanes(const Matrix<float>& red, const Matrix<float>& green, const Matrix<float>& blue,
                               std::span<float> features) const {
  const Matrix<float> luminance =
      combined(red, green, blue, [](float r, float g, float b) { return 0.299F * r + 0.587F * g + 0.114F * b; });
  // The wavelets have no mean, so taking the picture's away changes nothing but the rounding.
  double mean = 0;
  for (const float value : luminance.values()) mean += value;
  mean /= static_cast<double>(luminance.values().size());
  Matrix<float> centred = luminance;
  for (float& value : centred.values()) value -= static_cast<float>(mean);

  const auto most = static_cast<size_t>(*std::ranges::max_element(m_config.cycles));
  Scratch scratch{.horizontal = Matrix<float>(m_size, m_horizontal.cols()),
                  .product = Matrix<float>(2 * most, 2 * most),
                  .gaussian = Matrix<float>(most, most)};
  gemm(Transpose::No, Transpose::No, 1.0F, std::as_const(centred).view(), m_horizontal.view(), 0.0F,
       scratch.horizontal.view());
  float* out = features.data();
  for (const Scale& scale : m_scales) out = appendEnergies(scale, scratch, out);
  if (m_config.colourCells == 0) return;
  const auto cells = static_cast<size_t>(m_config.colourCells);
  out = appendMeans(luminance, cells, out);
  out = appendMeans(combined(red, green, blue, [](float r, float g, float) { return r - g; }), cells, out);
  appendMeans(combined(red, green, blue, [](float r, float g, float b) { return b - 0.5F * (r + g); }), cells, out);
}

Matrix<float> GaborPyramid::embed(std::span<const Image> pictures, unsigned threads) const {
  Matrix<float> features(pictures.size(), m_featureCount);
  const size_t tasks = (pictures.size() + kPicturesPerTask - 1) / kPicturesPerTask;
  parallelFor(tasks, threads, [&](size_t task) {
    const SingleThreadedBlas guard;
    const size_t end = std::min(pictures.size(), (task + 1) * kPicturesPerTask);
    for (size_t i = task * kPicturesPerTask; i < end; ++i) {
      const auto planes = resampledPlanes(pictures[i], m_size);
      embedPlanes(planes[0], planes[1], planes[2], features.row(i));
    }
  });
  return features;
}

}  // namespace corticast
