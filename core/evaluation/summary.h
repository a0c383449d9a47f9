#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

/// Numbers that stand for many vertices. Undefined values (NaN) are left out and counted; no value at all is absent,
/// never 0.
namespace corticast {

struct Summary {
  size_t count = 0;      ///< defined values
  size_t undefined = 0;  ///< NaN, e.g. a constant prediction
  std::optional<double> mean;
  std::optional<double> median;
};

[[nodiscard]] Summary summarise(std::span<const float> values);

/// Challenge score of Algonauts 2023 (the organisers' 03_test_encoding.py): per vertex
///     s = min(100, 100 * max(r, 0)^2 / ceiling),   ceiling 0 taken as 1e-14,
/// and the mean over all vertices. `ceiling` is the noise ceiling as a fraction of variance, 0..1, as long as
/// `correlation`. NaN correlations (constant predictions) count as 0 and are reported.
struct ChallengeScore {
  std::vector<float> perVertex;              ///< percent, 0..100
  std::optional<double> officialScript;      ///< mean over all vertices
  std::optional<double> withoutZeroCeiling;  ///< mean over vertices with ceiling > 0
  size_t undefined = 0;                      ///< vertices whose prediction was constant
};
[[nodiscard]] ChallengeScore challengeScore(std::span<const float> correlation, std::span<const float> ceiling);

/// Noise ceiling (explainable share of variance, 0..1) of responses averaged over repeats, from NSD's noise-ceiling
/// signal-to-noise ratio: ncsnr^2 / (ncsnr^2 + T), T = (n3 / 3 + n2 / 2 + n1) / (n1 + n2 + n3) with n_k images shown
/// k times. Throws Error when there is no image.
[[nodiscard]] std::vector<float> noiseCeiling(std::span<const float> ncsnr, size_t shownOnce, size_t shownTwice,
                                              size_t shownThrice);

}  // namespace corticast
