#include "core/features/streamed_pca.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/random.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr size_t kOversampling = 16;
constexpr int kMostRounds = 8;
constexpr double kEnough = 1e-6;
constexpr size_t kBlockBytes = 64U << 20U;
// The cut of a product into these panels decides its bits, so it must not depend on the number of threads.
constexpr size_t kPanelFeatures = 8192;
constexpr size_t kPanelDirections = 32;
constexpr double kRankTolerance = 1e-10;  // of the largest eigenvalue of a product of rounded float32 values

void checkStop(const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled();
}

template <typename Work>
void forPanels(size_t count, size_t width, const Work& work) {
  parallelFor((count + width - 1) / width, 0, [&](size_t panel) {
    const SingleThreadedBlas guard;
    work(panel * width, std::min(width, count - panel * width));
  });
}

template <typename Work>
void forBlocks(const RowReader& reader, const std::stop_token& stop, const Work& work) {
  const size_t most = rowsPerBlock(reader.cols);
  Matrix<float> block(std::min(most, reader.rows), reader.cols);
  for (size_t first = 0; first < reader.rows; first += most) {
    checkStop(stop);
    const auto rows = block.view().block(0, 0, std::min(most, reader.rows - first), reader.cols);
    reader.read(first, rows);
    work(first, MatrixView<const float>(rows));
  }
}

Matrix<double> toDouble(MatrixView<const float> from) {
  Matrix<double> to(from.rows(), from.cols());
  for (size_t r = 0; r < to.rows(); ++r) std::ranges::copy(from.row(r), to.row(r).begin());
  return to;
}

// Y = X Z' [rows x directions]
Matrix<double> project(const RowReader& reader, const Matrix<float>& z, const std::stop_token& stop) {
  Matrix<double> y(reader.rows, z.rows());
  forBlocks(reader, stop, [&](size_t first, MatrixView<const float> block) {
    Matrix<float> part(block.rows(), z.rows());
    forPanels(z.rows(), kPanelDirections, [&](size_t row, size_t count) {
      gemm(Transpose::No, Transpose::Yes, 1.0F, block, z.view().block(row, 0, count, z.cols()), 0.0F,
           part.view().block(0, row, part.rows(), count));
    });
    for (size_t r = 0; r < part.rows(); ++r) std::ranges::copy(part.row(r), y.row(first + r).begin());
  });
  return y;
}

// Z = Q'X [directions x features]
void projectBack(const RowReader& reader, const Matrix<double>& q, Matrix<float>& z, const std::stop_token& stop) {
  std::ranges::fill(z.values(), 0.0F);
  forBlocks(reader, stop, [&](size_t first, MatrixView<const float> block) {
    Matrix<float> part(block.rows(), q.cols());
    for (size_t r = 0; r < part.rows(); ++r)
      std::ranges::transform(q.row(first + r), part.row(r).begin(), [](double v) { return static_cast<float>(v); });
    forPanels(z.cols(), kPanelFeatures, [&](size_t col, size_t count) {
      gemm(Transpose::Yes, Transpose::No, 1.0F, part.view(), block.block(0, col, block.rows(), count), 1.0F,
           z.view().block(0, col, z.rows(), count));
    });
  });
}

// Eigenvectors as rows, largest first, each divided by the root of its value (0 where there is no rank).
struct Basis {
  std::vector<double> values;
  Matrix<double> whitening;
};

Basis basisOf(const Matrix<double>& product) {
  const SymmetricEigen eigen = eigenSymmetric(product);
  const size_t n = product.rows();
  const double least = std::max(eigen.values.back(), 0.0) * kRankTolerance;
  Basis basis{std::vector<double>(n), Matrix<double>(n, n)};
  for (size_t i = 0; i < n; ++i) {
    const double value = eigen.values[n - 1 - i];
    if (value <= least || value <= 0) continue;
    basis.values[i] = value;
    for (size_t j = 0; j < n; ++j) basis.whitening(i, j) = eigen.vectors(n - 1 - i, j) / std::sqrt(value);
  }
  return basis;
}

Matrix<double> orthonormal(Matrix<double> y) {
  // Once leaves an error of the square of the condition number, twice leaves none.
  for (int round = 0; round < 2; ++round) {
    const SingleThreadedBlas guard;
    Matrix<double> product(y.cols(), y.cols());
    gemm(Transpose::Yes, Transpose::No, 1.0, y.view(), y.view(), 0.0, product.view());
    Matrix<double> next(y.rows(), y.cols());
    gemm(Transpose::No, Transpose::Yes, 1.0, y.view(), basisOf(product).whitening.view(), 0.0, next.view());
    y = std::move(next);
  }
  return y;
}

Matrix<double> productOfRows(const Matrix<float>& z) {
  const SingleThreadedBlas guard;
  Matrix<double> product(z.rows(), z.rows());
  for (size_t col = 0; col < z.cols(); col += kPanelFeatures) {
    const size_t count = std::min(kPanelFeatures, z.cols() - col);
    const Matrix<double> part = toDouble(z.view().block(0, col, z.rows(), count));
    gemm(Transpose::No, Transpose::Yes, 1.0, part.view(), part.view(), 1.0, product.view());
  }
  return product;
}

// Z <- W Z
void combineRows(const Matrix<double>& w, Matrix<float>& z) {
  forPanels(z.cols(), kPanelFeatures, [&](size_t col, size_t count) {
    const auto part = z.view().block(0, col, z.rows(), count);
    const Matrix<double> old = toDouble(part);
    Matrix<double> made(z.rows(), count);
    gemm(Transpose::No, Transpose::No, 1.0, w.view(), old.view(), 0.0, made.view());
    for (size_t r = 0; r < z.rows(); ++r)
      std::ranges::transform(made.row(r), part.row(r).begin(), [](double v) { return static_cast<float>(v); });
  });
}

void orient(std::span<float> direction) {
  const auto largest = std::ranges::max_element(direction, [](float a, float b) { return std::abs(a) < std::abs(b); });
  if (*largest < 0)
    for (float& value : direction) value = -value;
}

}  // namespace

size_t rowsPerBlock(size_t cols) {
  return std::max<size_t>(1, kBlockBytes / (cols * sizeof(float)));
}

StreamedComponents streamedComponents(const RowReader& centred, size_t count, const std::stop_token& stop) {
  const size_t wanted = std::min({count + kOversampling, centred.rows, centred.cols});
  Matrix<float> z(wanted, centred.cols);
  parallelFor(wanted, 0, [&](size_t r) {
    Philox random(20231, r);
    for (float& value : z.row(r)) value = static_cast<float>(random.normal());
  });
  Basis basis;
  double captured = 0;
  for (int round = 0; round < kMostRounds; ++round) {
    const Matrix<double> q = orthonormal(project(centred, z, stop));
    projectBack(centred, q, z, stop);
    basis = basisOf(productOfRows(z));
    combineRows(basis.whitening, z);
    double sum = 0;
    for (size_t i = 0; i < count; ++i) sum += basis.values[i];
    const bool isEnough = std::abs(sum - captured) <= kEnough * sum;
    captured = sum;
    if (isEnough) break;
  }
  StreamedComponents result;
  result.directions = Matrix<float>(count, centred.cols);
  for (size_t i = 0; i < count; ++i) {
    std::ranges::copy(z.row(i), result.directions.row(i).begin());
    orient(result.directions.row(i));
    result.explainedVariance.push_back(basis.values[i] / static_cast<double>(centred.rows - 1));
  }
  return result;
}

}  // namespace corticast
