#pragma once
#include <cstdint>
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
  std::vector<uint32_t> columns;  ///< ascending, into the hemisphere's challenge space
};

/// What one model predicts, and how it is trained. Its target columns are those of its parts, one after another.
struct TargetGroup {
  std::string id;        ///< unique in a plan, fit for a file name: "subj01-lh-OFA"
  std::string label;     ///< "OFA, lh, subj01"
  std::string roi;       ///< "OFA"; "" when the group is no single ROI
  std::string roiClass;  ///< "floc-faces"; "" as above
  std::vector<TargetPart> parts;
  GroupSettings settings;

  [[nodiscard]] size_t columnCount() const;
};

/// Something the plan names or implies that has nothing to train on.
struct SkippedGroup {
  std::string id;
  std::string reason;  ///< "subj01 has no vertex of mTL-bodies in lh"
};

struct TargetGroups {
  std::vector<TargetGroup> groups;  ///< by subject, hemisphere, then the study's order of ROIs
  std::vector<SkippedGroup> skipped;
};

/// Cuts the study by the plan's focus and gives each group its settings (defaults, then matching overrides in order).
/// Throws Error when a subject or ROI of the plan is unknown to the study, an override matches nothing, or no group is
/// left.
[[nodiscard]] TargetGroups cutTargetGroups(const Plan& plan, const Study& study);

/// Groups that one trainer drives together: same subject, pictures, embedding, reduction, batch size, kind of solver.
struct Cohort {
  std::string id;              ///< "subj01", or "subj01-2" for a subject's second; fit for a file name
  std::vector<size_t> groups;  ///< indices, ascending
};
[[nodiscard]] std::vector<Cohort> cohortsOf(const std::vector<TargetGroup>& groups);

}  // namespace corticast
