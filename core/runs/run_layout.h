#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/json.h"

namespace corticast {

/// The columns that one target group takes from one subject's hemisphere.
struct RunPart {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t columnCount = 0;
  size_t offset = 0;  ///< of the part's first value in a file of the cohort (epochs/, columns/)
};

/// One target group as its run's viewers need it.
struct RunGroup {
  std::string id;        ///< "subj01-lh-OFA"
  std::string label;     ///< "OFA, lh, subj01"
  std::string roi;       ///< empty when the group is not one ROI
  std::string roiClass;  ///< empty when the group is not of one class
  int maxEpochs = 0;
  std::vector<RunPart> parts;  ///< by subject, then lh before rh
  std::string name = {};       ///< what the plan's overrides call it (TargetGroup::name)
  int fold = 0;                ///< 1-based, of a run that trains every fold; 0 otherwise
  std::string target = {};     ///< of a fold: id under which its folds are put together; empty: id

  [[nodiscard]] size_t columnCount() const;
  /// Under this name its predictions and scores are found when the run is done.
  [[nodiscard]] const std::string& targetId() const { return target.empty() ? id : target; }
  /// Each once, ascending.
  [[nodiscard]] std::vector<std::string> subjects() const;
};

/// Groups that are trained together, epoch by epoch; the cohorts of a run are trained one after another.
struct RunCohort {
  std::string id;
  std::vector<RunGroup> groups;

  [[nodiscard]] size_t columnCount() const;
  [[nodiscard]] int maxEpochs() const;
};

/// A hemisphere that the run touches, with all its columns (predicted or not).
struct RunHemisphere {
  std::string subject;
  Hemisphere hemisphere = Hemisphere::Left;
  size_t columnCount = 0;
};

/// What was asked for and cannot be trained, e.g. an ROI that the subject lacks.
struct RunSkipped {
  std::string id;
  std::string reason;
};

/// How a run's plan was cut: written once, as groups.json and columns/<cohort>.npy, when the run starts.
///
/// A file of a cohort (epochs/<cohort>-<epoch>.npy) holds one value per column of its groups, one group after
/// another and within it part by part; columns/<cohort>.npy (uint32) says for each of these values which column of
/// its part's hemisphere it is. `columns` is that, per cohort.
struct RunLayout {
  std::vector<RunCohort> cohorts;
  std::vector<RunHemisphere> hemispheres;
  std::vector<RunSkipped> skipped;
  std::vector<std::vector<uint32_t>> columns;

  [[nodiscard]] size_t groupCount() const;
  /// Every target once, as (cohort, group): the groups, or of a run over folds those of the first fold.
  [[nodiscard]] std::vector<std::pair<size_t, size_t>> targets() const;
  /// All groups with this targetId(): one, or one per fold.
  [[nodiscard]] std::vector<std::pair<size_t, size_t>> groupsOf(const std::string& target) const;
  [[nodiscard]] bool hasFolds() const;
  /// Null when the run does not touch it.
  [[nodiscard]] const RunHemisphere* hemisphere(const std::string& subject, Hemisphere which) const;
};

/// groups.json; the columns are not in it.
[[nodiscard]] Json toJson(const RunLayout& layout);
/// Throws Error naming `where` for anything that is not a layout (missing keys, offsets that do not add up).
[[nodiscard]] RunLayout layoutFromJson(const Json& json, const std::string& where);
/// Throws Error when the columns of a cohort do not fit its groups and their hemispheres.
void checkColumns(const RunLayout& layout, size_t cohort, const std::string& where);

}  // namespace corticast
