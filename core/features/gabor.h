#pragma once
#include <span>
#include <string>
#include <vector>

#include "core/base/matrix.h"
#include "core/base/params.h"

namespace corticast {

struct Image;

/// The wavelets of a GaborPyramid. Scale s has the frequency cycles[s] per picture.
struct GaborConfig {
  int size = 128;
  std::vector<int> cycles = {1, 2, 4, 8, 16, 32};
  std::vector<int> cells = {1, 2, 4, 8, 8, 4};
  int orientations = 8;
  double bandwidth = 1;
  std::string compression = "log";
  int colourCells = 4;

  [[nodiscard]] static Fields<GaborConfig> fields();
};

/// The standard model of early vision: local contrast energy by frequency, orientation and place, as in Kay et al.
/// 2008 (Nature 452:352, supplement: wavelets at 1..32 cycles per field of view on f x f positions, 8 orientations, two
/// phases in quadrature, square root of the summed squares) and pymoten. With the field of view [0, 1) x [0, 1), y
/// down:
///
/// - The picture's centre square is resampled to size x size by area; grey L = 0.299 R + 0.587 G + 0.114 B of the
/// stored
///   (gamma-coded) values, 0..1.
/// - For each frequency f, f x f positions c = ((i + 1/2) / f, (j + 1/2) / f); envelope
///   g(p) = exp(-|p - c|^2 / (2 s^2)), s = sqrt(ln 2 / 2) / (pi f) * (2^b + 1) / (2^b - 1) for a half-amplitude
///   bandwidth of b octaves; for each orientation t = k pi / orientations the carrier phase w = 2 pi f (p - c) . (cos
///   t, sin t).
/// - Both wavelets are made free of mean within the picture: e = g (cos w - <cos w>), o = g (sin w - <sin w>), <.> the
///   mean weighted by g over the picture's pixels; a uniform picture has no energy, at its borders too.
/// - Energy E = sqrt((e . L)^2 + (o . L)^2) / (1/2 sum g): about the amplitude of a grating of that frequency and
///   orientation, 0..1. It is averaged over the positions within each of cells x cells equal squares of the picture
///   (cells = f: no averaging), then compressed: none, E^(1/2) or ln(1 + 100 E).
/// - Colour: means of L, R - G and B - (R + G) / 2 over colourCells x colourCells squares.
///
/// Order of features: by scale, orientation, row, column; then colour channel, row, column.
/// Separable filters: two matrix products per picture and scale, in float32. Any number of threads may call it.
class GaborPyramid {
 public:
  /// Throws Error when the config's values do not fit each other.
  explicit GaborPyramid(const GaborConfig& config);

  [[nodiscard]] const GaborConfig& config() const { return m_config; }
  [[nodiscard]] size_t featureCount() const { return m_featureCount; }

  /// [pictures x featureCount()]; a picture's row does not depend on the others. `threads` 0 = all there are.
  [[nodiscard]] Matrix<float> embed(std::span<const Image> pictures, unsigned threads = 0) const;
  /// The features of a picture already resampled: red, green and blue planes [size x size], 0..1.
  void embedPlanes(const Matrix<float>& red, const Matrix<float>& green, const Matrix<float>& blue,
                   std::span<float> features) const;

 private:
  struct Scale {
    size_t positions = 0;    ///< per side (= cycles)
    size_t cells = 0;        ///< per side
    size_t firstColumn = 0;  ///< of its columns in m_horizontal: per orientation re, im; then Gaussian
    std::vector<Matrix<float>> vertical = {};  ///< per orientation [2 positions x size]: real rows, imaginary rows
    Matrix<float> verticalGaussian = {};       ///< [positions x size]
    std::vector<Matrix<float>> evenMean = {};  ///< per orientation <cos w> [positions x positions]
    std::vector<Matrix<float>> oddMean = {};   ///< <sin w>
    Matrix<float> gain = {};                   ///< 1 / (1/2 sum g)
  };
  struct Scratch;

  [[nodiscard]] Scale makeScale(size_t positions, size_t cells, size_t firstColumn);
  void addOrientation(Scale& scale, double angle, size_t column);
  float* appendEnergies(const Scale& scale, Scratch& scratch, float* out) const;
  [[nodiscard]] float compress(float energy) const;

  enum class Compression { None, Root, Log };
  GaborConfig m_config;
  Compression m_compression = Compression::Log;
  size_t m_size = 0;
  size_t m_featureCount = 0;
  Matrix<float> m_horizontal;  ///< [size x columns]: every scale's filters along x
  std::vector<Scale> m_scales;
};

}  // namespace corticast
