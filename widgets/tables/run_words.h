#pragma once
#include <QPalette>
#include <QString>
#include <optional>

#include "core/runs/run_snapshot.h"

namespace corticast {

/// What state a run is in, as people tell it.
enum class RunCondition { Queued, Running, Paused, Done, Failed, Cancelled, Crashed };

[[nodiscard]] RunCondition conditionOf(const RunSnapshot& run);
/// "Training", "Preparing", "Queued", "Crashed", ...
[[nodiscard]] QString conditionWord(const RunSnapshot& run);
/// Name for themeIcon().
[[nodiscard]] QString conditionIcon(RunCondition condition);
/// Colour of word and icon on this palette's ground.
[[nodiscard]] QColor conditionColour(RunCondition condition, const QPalette& palette);
/// Why the run is not going on, and what can be done; empty when all is well.
[[nodiscard]] QString troubleOf(const RunSnapshot& run);

[[nodiscard]] bool canPause(const RunSnapshot& run);
[[nodiscard]] bool canResume(const RunSnapshot& run);
[[nodiscard]] bool canStop(const RunSnapshot& run);
[[nodiscard]] bool canDelete(const RunSnapshot& run);

/// Its name, or its id when it has none.
[[nodiscard]] QString runName(const RunSnapshot& run);

/// The least loss of each model, averaged over models weighted by their vertices: what the results table gives per
/// model. Absent before the first epoch.
struct RunLosses {
  std::optional<double> training;
  std::optional<double> validation;
};
[[nodiscard]] RunLosses lossesOf(const RunSnapshot& run);

/// Most epochs that the cohort at work can have; 0 when unknown.
[[nodiscard]] int mostEpochs(const RunSnapshot& run);

/// What the plan says, in the words of the forms.
struct PlanWords {
  QString preset;
  QString focus;
  QString architecture;
};
[[nodiscard]] PlanWords planWords(const RunSnapshot& run);

/// "24 Nov, 03:21"; empty for 0.
[[nodiscard]] QString momentText(double unixTime);

}  // namespace corticast
