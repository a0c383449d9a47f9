#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/training/group_settings.h"

namespace corticast {

struct Plan;
struct Study;

/// The columns that a target group takes from one hemisphere of one subject.
struct TargetPart {
  std::string subject;  ///< "subj01"
  Hemisphere hemisphere{};
  std::vector<uint32_t> columns;        ///< ascending, into the hemisphere's challenge space
  std::vector<uint32_t> vertices = {};  ///< fsaverage index of each column
  /// The model's output that predicts each column, ascending. Empty: every column has an output of its own.
  std::vector<uint32_t> outputs = {};
};

/// What one model predicts, and how it is trained. Its target columns are those of its parts, one after another.
///
/// Usually column and output are the same. Where subjects share a model and its last layer (cross-subject, shared
/// head), an output is a vertex of fsaverage, lh before rh, and predicts that vertex's column of every subject that
/// has it; a subject's rows say nothing of the outputs that it lacks (TargetSource: NaN).
struct TargetGroup {
  std::string id;         ///< unique in a plan, fit for a file name: "subj01-lh-OFA", "cross-bh-faces"
  std::string label;      ///< "OFA, lh, subj01"
  std::string name = {};  ///< what overrides call it: the ROI, the plan's name for a group of ROIs, a vertex, or ""
  std::string roi;        ///< "OFA"; "" when the group is no single ROI
  std::string roiClass;   ///< "floc-faces"; "" as above
  std::vector<TargetPart> parts;  ///< by subject, then lh before rh
  GroupSettings settings;
  /// Folder of the embedding per subject, once settled; takes precedence over the settings'.
  std::map<std::string, std::string> embeddings = {};

  [[nodiscard]] size_t columnCount() const;
  /// Outputs of the model.
  [[nodiscard]] size_t outputCount() const;
  /// The output of each column of a part.
  [[nodiscard]] std::vector<uint32_t> outputsOf(size_t part) const;
  /// Those of the parts, each once, ascending.
  [[nodiscard]] std::vector<std::string> subjects() const;
};

/// Something the plan names or implies that has nothing to train on.
struct SkippedGroup {
  std::string id;
  std::string reason;  ///< "subj01 has no vertex of mTL-bodies in lh"
};

struct TargetGroups {
  std::vector<TargetGroup> groups;  ///< by subject, hemisphere, then the study's order of ROIs (or the plan's order)
  std::vector<SkippedGroup> skipped;
};

/// Cuts the study by the plan's focus and gives each group its settings (defaults, then matching overrides in order).
/// Throws Error when a subject or ROI of the plan is unknown to the study, an override matches nothing, or no group is
/// left.
[[nodiscard]] TargetGroups cutTargetGroups(const Plan& plan, const Study& study);

/// Groups that one trainer drives together: same subjects, pictures, embedding, reduction, batch size, kind of solver.
struct Cohort {
  std::string id;  ///< "subj01" ("cross" for groups of several subjects), or "subj01-2" for its second; fit for a file
  std::vector<size_t> groups;         ///< indices, ascending
  std::vector<std::string> subjects;  ///< of the groups, ascending
};
[[nodiscard]] std::vector<Cohort> cohortsOf(const std::vector<TargetGroup>& groups);

}  // namespace corticast
