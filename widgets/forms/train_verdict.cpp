#include "widgets/forms/train_verdict.h"

#include <QCoreApplication>

#include "core/base/text.h"
#include "widgets/forms/plan_assessor.h"

namespace corticast {
namespace {

QString tr(const char* text) {
  return QCoreApplication::translate("TrainPanel", text);
}

QString number(uint64_t count) {
  return QString::fromStdString(thousands(count));
}

void findReason(TrainVerdict& verdict, const PlanAssessment* assessment, const QString& failure, const QString& missing,
                bool isChoosing) {
  const auto say = [&verdict](const QString& reason, bool isError) {
    verdict.reason = reason;
    verdict.isError = isError;
  };
  if (!failure.isEmpty()) return say(failure, true);
  if (!missing.isEmpty()) return say(missing, !isChoosing);
  if (!assessment) return;
  if (!assessment->problem.empty()) {
    if (assessment->helpsPca) verdict.offer = tr("Keep 100 principal components");
    return say(QString::fromStdString(assessment->problem), true);
  }
  if (!assessment->embedding) return say(tr("Choose an embedding of the pictures."), false);
  const auto skipped = assessment->cost.skipped;
  if (skipped == 1) return say(tr("1 model left out: its ROI is absent in the subject."), false);
  if (skipped > 1) say(tr("%1 models left out: their ROIs are absent in the subject.").arg(skipped), false);
}

}  // namespace

TrainVerdict trainVerdict(const PlanAssessment* assessment, const QString& failure, const QString& missing,
                          bool isChoosing) {
  TrainVerdict verdict{.button = tr("Train")};
  findReason(verdict, assessment, failure, missing, isChoosing);
  const auto models = assessment ? assessment->cost.models : 0;
  if (models == 0) return verdict;
  const QString count = models == 1 ? tr("1 model") : tr("%1 models").arg(number(models));
  const auto& embedding = assessment->embedding;
  verdict.canTrain =
      missing.isEmpty() && assessment->problem.empty() && embedding && (embedding->isReady() || embedding->canBeMade());
  verdict.button = verdict.canTrain && !embedding->isReady()
                       ? tr("Embed %1 pictures, train %2").arg(number(embedding->missingPictures), count)
                       : tr("Train %1").arg(count);
  return verdict;
}

}  // namespace corticast
