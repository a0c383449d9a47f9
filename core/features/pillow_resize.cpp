#include "core/features/pillow_resize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

namespace corticast {
namespace {

constexpr int kPrecisionBits = 32 - 8 - 2;
constexpr size_t kChannels = 3;

double bilinear(double x) {
  return std::max(0.0, 1.0 - std::abs(x));
}

double bicubic(double x) {
  constexpr double a = -0.5;
  x = std::abs(x);
  if (x < 1.0) return ((a + 2.0) * x - (a + 3.0)) * x * x + 1;
  if (x < 2.0) return (((x - 5) * x + 8) * x - 4) * a;
  return 0.0;
}

/// For each result pixel of an axis: where its source pixels begin, and their weights.
struct Taps {
  struct Span {
    size_t first = 0;
    size_t count = 0;
    const int32_t* weights = nullptr;
  };
  std::vector<Span> spans;
  std::vector<int32_t> weights;
};

Taps tapsOf(int source, int size, ResizeFilter filter) {
  const double scale = static_cast<double>(source) / size;
  const double filterScale = std::max(scale, 1.0);
  const double support = (filter == ResizeFilter::Bilinear ? 1.0 : 2.0) * filterScale;
  const auto mostTaps = static_cast<size_t>(std::ceil(support)) * 2 + 1;
  Taps taps;
  taps.spans.resize(static_cast<size_t>(size));
  taps.weights.resize(taps.spans.size() * mostTaps);
  std::vector<double> raw(mostTaps);
  for (int i = 0; i < size; ++i) {
    const double center = (i + 0.5) * scale;
    const int first = std::max(static_cast<int>(center - support + 0.5), 0);
    const int count = std::min(static_cast<int>(center + support + 0.5), source) - first;
    double sum = 0;
    for (int k = 0; k < count; ++k) {
      const double x = (k + first - center + 0.5) * (1.0 / filterScale);
      raw[static_cast<size_t>(k)] = filter == ResizeFilter::Bilinear ? bilinear(x) : bicubic(x);
      sum += raw[static_cast<size_t>(k)];
    }
    int32_t* weights = taps.weights.data() + static_cast<size_t>(i) * mostTaps;
    for (int k = 0; k < count; ++k) {
      const double weight = raw[static_cast<size_t>(k)] * (sum != 0.0 ? 1.0 / sum : 1.0) * (1 << kPrecisionBits);
      weights[k] = static_cast<int32_t>(weight < 0 ? weight - 0.5 : weight + 0.5);
    }
    taps.spans[static_cast<size_t>(i)] = {static_cast<size_t>(first), static_cast<size_t>(count), weights};
  }
  return taps;
}

uint8_t rounded(int32_t sum) {
  return static_cast<uint8_t>(std::clamp(sum >> kPrecisionBits, 0, 255));
}

std::vector<uint8_t> resizeColumns(const Image& image, int width, ResizeFilter filter) {
  const Taps taps = tapsOf(image.width, width, filter);
  const auto sourceBytes = static_cast<size_t>(image.width) * kChannels;
  std::vector<uint8_t> result(static_cast<size_t>(width) * static_cast<size_t>(image.height) * kChannels);
  uint8_t* out = result.data();
  for (size_t y = 0; y < static_cast<size_t>(image.height); ++y) {
    const uint8_t* row = image.rgb.data() + y * sourceBytes;
    for (const Taps::Span& span : taps.spans) {
      int32_t red = 1 << (kPrecisionBits - 1), green = red, blue = red;
      const uint8_t* pixel = row + span.first * kChannels;
      for (size_t k = 0; k < span.count; ++k, pixel += kChannels) {
        red += pixel[0] * span.weights[k];
        green += pixel[1] * span.weights[k];
        blue += pixel[2] * span.weights[k];
      }
      *out++ = rounded(red);
      *out++ = rounded(green);
      *out++ = rounded(blue);
    }
  }
  return result;
}

std::vector<uint8_t> resizeRows(const Image& image, int height, ResizeFilter filter) {
  const Taps taps = tapsOf(image.height, height, filter);
  const auto rowBytes = static_cast<size_t>(image.width) * kChannels;
  std::vector<uint8_t> result(rowBytes * static_cast<size_t>(height));
  std::vector<int32_t> sums(rowBytes);
  for (size_t y = 0; y < taps.spans.size(); ++y) {
    const Taps::Span& span = taps.spans[y];
    std::ranges::fill(sums, 1 << (kPrecisionBits - 1));
    for (size_t k = 0; k < span.count; ++k) {
      const uint8_t* row = image.rgb.data() + (span.first + k) * rowBytes;
      for (size_t i = 0; i < rowBytes; ++i) sums[i] += row[i] * span.weights[k];
    }
    for (size_t i = 0; i < rowBytes; ++i) result[y * rowBytes + i] = rounded(sums[i]);
  }
  return result;
}

}  // namespace

Image pillowResize(const Image& image, int width, int height, ResizeFilter filter) {
  Image result = image;
  if (width != image.width) {
    result.rgb = resizeColumns(image, width, filter);
    result.width = width;
  }
  if (height != image.height) {
    result.rgb = resizeRows(result, height, filter);
    result.height = height;
  }
  return result;
}

Image cropped(const Image& image, int left, int top, int width, int height) {
  Image part{.width = width, .height = height, .rgb = {}};
  const auto partBytes = static_cast<size_t>(width) * kChannels;
  part.rgb.resize(partBytes * static_cast<size_t>(height));
  for (int y = 0; y < height; ++y)
    std::memcpy(
        part.rgb.data() + static_cast<size_t>(y) * partBytes,
        image.rgb.data() +
            (static_cast<size_t>(top + y) * static_cast<size_t>(image.width) + static_cast<size_t>(left)) * kChannels,
        partBytes);
  return part;
}

}  // namespace corticast
