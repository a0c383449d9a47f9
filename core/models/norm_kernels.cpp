#include "core/models/internal/norm_kernels.h"

#include <algorithm>
#include <cmath>

namespace corticast::kernels {
namespace {

// Few enough that a piece's partial sums are small beside the data, many enough for the cores of a machine.
constexpr size_t kPieces = 32;
constexpr size_t kLeastVertices = 16;

struct Pieces {
  explicit Pieces(size_t vertexCount)
      : vertices(vertexCount), step(std::max(kLeastVertices, (vertexCount + kPieces - 1) / kPieces)) {}
  [[nodiscard]] size_t count() const { return (vertices + step - 1) / step; }
  [[nodiscard]] size_t first(size_t piece) const { return piece * step; }
  [[nodiscard]] size_t last(size_t piece) const { return std::min(vertices, first(piece) + step); }
  size_t vertices;
  size_t step;
};

// `body` must be inlined into each of these, to be compiled for its vectors.
template <typename Body>
void runBaseline(const Body& body) {
  body();
}
#if defined(__x86_64__) && defined(__GNUC__)
template <typename Body>
[[gnu::target("avx2")]] void runAvx2(const Body& body) {
  body();
}
template <typename Body>
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl,prefer-vector-width=512")]] void runAvx512(const Body& body) {
  body();
}
bool hasAvx512() {
  return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}
template <typename Body>
void runWidest(const Body& body) {
  static const int width = hasAvx512() ? 512 : __builtin_cpu_supports("avx2") ? 256 : 0;
  if (width == 512) return runAvx512(body);
  if (width == 256) return runAvx2(body);
  runBaseline(body);
}
#else
template <typename Body>
void runWidest(const Body& body) {
  runBaseline(body);
}
#endif
// The loops over channels carry `ivdep`: their arrays are distinct, which GCC does not see through the inlining.
#define CORTICAST_INLINE __attribute__((always_inline))

/// Sums over many values: single precision inside a block, double from block to block.
template <typename T>
struct BlockSum {
  explicit BlockSum(size_t channels) : block(channels), total(channels) {}
  void flush() {
    for (size_t c = 0; c < block.size(); ++c) total[c] += static_cast<double>(block[c]);
    std::fill(block.begin(), block.end(), T(0));
  }
  std::vector<T> block;
  std::vector<double> total;
};

/// Chan, Golub and LeVeque 1983: moments of two sets from those of each. `squares` are sums of squared deviations.
struct RunningMoments {
  explicit RunningMoments(size_t channels) : mean(channels), squares(channels) {}
  void add(double otherCount, size_t channel, double otherMean, double otherSquares) {
    const double all = count + otherCount, difference = otherMean - mean[channel];
    mean[channel] += difference * otherCount / all;
    squares[channel] += otherSquares + difference * difference * count * otherCount / all;
  }
  double count = 0;
  std::vector<double> mean;
  std::vector<double> squares;
};

template <typename T>
RunningMoments momentsOfPiece(const NormInput<T>& in, size_t first, size_t last) {
  const size_t channels = in.channels;
  RunningMoments running(channels);
  std::vector<T> mean(channels), squares(channels);
  const T inverse = T(1) / static_cast<T>(last - first);
  for (size_t b = 0; b < in.images; ++b) {
    runWidest([&]() CORTICAST_INLINE {
      T* const m = mean.data();
      T* const s = squares.data();
#pragma GCC ivdep
      for (size_t c = 0; c < channels; ++c) m[c] = s[c] = 0;
      for (size_t v = first; v < last; ++v) {
        const T* const r = in.rowOf(b, v);
        const T* const q = in.q + v * channels;
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) m[c] += r[c] + q[c];
      }
#pragma GCC ivdep
      for (size_t c = 0; c < channels; ++c) m[c] *= inverse;
      for (size_t v = first; v < last; ++v) {
        const T* const r = in.rowOf(b, v);
        const T* const q = in.q + v * channels;
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) {
          const T deviation = r[c] + q[c] - m[c];
          s[c] += deviation * deviation;
        }
      }
    });
    const auto count = static_cast<double>(last - first);
    for (size_t c = 0; c < channels; ++c)
      running.add(count, c, static_cast<double>(mean[c]), static_cast<double>(squares[c]));
    running.count += count;
  }
  return running;
}

