#include "core/data/split.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/base/text.h"

namespace corticast {
namespace {

constexpr uint32_t kDevkitSeed = 5;

// Half to even, as numpy.round.
size_t roundedCount(double count) {
  return static_cast<size_t>(std::nearbyint(count));
}

std::vector<uint32_t> shuffled(size_t count, uint32_t seed) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0U);
  NumpyRandom(seed).shuffle(std::span(order));
  return order;
}

Split cut(const std::vector<uint32_t>& order, size_t first, size_t last) {
  Split split;
  split.validation.assign(order.begin() + first, order.begin() + last);
  split.train.assign(order.begin(), order.begin() + first);
  split.train.insert(split.train.end(), order.begin() + last, order.end());
  return split;
}

Split partFold(const SplitConfig& config, size_t count) {
  const size_t folds = config.folds;
  const size_t fold = config.fold - 1;
  if (config.fold < 1 || config.fold > config.folds)
    throw Error({.what = "split pictures",
                 .where = "fold",
                 .why = "fold " + std::to_string(config.fold) + " of " + std::to_string(config.folds) + " is asked for",
                 .remedy = "choose a fold between 1 and " + std::to_string(config.folds)});
  const size_t first = fold * (count / folds) + std::min(fold, count % folds);
  const size_t length = count / folds + (fold < count % folds ? 1 : 0);
  return cut(shuffled(count, config.seed), first, first + length);
}

Split part(const SplitConfig& config, size_t count) {
  validate(SplitConfig::fields().params(), SplitConfig::fields().toJson(config), "split");
  Split split;
  if (config.kind == "kfold") {
    split = partFold(config, count);
  } else if (config.kind == "random") {
    split = cut(shuffled(count, config.seed), roundedCount(count * config.trainFraction), count);
  } else {
    split = cut(shuffled(count, kDevkitSeed), roundedCount(static_cast<double>(count) / 100 * 90), count);
  }
  if (split.train.empty() || split.validation.empty())
    throw Error({.what = "split pictures",
                 .where = config.kind,
                 .why = thousands(count) + " pictures give " + thousands(split.train.size()) + " for training and " +
                        thousands(split.validation.size()) + " for validation",
                 .remedy = "use more pictures, or another fraction or number of folds"});
  return split;
}

}  // namespace

Fields<SplitConfig> SplitConfig::fields() {
  Fields<SplitConfig> f;
  f.section("Split");
  f.choice("kind", "Split", &SplitConfig::kind)
      .choice("devkit", "Challenge tutorial, 90/10", "NumPy's shuffle with seed 5, as in the published notebooks.")
      .choice("random", "Random", "Any seed and fraction.")
      .choice("kfold", "k-fold", "One of k equal parts validates.")
      .help("How the training pictures are parted into training and validation.");
  f.integer("seed", "Seed", &SplitConfig::seed)
      .range(0, 2147483647)
      .relevantIf("kind", {"random", "kfold"})
      .help("Seed of the shuffle; the same seed gives the same split.");
  f.real("trainFraction", "Training fraction", &SplitConfig::trainFraction)
      .range(0.01, 0.99)
      .relevantIf("kind", {"random"})
      .help("Share of the pictures that train; the rest validates.");
  f.integer("folds", "Folds", &SplitConfig::folds)
      .range(2, 1000)
      .relevantIf("kind", {"kfold"})
      .help("Number of parts.");
  f.integer("fold", "Fold", &SplitConfig::fold)
      .range(0, 1000)
      .relevantIf("kind", {"kfold"})
      .help(
          "The part that validates, counted from 1. 0: each in turn. A run then trains every model once per fold and "
          "predicts each picture with the model that did not train on it (it did choose that model's best epoch).");
  return f;
}

std::vector<SplitConfig> foldsOf(const SplitConfig& config) {
  if (config.kind != "kfold" || config.fold != 0) return {config};
  std::vector<SplitConfig> all(static_cast<size_t>(config.folds), config);
  for (size_t fold = 0; fold < all.size(); ++fold) all[fold].fold = static_cast<int>(fold) + 1;
  return all;
}

Split makeSplit(const SplitConfig& config, std::span<const Stimulus> stimuli) {
  return part(config, stimuli.size());
}

std::vector<Split> makeSharedSplits(const SplitConfig& config, std::span<const std::span<const Stimulus>> subjects) {
  std::vector<int> ids;
  for (const auto& stimuli : subjects)
    for (const Stimulus& stimulus : stimuli) ids.push_back(stimulus.nsdId);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  const Split byId = part(config, ids.size());

  std::vector<Split> splits;
  for (const auto& stimuli : subjects) {
    std::unordered_multimap<int, uint32_t> rowsOf;
    for (uint32_t row = 0; row < stimuli.size(); ++row) rowsOf.emplace(stimuli[row].nsdId, row);
    const auto rowsIn = [&](const std::vector<uint32_t>& side) {
      std::vector<uint32_t> rows;
      for (const uint32_t i : side) {
        const auto [first, last] = rowsOf.equal_range(ids[i]);
        for (auto entry = first; entry != last; ++entry) rows.push_back(entry->second);
      }
      return rows;
    };
    splits.push_back({rowsIn(byId.train), rowsIn(byId.validation)});
    if (splits.back().train.empty() || splits.back().validation.empty())
      throw Error({.what = "split pictures of several subjects",
                   .where = "subject " + std::to_string(splits.size()) + " of " + std::to_string(subjects.size()),
                   .why = "one side of the split holds none of its pictures",
                   .remedy = "use more pictures, or another seed"});
  }
  return splits;
}

}  // namespace corticast
