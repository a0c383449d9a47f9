#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/data/internal/problem_list.h"
#include "core/data/roi.h"

namespace corticast::internal {

/// A ROI class of a subject with the names of its labels (without 0, which is "outside"). A label whose name cannot be
/// used has an empty one: its vertices belong to no ROI.
struct RoiClassNames {
  std::string roiClass;
  std::map<int64_t, std::string> names;
};

/// Reads mapping_<class>.npy of the six published classes and of whatever other class is there.
[[nodiscard]] std::vector<RoiClassNames> readRoiClasses(const std::filesystem::path& maskFolder,
                                                        const std::string& subject, ProblemList& problems);

/// Reads the label masks of one hemisphere. Both spaces must say the same; where one of the two is missing or damaged
/// the other is used, with a warning. A class that cannot be trusted is left out.
[[nodiscard]] std::vector<Roi> readRois(const std::filesystem::path& maskFolder, const std::string& subject,
                                        Hemisphere hemisphere, std::span<const uint32_t> vertices,
                                        const std::vector<RoiClassNames>& classes, ProblemList& problems);

}  // namespace corticast::internal