/// What the gradient needs per channel, as it enters the loops.
template <typename T>
struct Channels {
  Channels(const Moments& moments, double epsilon) {
    for (size_t c = 0; c < moments.mean.size(); ++c) {
      mean.push_back(static_cast<T>(moments.mean[c]));
      inverse.push_back(1 / std::sqrt(moments.variance[c] + epsilon));
    }
  }
  std::vector<T> mean;
  std::vector<double> inverse;  ///< 1 / standard deviation
};

/// A row of out: what dropout and LeakyReLU do to it, and their derivative.
template <bool hasMask, typename T>
struct OutputRow {
  OutputRow(const NormOutput<T>& out, size_t row)
      : scale(out.scale),
        shift(out.shift),
        kept(hasMask ? out.mask + row : nullptr),
        slope(out.slope),
        keep(out.keepScale) {}
  [[nodiscard]] CORTICAST_INLINE T dropped(T x, size_t c) const {
    return hasMask ? x * (static_cast<T>(kept[c]) * keep) : x;
  }
  [[nodiscard]] CORTICAST_INLINE T value(T z, size_t c) const {
    const T y = z * scale[c] + shift[c];
    return dropped(y > 0 ? y : y * slope, c);
  }
  [[nodiscard]] CORTICAST_INLINE T gradient(T z, T gx, size_t c) const {
    const T factor = z * scale[c] + shift[c] > 0 ? T(1) : slope;
    return dropped(gx, c) * factor;
  }
  const T* scale;
  const T* shift;
  const uint8_t* kept;
  T slope;
  T keep;
};

template <bool hasMask, typename T>
void activatePiece(const NormInput<T>& in, const NormOutput<T>& out, T* x, size_t first, size_t last) {
  const size_t channels = in.channels;
  for (size_t b = 0; b < in.images; ++b)
    runWidest([&]() CORTICAST_INLINE {
      for (size_t v = first; v < last; ++v) {
        const size_t row = (b * in.vertices + v) * channels;
        const T* const r = in.rowOf(b, v);
        const T* const q = in.q + v * channels;
        T* const to = x + row;
        const OutputRow<hasMask, T> output(out, row);
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) to[c] = output.value(r[c] + q[c], c);
      }
    });
}

/// Per channel, over all images and vertices: the sums of dy and of dy * (z - mean).
template <typename T>
struct GradientSums {
  explicit GradientSums(size_t channels) : plain(channels), weighted(channels) {}
  BlockSum<T> plain, weighted;
};

template <bool hasMask, typename T>
GradientSums<T> sumsOfPiece(const NormInput<T>& in, const NormOutput<T>& out, const T* centre, const T* gx,
                            size_t first, size_t last) {
  const size_t channels = in.channels;
  GradientSums<T> sums(channels);
  for (size_t b = 0; b < in.images; ++b) {
    runWidest([&]() CORTICAST_INLINE {
      const T* const mean = centre;
      T* const plain = sums.plain.block.data();
      T* const weighted = sums.weighted.block.data();
      for (size_t v = first; v < last; ++v) {
        const size_t row = (b * in.vertices + v) * channels;
        const T* const r = in.rowOf(b, v);
        const T* const q = in.q + v * channels;
        const T* const g = gx + row;
        const OutputRow<hasMask, T> output(out, row);
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) {
          const T z = r[c] + q[c], dy = output.gradient(z, g[c], c);
          plain[c] += dy;
          weighted[c] += dy * (z - mean[c]);
        }
      }
    });
    sums.plain.flush();
    sums.weighted.flush();
  }
  return sums;
}

/// dz = a dy - b - k (z - mean), per channel.
template <typename T>
struct Affine {
  std::vector<T> a, b, k;
};

template <bool hasMask, typename T>
void gradientOfPiece(const NormInput<T>& in, const NormOutput<T>& out, const T* centre, const Affine<T>& affine,
                     const T* gx, T* gr, T* gq, size_t first, size_t last) {
  const size_t channels = in.channels;
  std::fill(gq + first * channels, gq + last * channels, T(0));
  for (size_t b = 0; b < in.images; ++b)
    runWidest([&]() CORTICAST_INLINE {
      const T* const mean = centre;
      const T* const fa = affine.a.data();
      const T* const fb = affine.b.data();
      const T* const fk = affine.k.data();
      for (size_t v = first; v < last; ++v) {
        const size_t row = (b * in.vertices + v) * channels;
        const T* const r = in.rowOf(b, v);
        const T* const q = in.q + v * channels;
        const T* const g = gx + row;
        T* const dr = gr + row;
        T* const dq = gq + v * channels;
        const OutputRow<hasMask, T> output(out, row);
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) {
          const T z = r[c] + q[c], dy = output.gradient(z, g[c], c);
          dr[c] = fa[c] * dy - fb[c] - fk[c] * (z - mean[c]);
          dq[c] += dr[c];
        }
      }
    });
}

