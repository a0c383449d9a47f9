#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace corticast {

/// The ROI classes of Algonauts 2023 in their published order. Labels exclude each other inside one class; classes
/// overlap (a vertex can be in FFA-1, FBA-1 and ventral). A study may hold further classes.
inline constexpr std::array<std::string_view, 6> kRoiClasses = {"prf-visualrois", "floc-bodies", "floc-faces",
                                                                "floc-places",    "floc-words",  "streams"};

/// A region of interest of one hemisphere of one subject.
struct Roi {
  std::string name;               ///< "FFA-1"
  std::string roiClass;           ///< "floc-faces"
  int label = 0;                  ///< its number in the mask files, as the class's mapping file says
  std::vector<uint32_t> columns;  ///< ascending columns of the challenge space (= of the responses)

  /// The class knows the ROI, but this subject's hemisphere has no vertex of it. Not an ROI with value 0.
  [[nodiscard]] bool isAbsent() const { return columns.empty(); }
};

}  // namespace corticast
