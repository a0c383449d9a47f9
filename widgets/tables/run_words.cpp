#include "widgets/tables/run_words.h"

#include <QDateTime>
#include <QLocale>
#include <QObject>
#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/training/plan.h"
#include "core/training/presets.h"
#include "widgets/style/theme.h"

namespace corticast {
namespace {

std::string textAt(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<double> least(const std::vector<double>& values) {
  std::optional<double> found;
  for (const double value : values)
    if (!std::isnan(value) && (!found || value < *found)) found = value;
  return found;
}

/// Mean weighted by vertices.
class WeightedMean {
 public:
  void add(const std::optional<double>& value, size_t weight) {
    if (!value) return;
    m_sum += *value * static_cast<double>(weight);
    m_weight += static_cast<double>(weight);
  }
  [[nodiscard]] std::optional<double> value() const {
    return m_weight > 0 ? std::optional(m_sum / m_weight) : std::nullopt;
  }

 private:
  double m_sum = 0;
  double m_weight = 0;
};

}  // namespace

RunCondition conditionOf(const RunSnapshot& run) {
  if (run.isCrashed) return RunCondition::Crashed;
  switch (run.state.status) {
    case RunStatus::Queued:
      return RunCondition::Queued;
    case RunStatus::Running:
      return RunCondition::Running;
    case RunStatus::Paused:
      return RunCondition::Paused;
    case RunStatus::Done:
      return RunCondition::Done;
    case RunStatus::Failed:
      return RunCondition::Failed;
    case RunStatus::Cancelled:
      return RunCondition::Cancelled;
  }
  return RunCondition::Queued;
}

QString conditionWord(const RunSnapshot& run) {
  switch (conditionOf(run)) {
    case RunCondition::Queued:
      return QObject::tr("Queued");
    case RunCondition::Running:
      if (run.stage == "prepare") return QObject::tr("Preparing");
      if (run.stage == "evaluate") return QObject::tr("Evaluating");
      return QObject::tr("Training");
    case RunCondition::Paused:
      return QObject::tr("Paused");
    case RunCondition::Done:
      return QObject::tr("Done");
    case RunCondition::Failed:
      return QObject::tr("Failed");
    case RunCondition::Cancelled:
      return QObject::tr("Stopped");
    case RunCondition::Crashed:
      return QObject::tr("Crashed");
  }
  return {};
}

QString conditionIcon(RunCondition condition) {
  switch (condition) {
    case RunCondition::Queued:
      return "clock";
    case RunCondition::Running:
      return "media-playback-start";
    case RunCondition::Paused:
      return "media-playback-pause";
    case RunCondition::Done:
      return "dialog-ok-apply";
    case RunCondition::Failed:
      return "dialog-cancel";
    case RunCondition::Cancelled:
      return "media-playback-stop";
    case RunCondition::Crashed:
      return "messagebox_warning";
  }
  return {};
}

QColor conditionColour(RunCondition condition, const QPalette& palette) {
  const ThemeColours theme = themeColours(palette);
  switch (condition) {
    case RunCondition::Running:
      return palette.color(QPalette::Link);
    case RunCondition::Done:
      return theme.good;
    case RunCondition::Failed:
      return theme.error;
    case RunCondition::Crashed:
      return theme.warning;
    case RunCondition::Queued:
    case RunCondition::Paused:
    case RunCondition::Cancelled:
      return theme.quietText;
  }
  return theme.quietText;
}

QString troubleOf(const RunSnapshot& run) {
  QString text;
  const QString reason = QString::fromStdString(run.state.reason);
  switch (conditionOf(run)) {
    case RunCondition::Failed:
      text = QObject::tr("%1 failed: %2").arg(runName(run), reason);
      break;
    case RunCondition::Crashed:
      text = QObject::tr("%1 crashed: its worker ended without a word. Resume goes on from the last checkpoint%2.")
                 .arg(runName(run),
                      run.lastCheckpoint > 0 ? QObject::tr(", of %1").arg(momentText(run.lastCheckpoint)) : QString());
      break;
    case RunCondition::Paused:
    case RunCondition::Cancelled:
      if (!reason.isEmpty()) text = QObject::tr("%1: %2").arg(runName(run), reason);
      break;
    default:
      break;
  }
  for (const std::string& damage : run.damage)
    text += (text.isEmpty() ? "" : "\n") + QObject::tr("Damaged: %1").arg(QString::fromStdString(damage));
  return text;
}

bool canPause(const RunSnapshot& run) {
  const RunCondition condition = conditionOf(run);
  return condition == RunCondition::Running || condition == RunCondition::Queued;
}

bool canResume(const RunSnapshot& run) {
  const RunCondition condition = conditionOf(run);
  return condition == RunCondition::Paused || condition == RunCondition::Failed ||
         condition == RunCondition::Cancelled || condition == RunCondition::Crashed;
}

bool canStop(const RunSnapshot& run) {
  const RunCondition condition = conditionOf(run);
  return condition == RunCondition::Running || condition == RunCondition::Queued || condition == RunCondition::Paused;
}

bool canDelete(const RunSnapshot& run) {
  return !run.isWorkerAlive;
}

QString runName(const RunSnapshot& run) {
  return QString::fromStdString(run.meta.name.empty() ? run.id : run.meta.name);
}

RunLosses lossesOf(const RunSnapshot& run) {
  WeightedMean training, validation;
  if (!run.layout) return {};
  for (size_t cohort = 0; cohort < run.curves.size() && cohort < run.layout->cohorts.size(); ++cohort) {
    const auto& groups = run.layout->cohorts[cohort].groups;
    for (size_t i = 0; i < run.curves[cohort].size() && i < groups.size(); ++i) {
      training.add(least(run.curves[cohort][i].trainLoss), groups[i].columnCount());
      validation.add(least(run.curves[cohort][i].validationLoss), groups[i].columnCount());
    }
  }
  return {.training = training.value(), .validation = validation.value()};
}

int mostEpochs(const RunSnapshot& run) {
  if (!run.layout || run.cohort < 0 || static_cast<size_t>(run.cohort) >= run.layout->cohorts.size()) return 0;
  return run.layout->cohorts[static_cast<size_t>(run.cohort)].maxEpochs();
}

PlanWords planWords(const RunSnapshot& run) {
  if (!run.plan || !run.plan->is_object()) return {};
  const std::string preset = textAt(*run.plan, "preset"), focus = textAt(*run.plan, "focus");
  std::string architecture = GroupSettings{}.architecture;
  if (const auto defaults = run.plan->find("defaults"); defaults != run.plan->end() && defaults->is_object())
    if (const std::string set = textAt(*defaults, "architecture"); !set.empty()) architecture = set;
  PlanWords words{.preset = QString::fromStdString(preset),
                  .focus = QString::fromStdString(focus),
                  .architecture = QString::fromStdString(architecture)};
  if (const auto found = std::ranges::find(presets(), preset, &Preset::id); found != presets().end())
    words.preset = QString::fromStdString(found->label);
  if (const auto found = std::ranges::find(focuses(), focus, &Focus::id); found != focuses().end())
    words.focus = QString::fromStdString(found->label);
  for (const Param& param : groupParams())
    if (param.id == "architecture")
      for (const ParamChoice& choice : param.choices)
        if (choice.id == architecture) words.architecture = QString::fromStdString(choice.label);
  return words;
}

QString momentText(double unixTime) {
  if (unixTime <= 0) return {};
  return QLocale(QLocale::English)
      .toString(QDateTime::fromSecsSinceEpoch(static_cast<qint64>(unixTime)), "d MMM, HH:mm");
}

}  // namespace corticast
