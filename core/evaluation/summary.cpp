#include "core/evaluation/summary.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/base/error.h"

namespace corticast {

Summary summarise(std::span<const float> values) {
  std::vector<double> defined;
  defined.reserve(values.size());
  for (const float value : values)
    if (!std::isnan(value)) defined.push_back(value);
  Summary summary{.count = defined.size(), .undefined = values.size() - defined.size(), .mean = {}, .median = {}};
  if (defined.empty()) return summary;
  double sum = 0;
  for (const double value : defined) sum += value;
  summary.mean = sum / static_cast<double>(defined.size());
  const auto middle = defined.begin() + static_cast<std::ptrdiff_t>(defined.size() / 2);
  std::nth_element(defined.begin(), middle, defined.end());
  summary.median = *middle;
  if (defined.size() % 2 == 0) summary.median = (*middle + *std::max_element(defined.begin(), middle)) / 2;
  return summary;
}

ChallengeScore challengeScore(std::span<const float> correlation, std::span<const float> ceiling) {
  if (correlation.size() != ceiling.size())
    throw Error(
        {.what = "score predictions against the noise ceiling",
         .where = std::to_string(correlation.size()) + " correlations, " + std::to_string(ceiling.size()) + " ceilings",
         .why = "the numbers of vertices differ",
         .remedy = "use the noise ceiling of the same subject and hemisphere"});
  ChallengeScore score;
  double sum = 0, sumCeiled = 0;
  size_t ceiled = 0;
  for (size_t i = 0; i < correlation.size(); ++i) {
    score.undefined += std::isnan(correlation[i]) ? 1 : 0;
    const double r = std::isnan(correlation[i]) ? 0.0 : std::max(0.0, static_cast<double>(correlation[i]));
    const double percent = std::min(100.0, 100.0 * r * r / (ceiling[i] == 0 ? 1e-14 : ceiling[i]));
    score.perVertex.push_back(static_cast<float>(percent));
    sum += percent;
    if (ceiling[i] > 0) {
      sumCeiled += percent;
      ++ceiled;
    }
  }
  if (!correlation.empty()) score.officialScript = sum / static_cast<double>(correlation.size());
  if (ceiled > 0) score.withoutZeroCeiling = sumCeiled / static_cast<double>(ceiled);
  return score;
}

std::vector<float> noiseCeiling(std::span<const float> ncsnr, size_t shownOnce, size_t shownTwice, size_t shownThrice) {
  const auto count = static_cast<double>(shownOnce + shownTwice + shownThrice);
  if (count == 0)
    throw Error({.what = "compute the noise ceiling",
                 .where = "numbers of repeats",
                 .why = "there is no image",
                 .remedy = "give how many images were shown once, twice and three times"});
  const double noiseShare =
      (static_cast<double>(shownThrice) / 3 + static_cast<double>(shownTwice) / 2 + static_cast<double>(shownOnce)) /
      count;
  std::vector<float> ceiling;
  ceiling.reserve(ncsnr.size());
  for (const float ratio : ncsnr) {
    const double signal = static_cast<double>(ratio) * ratio;
    ceiling.push_back(static_cast<float>(signal / (signal + noiseShare)));
  }
  return ceiling;
}

}  // namespace corticast
