#include "core/training/internal/panel_kernels.h"

#include <algorithm>
#include <atomic>
#include <cmath>

#include "core/training/internal/adamw_step.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define CORTICAST_X86 1
#include <immintrin.h>
#endif

namespace corticast::kernels {
namespace {

/// out(r, c) = sum over k of a[r * rowStride + k * termStride] * b(k, c), for all columns c of a panel.
struct Product {
  const float* a;
  size_t rowStride;
  size_t termStride;
  const float* b;
  size_t terms;

  [[nodiscard]] Product fromRow(size_t row) const {
    return {.a = a + row * rowStride, .rowStride = rowStride, .termStride = termStride, .b = b, .terms = terms};
  }
};

// Rows of a product that are computed together: 12 x 2 sums of 16 floats fill the registers of AVX-512.
constexpr size_t kTileRows = 12;

template <size_t Rows>
void multiplyTileBaseline(const Product& in, float* __restrict out) {
  std::fill_n(out, Rows * kPanelColumns, 0.0F);
  for (size_t k = 0; k < in.terms; ++k)
    for (size_t r = 0; r < Rows; ++r) {
      const float a = in.a[r * in.rowStride + k * in.termStride];
      for (size_t c = 0; c < kPanelColumns; ++c) out[r * kPanelColumns + c] += a * in.b[k * kPanelColumns + c];
    }
}

#ifdef CORTICAST_X86
template <size_t Rows>
[[gnu::target("avx512f")]] void multiplyTileAvx512(const Product& in, float* __restrict out) {
  __m512 left[Rows] = {}, right[Rows] = {};
  const float* a = in.a;
  const float* b = in.b;
  for (size_t k = 0; k < in.terms; ++k, a += in.termStride, b += kPanelColumns) {
    const __m512 bLeft = _mm512_load_ps(b), bRight = _mm512_load_ps(b + 16);
    for (size_t r = 0; r < Rows; ++r) {
      const __m512 each = _mm512_set1_ps(a[r * in.rowStride]);
      left[r] = _mm512_fmadd_ps(each, bLeft, left[r]);
      right[r] = _mm512_fmadd_ps(each, bRight, right[r]);
    }
  }
  for (size_t r = 0; r < Rows; ++r) {
    _mm512_store_ps(out + r * kPanelColumns, left[r]);
    _mm512_store_ps(out + r * kPanelColumns + 16, right[r]);
  }
}

// Sixteen registers hold six rows of half a panel.
template <size_t Rows>
[[gnu::target("avx2,fma")]] void multiplyHalfAvx2(const Product& in, float* __restrict out) {
  __m256 left[Rows] = {}, right[Rows] = {};
  const float* a = in.a;
  const float* b = in.b;
  for (size_t k = 0; k < in.terms; ++k, a += in.termStride, b += kPanelColumns) {
    const __m256 bLeft = _mm256_load_ps(b), bRight = _mm256_load_ps(b + 8);
    for (size_t r = 0; r < Rows; ++r) {
      const __m256 each = _mm256_broadcast_ss(a + r * in.rowStride);
      left[r] = _mm256_fmadd_ps(each, bLeft, left[r]);
      right[r] = _mm256_fmadd_ps(each, bRight, right[r]);
    }
  }
  for (size_t r = 0; r < Rows; ++r) {
    _mm256_store_ps(out + r * kPanelColumns, left[r]);
    _mm256_store_ps(out + r * kPanelColumns + 8, right[r]);
  }
}

template <size_t Rows>
void multiplyTileAvx2(const Product& in, float* __restrict out) {
  constexpr size_t kAtOnce = std::min<size_t>(Rows, 6), kHalf = kPanelColumns / 2;
  for (size_t first = 0; first < Rows; first += kAtOnce) {
    Product part = in.fromRow(first);
    multiplyHalfAvx2<kAtOnce>(part, out + first * kPanelColumns);
    part.b += kHalf;
    multiplyHalfAvx2<kAtOnce>(part, out + first * kPanelColumns + kHalf);
  }
}
#endif

// The bodies below are inlined into functions compiled for one kind of vectors.

[[gnu::always_inline]] inline void stepRows(const PanelStep& step, const float* __restrict gradient, size_t rows,
                                            const PanelWeights& weights) {
  float* __restrict w = weights.weight;
  float* __restrict m = weights.moment1;
  float* __restrict v = weights.moment2;
  for (size_t r = 0; r < rows;
       ++r, gradient += kPanelColumns, w += kPanelColumns, m += kPanelColumns, v += kPanelColumns)
    for (size_t c = 0; c < kPanelColumns; ++c) {
      const AdamwStep own{.gradientScale = step.gradientScale[c],
                          .keep = step.keep[c],
                          .oneMinusBeta1 = step.oneMinusBeta1[c],
                          .beta2 = step.beta2[c],
                          .oneMinusBeta2 = step.oneMinusBeta2[c],
                          .stepSize = step.stepSize[c],
                          .inverseCorrection2 = step.inverseCorrection2[c],
                          .epsilon = step.epsilon[c]};
      takeStep(own, gradient[c], w[c], m[c], v[c]);
    }
}

// Rows come in the shuffled order, which no processor foresees: a row is asked for this many rows before its turn.
constexpr size_t kRowsAhead = 8;
constexpr size_t kFloatsPerLine = 16;

[[gnu::always_inline]] inline void prefetch(std::span<const float> row) {
  for (size_t c = 0; c < row.size(); c += kFloatsPerLine) __builtin_prefetch(row.data() + c);
}

[[gnu::always_inline]] inline void takeResiduals(float* __restrict p, const PanelResponse& response,
                                                 const float* __restrict bias, float* __restrict sums,
                                                 float* __restrict squares) {
  const std::span<const uint32_t> rows = response.rows;
  for (size_t i = 0; i < rows.size(); ++i, p += kPanelColumns) {
    const float* __restrict y = response.values.row(rows[i]).data();
    if (i + kRowsAhead < rows.size()) prefetch(response.values.row(rows[i + kRowsAhead]));
    for (size_t c = 0; c < response.values.cols(); ++c) {
      const float residual = p[c] + bias[c] - y[c];
      p[c] = residual;
      sums[c] += residual;
      squares[c] += residual * residual;
    }
  }
}

void takeMaskedResiduals(float* p, const PanelResponse& response, const float* bias, float* sums, float* squares) {
  for (const uint32_t row : response.rows) {
    const std::span<const float> y = response.values.row(row);
    for (size_t c = 0; c < y.size(); ++c) {
      const float residual = std::isnan(y[c]) ? 0.0F : p[c] + bias[c] - y[c];
      p[c] = residual;
      sums[c] += residual;
      squares[c] += residual * residual;
    }
    p += kPanelColumns;
  }
}

struct Path {
  const char* name;
  void (*multiplyTile)(const Product&, float* out);  ///< kTileRows rows
  void (*multiplyFour)(const Product&, float* out);  ///< four rows
  void (*multiplyOne)(const Product&, float* out);   ///< one row
  void (*step)(const PanelStep&, const float* gradient, size_t rows, const PanelWeights&);
  void (*residuals)(float* prediction, const PanelResponse&, const float* bias, float* sums, float* squares);
};

void stepRowsBaseline(const PanelStep& step, const float* gradient, size_t rows, const PanelWeights& weights) {
  stepRows(step, gradient, rows, weights);
}
void residualsBaseline(float* p, const PanelResponse& response, const float* bias, float* sums, float* squares) {
  takeResiduals(p, response, bias, sums, squares);
}

#ifdef CORTICAST_X86
[[gnu::target("avx2")]] void stepRowsAvx2(const PanelStep& step, const float* gradient, size_t rows,
                                          const PanelWeights& weights) {
  stepRows(step, gradient, rows, weights);
}
[[gnu::target("avx2")]] void residualsAvx2(float* p, const PanelResponse& response, const float* bias, float* sums,
                                           float* squares) {
  takeResiduals(p, response, bias, sums, squares);
}
[[gnu::target("avx512f,prefer-vector-width=512")]] void stepRowsAvx512(const PanelStep& step, const float* gradient,
                                                                       size_t rows, const PanelWeights& weights) {
  stepRows(step, gradient, rows, weights);
}
[[gnu::target("avx512f,prefer-vector-width=512")]] void residualsAvx512(float* p, const PanelResponse& response,
                                                                        const float* bias, float* sums,
                                                                        float* squares) {
  takeResiduals(p, response, bias, sums, squares);
}
#endif

std::vector<Path> possiblePaths() {
  std::vector<Path> paths;
#ifdef CORTICAST_X86
  if (__builtin_cpu_supports("avx512f"))
    paths.push_back({"avx512", multiplyTileAvx512<kTileRows>, multiplyTileAvx512<4>, multiplyTileAvx512<1>,
                     stepRowsAvx512, residualsAvx512});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    paths.push_back(
        {"avx2", multiplyTileAvx2<kTileRows>, multiplyTileAvx2<4>, multiplyTileAvx2<1>, stepRowsAvx2, residualsAvx2});
#endif
  paths.push_back({"baseline", multiplyTileBaseline<kTileRows>, multiplyTileBaseline<4>, multiplyTileBaseline<1>,
                   stepRowsBaseline, residualsBaseline});
  return paths;
}

const std::vector<Path>& paths() {
  static const std::vector<Path> all = possiblePaths();
  return all;
}

std::atomic<size_t> pathInUse = 0;

const Path& path() {
  return paths()[pathInUse];
}

/// Computes the rows of a product in tiles: multiplies into `outOf(row)` and then calls `done(row, rows)`.
template <typename OutOf, typename Done>
void multiply(const Product& product, size_t rows, const OutOf& outOf, const Done& done) {
  const Path& with = path();
  for (size_t r = 0; r < rows;) {
    const size_t left = rows - r, count = left >= kTileRows ? kTileRows : left >= 4 ? 4 : 1;
    const auto tile = count == kTileRows ? with.multiplyTile : count == 4 ? with.multiplyFour : with.multiplyOne;
    tile(product.fromRow(r), outOf(r));
    done(r, count);
    r += count;
  }
}

}  // namespace

void setColumn(PanelStep& panel, size_t column, const AdamwStep& step) {
  panel.gradientScale[column] = step.gradientScale;
  panel.keep[column] = step.keep;
  panel.oneMinusBeta1[column] = step.oneMinusBeta1;
  panel.beta2[column] = step.beta2;
  panel.oneMinusBeta2[column] = step.oneMinusBeta2;
  panel.stepSize[column] = step.stepSize;
  panel.inverseCorrection2[column] = step.inverseCorrection2;
  panel.epsilon[column] = step.epsilon;
}

void predictPanel(MatrixView<const float> features, const float* weight, float* prediction) {
  const Product product{
      .a = features.data(), .rowStride = features.stride(), .termStride = 1, .b = weight, .terms = features.cols()};
  multiply(
      product, features.rows(), [&](size_t row) { return prediction + row * kPanelColumns; }, [](size_t, size_t) {});
}

void descendPanel(MatrixView<const float> features, const float* residual, const PanelStep& step,
                  const PanelWeights& weights) {
  const Product product{
      .a = features.data(), .rowStride = 1, .termStride = features.stride(), .b = residual, .terms = features.rows()};
  alignas(64) float gradient[kTileRows * kPanelColumns];
  multiply(
      product, features.cols(), [&](size_t) { return gradient; },
      [&](size_t row, size_t count) {
        const size_t at = row * kPanelColumns;
        path().step(step, gradient, count, {weights.weight + at, weights.moment1 + at, weights.moment2 + at});
      });
}

void stepPanelRow(const PanelStep& step, const float* gradient, const PanelWeights& weights) {
  path().step(step, gradient, 1, weights);
}

void residualPanel(float* prediction, const PanelResponse& response, const float* bias, float* sums, float* squares) {
  std::fill_n(sums, response.values.cols(), 0.0F);
  std::fill_n(squares, response.values.cols(), 0.0F);
  const auto take = response.isMasked ? takeMaskedResiduals : path().residuals;
  take(prediction, response, bias, sums, squares);
}

std::vector<std::string> vectorPaths() {
  std::vector<std::string> names;
  for (const Path& each : paths()) names.emplace_back(each.name);
  return names;
}

void useVectorPath(size_t index) {
  pathInUse = std::min(index, paths().size() - 1);
}

}  // namespace corticast::kernels
