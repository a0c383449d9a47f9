#pragma once
#include <memory>

#include "core/base/matrix.h"
#include "core/demo/internal/regions.h"
#include "core/demo/scene.h"
#include "core/features/gabor.h"

namespace corticast::demo {

/// What drives the planted responses, measured on a picture: local contrast energy by frequency, orientation and place,
/// local colour, and the content of its scene.
class DriveFeatures {
 public:
  static constexpr size_t kGrid = 4;
  static constexpr size_t kFrequencies = 2;
  static constexpr size_t kOrientations = 4;
  static constexpr size_t kEnergies = kFrequencies * kOrientations * kGrid * kGrid;
  static constexpr size_t kColours = 12;  ///< three channels on 2 x 2 squares
  static constexpr size_t kContentStart = kEnergies + kColours;

  DriveFeatures();
  [[nodiscard]] size_t count() const { return m_names.size(); }
  [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }
  void measure(const Scene& scene, const Image& picture, std::span<float> features) const;

 private:
  GaborPyramid m_gabor;
  std::vector<std::string> m_names;
};

/// The planted model of one hemisphere: drive = standardised features * weights, whose variance over the training
/// pictures is the ceiling's square.
struct Drive {
  std::vector<float> ceiling;  ///< per column: correlation of drive and response, 0..0.92
  Matrix<float> weights;       ///< [features x columns]
};

/// `covariance` [features x features] is that of the standardised training features.
[[nodiscard]] Drive makeDrive(const Layout& layout, MatrixView<const float> covariance, int subject, uint64_t seed);

/// Replaces each row of `values` [columns x maps] by the mean of itself and its neighbours' rows, `rounds` times.
void averageWithNeighbours(const Neighbours& neighbours, int rounds, Matrix<float>& values);
/// As many rounds as give the kernel a standard deviation of about `millimetres`.
[[nodiscard]] int roundsForWidth(double millimetres, double spacing);

/// Noise of variance 1 per column, smooth along the surface: white noise, averaged `rounds` times with its neighbours.
class SmoothNoise {
 public:
  SmoothNoise(const Neighbours& neighbours, int rounds, uint64_t seed);
  /// One row per image [images x columns]: row i is the noise of number `first + i`.
  void draw(uint64_t first, MatrixView<float> out) const;

 private:
  const Neighbours& m_neighbours;
  int m_rounds;
  uint64_t m_seed;
  std::vector<float> m_scale;
};

}  // namespace corticast::demo