/// With one row of r per picture z is a sum of a row and a column, so all that is wanted follows from the sums of dy
/// over vertices and over images, and its gradient is never written out.
template <bool hasMask, typename T>
void marginsOfPiece(const NormInput<T>& in, const NormOutput<T>& out, const T* gx, T* overVertices, T* overImages,
                    size_t first, size_t last) {
  const size_t channels = in.channels;
  std::fill(overImages + first * channels, overImages + last * channels, T(0));
  std::fill(overVertices, overVertices + in.images * channels, T(0));
  for (size_t b = 0; b < in.images; ++b)
    runWidest([&]() CORTICAST_INLINE {
      const T* const r = in.rowOf(b, 0);
      T* const perImage = overVertices + b * channels;
      for (size_t v = first; v < last; ++v) {
        const size_t row = (b * in.vertices + v) * channels;
        const T* const q = in.q + v * channels;
        const T* const g = gx + row;
        T* const perVertex = overImages + v * channels;
        const OutputRow<hasMask, T> output(out, row);
#pragma GCC ivdep
        for (size_t c = 0; c < channels; ++c) {
          const T dy = output.gradient(r[c] + q[c], g[c], c);
          perImage[c] += dy;
          perVertex[c] += dy;
        }
      }
    });
}

template <typename T>
std::vector<double> columnSums(const T* rows, size_t count, size_t channels) {
  std::vector<double> sums(channels);
  for (size_t i = 0; i < count; ++i)
    for (size_t c = 0; c < channels; ++c) sums[c] += static_cast<double>(rows[i * channels + c]);
  return sums;
}

template <typename T>
void gradientOfShared(const NormInput<T>& in, const NormOutput<T>& out, const Moments& moments, double epsilon,
                      const T* gx, NormGradient<T>& result, const Parallel& parallel) {
  const size_t channels = in.channels, size = in.images * channels;
  const Pieces pieces(in.vertices);
  std::vector<T> parts(pieces.count() * size);
  parallel(pieces.count(), [&](size_t p) {
    const auto margins = out.mask ? marginsOfPiece<true, T> : marginsOfPiece<false, T>;
    margins(in, out, gx, parts.data() + p * size, result.q, pieces.first(p), pieces.last(p));
  });
  std::vector<double> perImage(size);
  for (size_t p = 0; p < pieces.count(); ++p)
    for (size_t i = 0; i < size; ++i) perImage[i] += static_cast<double>(parts[p * size + i]);
  const std::vector<double> sumR = columnSums(in.r, in.images, channels);
  const std::vector<double> sumQ = columnSums(in.q, in.vertices, channels);
  const auto images = static_cast<double>(in.images), vertices = static_cast<double>(in.vertices);
  result.bias.assign(channels, 0);
  result.weight.assign(channels, 0);
  for (size_t c = 0; c < channels; ++c) {
    // Centred rows and columns, so that nothing cancels: z - mean = (r - mean of r) + (q - mean of q).
    const double meanR = sumR[c] / images, meanQ = sumQ[c] / vertices;
    double sum = 0, weighted = 0;
    for (size_t b = 0; b < in.images; ++b) {
      sum += perImage[b * channels + c];
      weighted += perImage[b * channels + c] * (static_cast<double>(in.r[b * channels + c]) - meanR);
    }
    for (size_t v = 0; v < in.vertices; ++v)
      weighted +=
          static_cast<double>(result.q[v * channels + c]) * (static_cast<double>(in.q[v * channels + c]) - meanQ);
    const double inverse = 1 / std::sqrt(moments.variance[c] + epsilon), scale = static_cast<double>(out.scale[c]);
    result.bias[c] = sum;
    result.weight[c] = weighted * inverse;
    const double mean = sum / (images * vertices), tilt = weighted * inverse * inverse / (images * vertices);
    for (size_t b = 0; b < in.images; ++b) {
      const double centred = static_cast<double>(in.r[b * channels + c]) - meanR;
      result.r[b * channels + c] =
          static_cast<T>(scale * (perImage[b * channels + c] - vertices * (mean + tilt * centred)));
    }
    for (size_t v = 0; v < in.vertices; ++v) {
      T& value = result.q[v * channels + c];
      const double centred = static_cast<double>(in.q[v * channels + c]) - meanQ;
      value = static_cast<T>(scale * (static_cast<double>(value) - images * (mean + tilt * centred)));
    }
  }
}

