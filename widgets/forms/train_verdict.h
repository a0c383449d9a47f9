#pragma once
#include <QString>

namespace corticast {

struct PlanAssessment;

/// What the foot of the train panel says of a plan, in words.
struct TrainVerdict {
  QString reason = {};  ///< why it cannot start, or what is worth knowing; may be empty
  bool isError = false;
  QString offer = {};  ///< a way out that can be pressed; may be empty
  QString button = {};
  bool canTrain = false;
};

/// `assessment` of the newest plan, null while none was given; `failure` of what was asked for last; `missing`: why
/// there is no plan yet, a hint rather than an error while a person is still choosing what to train.
[[nodiscard]] TrainVerdict trainVerdict(const PlanAssessment* assessment, const QString& failure,
                                        const QString& missing, bool isChoosing);

}  // namespace corticast
