#pragma once
#include <memory>
#include <span>
#include <stop_token>
#include <vector>

#include "core/models/internal/network.h"
#include "core/training/internal/group_progress.h"
#include "core/training/internal/network_data.h"
#include "core/training/internal/optimiser_step.h"
#include "core/training/internal/subject_targets.h"
#include "core/training/loss.h"

namespace corticast {

/// One target group's network in training: weights, what the optimiser remembers, where dropout draws from, the best
/// weights so far. Independent of every other group.
class NetworkGroup {
 public:
  struct Parts {
    TargetGroup group;
    std::shared_ptr<const TargetSource> source;
    VertexPositions positions;
    std::vector<float> ceiling;  ///< per output, a fraction of variance; empty when not known
    uint64_t cacheBytes = 0;     ///< for its responses
  };
  /// `images` must outlive it. Throws Error when the settings ask for what is not there.
  NetworkGroup(const NetworkImages& images, Parts parts, const TrainerOptions& options);

  [[nodiscard]] const TargetGroup& group() const { return m_group; }
  [[nodiscard]] GroupProgress& progress() { return m_progress; }
  [[nodiscard]] const GroupProgress& progress() const { return m_progress; }
  /// Per target column (EpochResult), of the last epoch.
  [[nodiscard]] std::span<const float> correlation() const { return m_correlation; }
  [[nodiscard]] uint64_t cachedBytes() const { return m_responses.cachedBytes(); }
  /// Of the network: columns of the target source.
  [[nodiscard]] size_t outputs() const { return m_responses.source().columns(); }

  /// Trains one epoch (1-based) on the training rows in this order (positions in the split), then validates, and
  /// keeps the weights if they are the best so far. Throws Cancelled.
  void runEpoch(int epoch, std::span<const uint32_t> order, const std::stop_token& stop);
  /// One minibatch of rows of the cohort; returns its loss before the step, a number on the device.
  at::Tensor step(std::span<const uint32_t> rows, double learningRate);
  /// Rows of an epoch's k-th minibatch, and how many minibatches there are. A last minibatch of one picture is left out
  /// of networks that normalise over the batch, for which it has no variance.
  [[nodiscard]] size_t steps() const;

  void save(std::vector<NamedTensor>& tensors, Json& scalars) const;
  void restore(std::span<const NamedTensor> tensors, const Json& scalars);
  [[nodiscard]] Matrix<float> predict(MatrixView<const float> features) const;
  [[nodiscard]] std::vector<NamedTensor> bestModel() const;

 private:
  [[nodiscard]] at::Tensor lossOf(const at::Tensor& prediction, const NetworkTargets& targets) const;
  [[nodiscard]] at::Tensor penalty() const;
  void clip(std::vector<at::Tensor>& gradients) const;
  void validate(GroupMeasure& measure);
  [[nodiscard]] at::Tensor predicted(Network& network, const at::Tensor& images) const;
  void takeNoise(const std::vector<float>& ceiling);

  const NetworkImages& m_images;
  TargetGroup m_group;
  NetworkResponses m_responses;
  SubjectTargets m_targets;
  GroupProgress m_progress;
  const Loss& m_loss;
  const Optimiser& m_optimiser;
  std::shared_ptr<Network> m_network;
  std::shared_ptr<Network> m_best;
  OptimiserStep m_state;
  bool m_isNormalising = false;  // over the pictures of a minibatch
  bool m_isMixed = false;
  at::Tensor m_noise;  // [outputs], weights of a loss that needs the ceiling
  std::vector<float> m_correlation;
};

}  // namespace corticast