template <typename T>
void gradientOfFull(const NormInput<T>& in, const NormOutput<T>& out, const Moments& moments, double epsilon,
                    const T* gx, NormGradient<T>& result, const Parallel& parallel) {
  const Pieces pieces(in.vertices);
  const Channels<T> channel(moments, epsilon);
  std::vector<GradientSums<T>> parts(pieces.count(), GradientSums<T>(0));
  parallel(pieces.count(), [&](size_t p) {
    const auto sums = out.mask ? sumsOfPiece<true, T> : sumsOfPiece<false, T>;
    parts[p] = sums(in, out, channel.mean.data(), gx, pieces.first(p), pieces.last(p));
  });
  Affine<T> affine;
  result.bias.assign(in.channels, 0);
  result.weight.assign(in.channels, 0);
  const auto count = static_cast<double>(in.count());
  for (size_t c = 0; c < in.channels; ++c) {
    double plain = 0, weighted = 0;
    for (const GradientSums<T>& part : parts) {
      plain += part.plain.total[c];
      weighted += part.weighted.total[c];
    }
    const double scale = static_cast<double>(out.scale[c]), inverse = channel.inverse[c];
    result.bias[c] = plain;
    result.weight[c] = weighted * inverse;
    affine.a.push_back(static_cast<T>(scale));
    affine.b.push_back(static_cast<T>(scale * plain / count));
    affine.k.push_back(static_cast<T>(scale * weighted * inverse * inverse / count));
  }
  parallel(pieces.count(), [&](size_t p) {
    const auto flow = out.mask ? gradientOfPiece<true, T> : gradientOfPiece<false, T>;
    flow(in, out, channel.mean.data(), affine, gx, result.r, result.q, pieces.first(p), pieces.last(p));
  });
}

}  // namespace

template <typename T>
Moments moments(const NormInput<T>& input, const Parallel& parallel) {
  const Pieces pieces(input.vertices);
  std::vector<RunningMoments> parts(pieces.count(), RunningMoments(0));
  parallel(pieces.count(), [&](size_t p) { parts[p] = momentsOfPiece(input, pieces.first(p), pieces.last(p)); });
  RunningMoments all(input.channels);
  for (const RunningMoments& part : parts) {
    for (size_t c = 0; c < input.channels; ++c) all.add(part.count, c, part.mean[c], part.squares[c]);
    all.count += part.count;
  }
  for (double& value : all.squares) value /= static_cast<double>(input.count());
  return {.mean = std::move(all.mean), .variance = std::move(all.squares)};
}

template <typename T>
void activate(const NormInput<T>& in, const NormOutput<T>& out, T* x, const Parallel& parallel) {
  const Pieces pieces(in.vertices);
  parallel(pieces.count(), [&](size_t p) {
    const auto piece = out.mask ? activatePiece<true, T> : activatePiece<false, T>;
    piece(in, out, x, pieces.first(p), pieces.last(p));
  });
}

template <typename T>
void gradient(const NormInput<T>& input, const NormOutput<T>& output, const Moments& moments, double epsilon,
              const T* gx, NormGradient<T>& result, const Parallel& parallel) {
  if (input.isShared)
    gradientOfShared(input, output, moments, epsilon, gx, result, parallel);
  else
    gradientOfFull(input, output, moments, epsilon, gx, result, parallel);
}

template Moments moments(const NormInput<float>&, const Parallel&);
template Moments moments(const NormInput<double>&, const Parallel&);
template void activate(const NormInput<float>&, const NormOutput<float>&, float*, const Parallel&);
template void activate(const NormInput<double>&, const NormOutput<double>&, double*, const Parallel&);
template void gradient(const NormInput<float>&, const NormOutput<float>&, const Moments&, double, const float*,
                       NormGradient<float>&, const Parallel&);
template void gradient(const NormInput<double>&, const NormOutput<double>&, const Moments&, double, const double*,
                       NormGradient<double>&, const Parallel&);

}  // namespace corticast::kernels
