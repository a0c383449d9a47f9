#include "core/training/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include "core/base/error.h"
#include "core/training/group_settings.h"

namespace corticast {
namespace {

/// From `from` to `to` along half a cosine; `part` in [0, 1].
double annealed(double from, double to, double part) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * part)) / 2;
}

double stepShare(const GroupSettings& s, int index, int) {
  return std::pow(s.decayFactor, index / s.decayEvery);
}
double exponentialShare(const GroupSettings& s, int index, int) {
  return std::pow(s.decayFactor, index);
}
double cosineShare(const GroupSettings& s, int index, int count) {
  return annealed(1, s.finalShare, static_cast<double>(index) / count);
}
double oneCycleShare(const GroupSettings& s, int index, int count) {
  const double start = 1 / s.cycleRise, peak = s.cyclePeak * count - 1, last = count - 1;
  if (index <= peak) return annealed(start, 1, peak > 0 ? index / peak : 1);
  return annealed(1, s.finalShare, last > peak ? (index - peak) / (last - peak) : 1);
}
double constantShare(const GroupSettings&, int, int) {
  return 1;
}

}  // namespace

std::span<const Schedule> schedules() {
  static const std::vector<Schedule> all = {
      {"step", "Step", "Multiplied by the decay factor every so many epochs.", stepShare},
      {"exponential", "Exponential", "Multiplied by the decay factor after every epoch.", exponentialShare},
      {"cosine", "Cosine", "Falls along half a cosine until the last epoch.", cosineShare},
      {"one-cycle", "One cycle", "Rises to the learning rate, then falls, along half a cosine each.", oneCycleShare},
      {"constant", "Constant", "Stays as it is.", constantShare},
  };
  return all;
}

double learningRateAt(const GroupSettings& settings, int epoch) {
  const int warmup = settings.warmupEpochs;
  if (epoch <= warmup) return settings.learningRate * epoch / (warmup + 1);
  const auto all = schedules();
  const auto found = std::ranges::find(all, settings.schedule, &Schedule::id);
  if (found == all.end())
    throw Error({.what = "choose a schedule",
                 .where = settings.schedule,
                 .why = "there is none with this name",
                 .remedy = "take one that the settings list"});
  return settings.learningRate * found->share(settings, epoch - warmup - 1, std::max(1, settings.maxEpochs - warmup));
}

}  // namespace corticast
