#include "core/training/internal/group_progress.h"

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/training/schedule.h"

namespace corticast {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// JSON has no NaN and no infinity; text keeps them apart.
Json exact(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  return value;
}

double exactFrom(const Json& json, const char* key) {
  const Json& value = json.at(key);
  if (value.is_number()) return value.get<double>();
  const auto text = value.get<std::string>();
  return text == "nan" ? std::numeric_limits<double>::quiet_NaN() : text == "inf" ? kInfinity : -kInfinity;
}

}  // namespace

void GroupMeasure::addStep(int step, double loss) {
  trainLoss += loss;
  if (step == 1) firstStepLoss = loss;
  // Once NaN, always NaN: no comparison with it holds.
  const bool isWorse = step == 1 || (!std::isnan(worstStepLoss) && !(loss <= worstStepLoss));
  if (!isWorse) return;
  worstStepLoss = loss;
  worstStep = step;
}

GroupProgress::GroupProgress(const GroupSettings& settings)
    : m_settings(settings), m_best(kInfinity), m_bestCounted(kInfinity) {}

std::string GroupProgress::whyFailed(int epoch, const GroupMeasure& measure) const {
  const std::string place =
      "in epoch " + std::to_string(epoch) + " (learning rate " + shortest(learningRateAt(m_settings, epoch)) + ")";
  const std::string step = "at step " + std::to_string(measure.worstStep) + " of epoch " + std::to_string(epoch) +
                           " (learning rate " + shortest(learningRateAt(m_settings, epoch)) + ")";
  if (std::isnan(measure.worstStepLoss)) return "the training loss became NaN " + step;
  if (std::isinf(measure.worstStepLoss)) return "the training loss became infinite " + step;
  const double limit = kExplosion * m_firstLoss;
  if (m_firstLoss > 0 && measure.worstStepLoss > limit)
    return "the training loss exploded to " + shortest(measure.worstStepLoss) + " from " + shortest(m_firstLoss) + " " +
           step;
  if (!measure.hasValidation) return {};
  if (std::isnan(measure.validationLoss)) return "the validation loss became NaN " + place;
  if (std::isinf(measure.validationLoss)) return "the validation loss became infinite " + place;
  if (m_firstLoss > 0 && measure.validationLoss > limit)
    return "the validation loss exploded to " + shortest(measure.validationLoss) + " " + place;
  return {};
}

bool GroupProgress::add(int epoch, const GroupMeasure& measure) {
  if (epoch == 1) m_firstLoss = measure.firstStepLoss;
  m_last.trainLoss = measure.trainLoss;
  m_last.validationLoss = measure.validationLoss;
  m_last.meanCorrelation = measure.meanCorrelation;
  m_last.learningRate = learningRateAt(m_settings, epoch);
  if (std::string why = whyFailed(epoch, measure); !why.empty()) {
    m_last.state = GroupState::Failed;
    m_last.reason = std::move(why);
    return false;
  }
  const bool isBest = !measure.hasValidation || measure.validationLoss < m_best;
  if (isBest) {
    m_last.bestEpoch = epoch;
    m_best = measure.hasValidation ? measure.validationLoss : kInfinity;
  }
  const bool isCounted = !measure.hasValidation || measure.validationLoss < m_bestCounted - m_settings.minDelta;
  if (isCounted && measure.hasValidation) m_bestCounted = measure.validationLoss;
  m_epochsWithout = isCounted ? 0 : m_epochsWithout + 1;
  if (m_settings.patience > 0 && m_epochsWithout >= m_settings.patience) {
    m_last.state = GroupState::Stopped;
    m_last.reason = "no improvement for " + std::to_string(m_epochsWithout) + " epochs";
  } else if (epoch >= m_settings.maxEpochs) {
    m_last.state = GroupState::Finished;
    m_last.reason = "all " + std::to_string(m_settings.maxEpochs) + " epochs done";
  }
  return isBest;
}

void GroupProgress::finish(const GroupMeasure& measure) {
  m_last.trainLoss = measure.trainLoss;
  m_last.validationLoss = measure.validationLoss;
  m_last.meanCorrelation = measure.meanCorrelation;
  const bool isFinite =
      std::isfinite(measure.trainLoss) && (!measure.hasValidation || std::isfinite(measure.validationLoss));
  m_last.state = isFinite ? GroupState::Finished : GroupState::Failed;
  m_last.bestEpoch = isFinite ? 1 : 0;
  m_last.reason = isFinite ? "solved in closed form" : "the responses hold values that are not finite";
}

Json GroupProgress::toJson() const {
  return {{"state", toString(m_last.state)},
          {"reason", m_last.reason},
          {"best_epoch", m_last.bestEpoch},
          {"train_loss", exact(m_last.trainLoss)},
          {"validation_loss", exact(m_last.validationLoss)},
          {"learning_rate", exact(m_last.learningRate)},
          {"mean_correlation", exact(m_last.meanCorrelation)},
          {"first_loss", exact(m_firstLoss)},
          {"best", exact(m_best)},
          {"best_counted", exact(m_bestCounted)},
          {"epochs_without", m_epochsWithout}};
}

void GroupProgress::restore(const Json& json) {
  try {
    m_last.state = groupStateFrom(json.at("state").get<std::string>());
    m_last.reason = json.at("reason").get<std::string>();
    m_last.bestEpoch = json.at("best_epoch").get<int>();
    m_last.trainLoss = exactFrom(json, "train_loss");
    m_last.validationLoss = exactFrom(json, "validation_loss");
    m_last.learningRate = exactFrom(json, "learning_rate");
    m_last.meanCorrelation = exactFrom(json, "mean_correlation");
    m_firstLoss = exactFrom(json, "first_loss");
    m_best = exactFrom(json, "best");
    m_bestCounted = exactFrom(json, "best_counted");
    m_epochsWithout = json.at("epochs_without").get<int>();
  } catch (const nlohmann::json::exception& failure) {
    throw Error({.what = "restore a training",
                 .where = "state of a target group",
                 .why = failure.what(),
                 .remedy = "use an older checkpoint"});
  }
}

}  // namespace corticast
