#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"

/// A small but well-formed study on disk, in the published layout, for tests of whatever works on a study.
///
///     corticast_test(tst_x MODULES corticast_training corticast_small_study)      // CMakeLists.txt
///
///     TempDir folder;
///     makeSmallStudy(folder.path(), {.subjects = 2, .images = 50, .sharedImages = 10});
///     const Study study = openStudy(folder.path());                                // no problems
///     EXPECT_EQ(responseAt(0, Hemisphere::Left, 3, 5), ...)                        // what the file holds
///
/// Tests of damage overwrite or delete single files afterwards; tests that need responses with a meaning (planted
/// weights, say) give `response`.
namespace corticast::testing {

/// Value of subject (0-based), hemisphere, row (picture) and column; rows of the test split follow the training rows.
using ResponseFunction = std::function<float(size_t subject, Hemisphere hemisphere, size_t row, size_t column)>;

/// The default: fixed values between -2 and 2 that look random.
[[nodiscard]] float responseAt(size_t subject, Hemisphere hemisphere, size_t row, size_t column);

struct SmallStudyOptions {
  size_t subjects = 1;       ///< subj01, subj02, ...
  size_t images = 20;        ///< training pictures of each subject
  size_t testImages = 4;     ///< 0: no test split
  size_t sharedImages = 0;   ///< of the training pictures, seen by all subjects (same NSD id)
  size_t leftVertices = 40;  ///< columns of lh
  size_t rightVertices = 44;
  int pictureSize = 8;             ///< pixels; the pictures all differ
  bool hasTestResponses = false;   ///< the organisers' test_fmri
  bool hasNoiseCeiling = false;    ///< the organisers' noise ceiling, fraction (column % 10) / 10
  ResponseFunction response = {};  ///< empty: responseAt
};

/// Writes the study into `root` (made if missing). Of the published ROIs, aTL-faces is absent in lh and mTL-words in
/// rh; with 10 columns or more all others hold some, and some columns have no label.
void makeSmallStudy(const std::filesystem::path& root, const SmallStudyOptions& options);

/// fsaverage index of a column in a hemisphere of `columns` columns; below 10,242 (so also on fsaverage5) as far as
/// there are that many.
[[nodiscard]] uint32_t vertexAt(size_t column, size_t columns);

/// Label names of a published ROI class, with 0 = Unknown.
[[nodiscard]] std::map<int64_t, std::string> labelNames(const std::string& roiClass);

/// Label per column that makeSmallStudy gives a ROI class.
[[nodiscard]] std::vector<int64_t> labelsOf(const std::string& roiClass, Hemisphere hemisphere, size_t columns);

/// `train-0001_nsd-00030.png`
[[nodiscard]] std::string pictureName(const std::string& prefix, size_t index, size_t nsdId);

}  // namespace corticast::testing
