#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
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
  std::string label;     ///< "subj01 lh OFA"
  std::string roi;       ///< empty when the group is not one ROI
  std::string roiClass;  ///< empty when the group is not of one class
  int maxEpochs = 0;
  std::vector<RunPart> parts;

  [[nodiscard]] size_t columnCount() const;
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
