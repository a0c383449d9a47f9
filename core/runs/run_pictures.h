#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/matrix.h"
#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"

namespace corticast {

/// What a finished run predicts for the pictures that it did not train on (validation and test) in one hemisphere of
/// one subject. Where several models predict a column, the one with the greatest validation r there counts, as on the
/// cortex and in a submission. Reads from disk when asked. One thread at a time.
class RunPictures {
 public:
  /// Throws Error when the run has no predictions (yet) or its files do not fit together. A hemisphere that the run
  /// does not touch has no columns.
  RunPictures(const RunFolder& run, const std::string& subject, Hemisphere hemisphere);

  /// File names: validation pictures, then test pictures.
  [[nodiscard]] const std::vector<std::string>& pictures() const { return m_pictures; }
  [[nodiscard]] size_t columnCount() const { return m_columns.size(); }
  /// The mean over those of `columns` that are predicted, per picture; NaN when none is.
  [[nodiscard]] std::vector<float> means(std::span<const uint32_t> columns) const;
  /// All columns for one picture, NaN where no model predicts; empty when the picture is not among pictures().
  [[nodiscard]] std::vector<float> responses(const std::string& picture) const;

 private:
  struct Source {
    int group = -1;  ///< index into m_groups; -1: no model
    uint32_t column = 0;
    float correlation = 0;
  };
  void takeGroup(const RunLayout& layout, size_t cohort, const RunGroup& group, const std::vector<float>& correlation,
                 const std::string& subject, Hemisphere hemisphere);
  [[nodiscard]] Matrix<float> predictions(size_t group) const;

  RunFolder m_run;
  struct Names {
    std::string validation, test;  ///< of the datasets in predictions.h5
  };
  std::vector<Names> m_groups;
  std::vector<Source> m_columns;  ///< per column of the hemisphere
  std::vector<std::string> m_pictures;
  size_t m_validation = 0;
};

}  // namespace corticast
