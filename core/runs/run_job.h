#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/matrix.h"
#include "core/base/progress.h"
#include "core/formats/safetensors.h"
#include "core/runs/run_layout.h"
#include "core/training/trainer.h"

namespace corticast {

/// One cohort of a run, ready to be trained; `group` counts within the cohort.
class CohortJob {
 public:
  virtual ~CohortJob() = default;

  [[nodiscard]] virtual Trainer& trainer() = 0;

  /// Whose pictures the cohort is trained on, ascending.
  [[nodiscard]] virtual std::vector<std::string> subjects() const = 0;
  /// A subject's pictures of the validation split and of the test set, in the order of the rows below.
  [[nodiscard]] virtual std::vector<std::string> validationImages(const std::string& subject) const = 0;
  [[nodiscard]] virtual std::vector<std::string> testImages(const std::string& subject) const = 0;

  /// Predictions of the best epoch's weights for a subject's pictures [images x the subject's columns of the group, its
  /// parts one after another].
  [[nodiscard]] virtual Matrix<float> predictValidation(size_t group, const std::string& subject) = 0;
  [[nodiscard]] virtual Matrix<float> predictTest(size_t group, const std::string& subject) = 0;
  /// Measured responses, as predictValidation.
  [[nodiscard]] virtual Matrix<float> validationResponses(size_t group, const std::string& subject) = 0;
  /// What belongs to the models beside their weights: the reduction of the features.
  [[nodiscard]] virtual std::vector<NamedTensor> sharedTensors() const = 0;
};

/// What a worker works on: a plan, cut into cohorts. The one for real studies is made by `studyJob`.
class RunJob {
 public:
  virtual ~RunJob() = default;

  [[nodiscard]] virtual const RunLayout& layout() const = 0;
  /// Everything outside the plan on which the numbers depend (hashes of responses, masks, embeddings), as an object
  /// of name to hash: a run goes on only while it is the same.
  [[nodiscard]] virtual Json fingerprint() const = 0;
  /// One line: which device is used and why.
  [[nodiscard]] virtual std::string device() const = 0;
  /// Threads it computes with.
  [[nodiscard]] virtual unsigned threads() const = 0;
  /// What the plan left open and the first worker settled (threads, which embedding), for later workers to keep.
  [[nodiscard]] virtual Json choices() const = 0;
  [[nodiscard]] virtual std::unique_ptr<CohortJob> open(size_t cohort, ProgressReporter& progress) = 0;
};

/// Makes the job of a plan. `choices`: those of the run's first worker, an empty object for the first.
using MakeJob =
    std::function<std::unique_ptr<RunJob>(const Json& plan, const Json& choices, ProgressReporter& progress)>;

}  // namespace corticast
