#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hemisphere.h"

/// How plans, `--set` and the form name targets that are no ROI of the study.
namespace corticast {

/// One vertex: "lh:73122" is vertex 73122 of fsaverage in the left hemisphere, "rh:c512" column 512 (from 0) of the
/// right hemisphere's challenge space. "subj01/lh:73122" means that subject only; without, every subject of the plan.
struct VertexName {
  std::string subject;  ///< "" for every subject
  Hemisphere hemisphere{};
  bool isColumn = false;  ///< `index` counts columns of the challenge space, not vertices of fsaverage
  uint32_t index = 0;

  friend bool operator==(const VertexName&, const VertexName&) = default;
};
[[nodiscard]] std::string toString(const VertexName& vertex);
/// Throws Error; `where` names the origin.
[[nodiscard]] VertexName parseVertexName(std::string_view text, const std::string& where);
/// Names between commas or spaces; an empty text names none.
[[nodiscard]] std::vector<VertexName> parseVertexNames(std::string_view text, const std::string& where);

/// ROIs that one model predicts together: "OFA" is the ROI in both hemispheres, "lh/OFA" in one.
struct RoiGroup {
  std::string name;  ///< letters, digits, and - _ . in between
  std::vector<std::string> rois;

  friend bool operator==(const RoiGroup&, const RoiGroup&) = default;
};
/// "faces: OFA, FFA-1; right-places: rh/PPA, rh/OPA". An empty text names none. Throws Error for a name that is
/// missing, unfit or there twice, and a group without ROIs.
[[nodiscard]] std::vector<RoiGroup> parseRoiGroups(std::string_view text, const std::string& where);
[[nodiscard]] std::string toString(const std::vector<RoiGroup>& groups);
/// What parseRoiGroups refuses; for groups from elsewhere.
void requireSense(const std::vector<RoiGroup>& groups, const std::string& where);

/// A member of a group: the ROI's name, and the hemisphere where only one is meant.
struct RoiMember {
  bool isLeft = true;
  bool isRight = true;
  std::string roi;
};
[[nodiscard]] RoiMember roiMember(const std::string& text);

}  // namespace corticast
