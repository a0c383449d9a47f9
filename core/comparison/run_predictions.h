#pragma once
#include <map>
#include <span>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/matrix.h"
#include "core/runs/run_folder.h"

namespace corticast {

/// What a finished run predicts for the validation pictures of one hemisphere of one subject, put together from its
/// models. Predictions are read when they are first asked for and kept. One thread at a time.
class RunPredictions {
 public:
  /// Throws Error when the run has no predictions (yet) or its files do not fit together. A hemisphere that the run
  /// does not touch has no columns.
  RunPredictions(const RunFolder& run, const std::string& subject, Hemisphere hemisphere);

  /// Names of the validation pictures, in the order of the rows.
  [[nodiscard]] const std::vector<std::string>& images() const { return m_images; }
  /// Columns of the hemisphere that some model predicts, ascending.
  [[nodiscard]] std::vector<uint32_t> columns() const;
  /// All columns of the hemisphere in the study that the run was trained on; 0 when it does not touch it.
  [[nodiscard]] size_t hemisphereColumns() const { return m_hemisphereColumns; }

  /// out(i, j) = prediction for picture rows[i] and column columns[j]; every column must be one of columns(). Where
  /// several models predict a column, the ROI's own model is taken if `roi` names one ("floc-faces", "OFA"), else the
  /// model with the greatest validation r there, as on the cortex and in a submission.
  struct RoiName {
    std::string roiClass;
    std::string name;
  };
  [[nodiscard]] Matrix<float> gather(std::span<const uint32_t> rows, std::span<const uint32_t> columns,
                                     const RoiName& roi = {});

 private:
  /// One model's prediction of one column.
  struct Source {
    size_t model = 0;
    size_t column = 0;  ///< of the model's own
    float correlation = 0;
  };
  struct Model {
    std::string name;  ///< of its dataset
    std::string roiClass, roi;
    Matrix<float> predictions;  ///< empty until asked for
  };
  const Matrix<float>& predictionsOf(size_t model);
  [[nodiscard]] const Source& choose(uint32_t column, const RoiName& roi) const;

  RunFolder m_run;
  std::vector<std::string> m_images;
  std::vector<Model> m_models;
  std::map<uint32_t, std::vector<Source>> m_sources;  ///< by column
  size_t m_hemisphereColumns = 0;
};

}  // namespace corticast
