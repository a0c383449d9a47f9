#include "core/training/linear_trainer.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/linalg/blas.h"
#include "core/training/internal/column_blocks.h"
#include "core/training/internal/epoch_order.h"
#include "core/training/internal/linear_panels.h"
#include "core/training/internal/linear_state.h"
#include "core/training/schedule.h"

namespace corticast {
namespace {

// Weights and moments of a block fit the second cache of a core (1 MB is common); measured on AVX-512 with 512
// features, 160 columns are as good as 256 and better than 96.
constexpr size_t kBlockBytes = 1024 * 1024;
constexpr size_t kLargestBlock = 160;
constexpr size_t kShuffledRows = 1024;  // copied by one thread at a time

/// Whole panels of columns.
size_t blockColumns(size_t features) {
  const size_t panelBytes = 3 * kernels::kPanelColumns * features * sizeof(float);
  return kernels::kPanelColumns *
         std::clamp<size_t>(kBlockBytes / panelBytes, 1, kLargestBlock / kernels::kPanelColumns);
}

std::vector<uint32_t> joined(const Split& split) {
  std::vector<uint32_t> rows = split.train;
  rows.insert(rows.end(), split.validation.begin(), split.validation.end());
  return rows;
}

}  // namespace

struct LinearTrainer::Impl {
  Impl(CohortData data, std::vector<TargetGroup> targetGroups, TrainerOptions trainerOptions)
      : options(std::move(trainerOptions)),
        state(data, std::move(targetGroups)),
        batchSize(commonBatchSize(state.groups)),
        trainFeatures(gatherRows(*data.features, data.split.train)),
        validationFeatures(gatherRows(*data.features, data.split.validation)),
        shuffled(data.split.train.size(), data.features->featureCount()),
        trainRow(data.split.train),
        validationRow(data.split.validation),
        blocks(cutColumns(state.offsets, blockColumns(state.features()))),
        responses(std::move(data.sources), state.offsets, blocks, joined(data.split), options.responseCacheBytes),
        columnError(state.columns()),
        partialLosses(blocks.size()) {
    state.initialise(options);
  }

  [[nodiscard]] size_t trainRows() const { return trainFeatures.rows(); }
  [[nodiscard]] size_t steps() const { return (trainRows() + batchSize - 1) / batchSize; }
  void shuffle(int epoch);
  void trainBlock(size_t index, const std::stop_token& stop);
  void trainStretch(const Stretch& stretch, MatrixView<const float> y, size_t block, const std::stop_token& stop);
  void setSteps(const Stretch& stretch, size_t k, LinearPanels& panels) const;
  void validate(const Stretch& stretch, MatrixView<const float> y);
  [[nodiscard]] std::vector<GroupMeasure> measures();
  [[nodiscard]] double measuredIn(size_t group, size_t step) const;
  void requireWhole() const;

  TrainerOptions options;
  LinearState state;
  size_t batchSize;
  AlignedMatrix trainFeatures;  // in the split's order
  AlignedMatrix validationFeatures;
  AlignedMatrix shuffled;                         // trainFeatures in the epoch's order
  std::vector<uint32_t> trainRow, validationRow;  // of the data
  std::vector<uint32_t> order;
  std::vector<uint32_t> shuffledRow;  // of the data, in the epoch's order
  std::vector<ColumnBlock> blocks;
  BlockResponses responses;
  std::vector<double> columnError;  // per column: squared error over the validation rows
  // Per block, [step x segment]: sums of squared residuals. Added up in a fixed order whoever computed them.
  struct Partial {
    size_t step;
    size_t group;
    double squares;
  };
  std::vector<std::vector<Partial>> partialLosses;
  Matrix<double> stepLosses;
  bool isTorn = false;  // an epoch was left half done
};

void LinearTrainer::Impl::requireWhole() const {
  if (isTorn)
    throw Error({.what = "go on with a training",
                 .where = "epoch " + std::to_string(state.epoch + 1),
                 .why = "it was interrupted half done",
                 .remedy = "restore the trainer from its last saved state first"});
}

void LinearTrainer::Impl::shuffle(int epoch) {
  const size_t rows = trainRows();
  order = epochOrder(options, epoch, rows);
  shuffledRow.resize(rows);
  for (size_t i = 0; i < rows; ++i) shuffledRow[i] = trainRow[order[i]];
  parallelFor((rows + kShuffledRows - 1) / kShuffledRows, options.threads, [&](size_t part) {
    const size_t first = part * kShuffledRows;
    for (size_t i = first; i < std::min(rows, first + kShuffledRows); ++i)
      std::ranges::copy(trainFeatures.row(order[i]), shuffled.row(i).begin());
  });
}

void LinearTrainer::Impl::trainBlock(size_t index, const std::stop_token& stop) {
  const ColumnBlock& block = blocks[index];
  partialLosses[index].clear();
  const auto stretches = activeStretches(block, [&](size_t group) { return state.progress[group].isTraining(); });
  if (stretches.empty()) return;
  const SingleThreadedBlas guard;
  AlignedMatrix scratch;
  const AlignedMatrix& y = responses.block(index, block, scratch);
  for (const Stretch& stretch : stretches) {
    const size_t firstInBlock = stretch.first - block.first;
    trainStretch(stretch, y.view().block(0, firstInBlock, trainRows(), stretch.count), index, stop);
    validate(stretch, y.view().block(trainRows(), firstInBlock, validationFeatures.rows(), stretch.count));
  }
}

void LinearTrainer::Impl::trainStretch(const Stretch& stretch, MatrixView<const float> y, size_t block,
                                       const std::stop_token& stop) {
  const bool isMasked = state.targets.front().isShared();
  LinearPanels panels(stretch.count, state.features(), std::min(batchSize, trainRows()));
  panels.load(state, stretch.first);
  for (size_t k = 0; k < steps(); ++k) {
    if (stop.stop_requested()) throw Cancelled();
    const size_t first = k * batchSize, count = std::min(batchSize, trainRows() - first);
    const MatrixView<const float> x = shuffled.view().block(first, 0, count, state.features());
    panels.takeResiduals(x, y, std::span(order).subspan(first, count), isMasked);
    for (const Segment& segment : stretch.segments)
      partialLosses[block].push_back({k, segment.group, panels.squares(segment.first - stretch.first, segment.count)});
    setSteps(stretch, k, panels);
    panels.descend(x);
  }
  panels.store(state, stretch.first);
}

void LinearTrainer::Impl::setSteps(const Stretch& stretch, size_t k, LinearPanels& panels) const {
  const int epoch = state.epoch + 1;
  const auto time = static_cast<int64_t>(state.epoch) * static_cast<int64_t>(steps()) + static_cast<int64_t>(k) + 1;
  for (const Segment& segment : stretch.segments) {
    const GroupSettings& s = state.groups[segment.group].settings;
    // A minibatch without a measured value has no gradient; the step still decays weights and moments.
    const double measured = std::max(1.0, measuredIn(segment.group, k));
    panels.setStep(
        segment.first - stretch.first, segment.count,
        kernels::adamwStep(learningRateAt(s, epoch), s.weightDecay, s.beta1, s.beta2, s.epsilon, time, 2.0 / measured));
  }
}

void LinearTrainer::Impl::validate(const Stretch& stretch, MatrixView<const float> y) {
  if (y.rows() == 0) return;
  AlignedMatrix prediction(y.rows(), stretch.count);
  gemm(Transpose::No, Transpose::Yes, 1.0F, validationFeatures.view(),
       state.now.weight.rowBlock(stretch.first, stretch.count), 0.0F, prediction.view());
  for (const Segment& segment : stretch.segments) {
    const size_t inStretch = segment.first - stretch.first;
    state.score(segment.group, validationRow, segment.first - state.offsets[segment.group],
                prediction.view().block(0, inStretch, y.rows(), segment.count),
                y.block(0, inStretch, y.rows(), segment.count), columnError);
  }
}

double LinearTrainer::Impl::measuredIn(size_t group, size_t step) const {
  const size_t first = step * batchSize, count = std::min(batchSize, trainRows() - first);
  return static_cast<double>(state.targets[group].measured(std::span(shuffledRow).subspan(first, count)));
}

std::vector<GroupMeasure> LinearTrainer::Impl::measures() {
  stepLosses = Matrix<double>(steps(), state.groups.size());
  for (const auto& block : partialLosses)
    for (const Partial& each : block) stepLosses(each.step, each.group) += each.squares;
  std::vector<GroupMeasure> all(state.groups.size());
  for (size_t g = 0; g < all.size(); ++g) {
    GroupMeasure& measure = all[g];
    for (size_t k = 0; k < steps(); ++k) {
      stepLosses(k, g) /= std::max(1.0, measuredIn(g, k));
      measure.addStep(static_cast<int>(k) + 1, stepLosses(k, g));
    }
    measure.trainLoss /= static_cast<double>(steps());
    measure.hasValidation = validationFeatures.rows() > 0;
    double error = 0;
    for (size_t c = state.offsets[g]; c < state.offsets[g + 1]; ++c) error += columnError[c];
    measure.validationLoss = error / static_cast<double>(state.targets[g].measured(validationRow));
    measure.meanCorrelation = state.meanCorrelation(g);
  }
  return all;
}

LinearTrainer::LinearTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options)
    : m_impl(std::make_unique<Impl>(std::move(data), std::move(groups), std::move(options))) {}
LinearTrainer::~LinearTrainer() = default;

const std::vector<TargetGroup>& LinearTrainer::groups() const {
  return m_impl->state.groups;
}
bool LinearTrainer::isFinished() const {
  return m_impl->state.isFinished();
}
int LinearTrainer::epoch() const {
  return m_impl->state.epoch;
}

EpochResult LinearTrainer::runEpoch(std::stop_token stop) {
  Impl& impl = *m_impl;
  impl.requireWhole();
  if (impl.state.isFinished()) return impl.state.result();
  impl.isTorn = true;
  impl.shuffle(impl.state.epoch + 1);
  parallelFor(impl.blocks.size(), impl.options.threads, [&](size_t index) { impl.trainBlock(index, stop); });
  impl.responses.release();
  const std::vector<size_t> improved = impl.state.endEpoch(impl.measures());
  parallelFor(improved.size(), impl.options.threads, [&](size_t i) {
    const size_t first = impl.state.offsets[improved[i]];
    impl.state.best.copyColumns(impl.state.now, first, impl.state.offsets[improved[i] + 1] - first);
  });
  impl.isTorn = false;
  return impl.state.result();
}

TrainerState LinearTrainer::save() const {
  m_impl->requireWhole();
  return m_impl->state.save();
}

void LinearTrainer::restore(const TrainerState& state) {
  m_impl->isTorn = true;
  m_impl->state.restore(state);
  m_impl->isTorn = false;
}

Matrix<float> LinearTrainer::predict(size_t group, MatrixView<const float> features) const {
  return m_impl->state.predict(group, features);
}

std::vector<NamedTensor> LinearTrainer::bestModel(size_t group) const {
  return m_impl->state.bestModel(group);
}

const Matrix<double>& LinearTrainer::stepLosses() const {
  return m_impl->stepLosses;
}

MatrixView<const float> LinearTrainer::currentWeights(size_t group) const {
  const LinearState& state = m_impl->state;
  return state.now.weight.rowBlock(state.offsets.at(group), state.offsets.at(group + 1) - state.offsets.at(group));
}

}  // namespace corticast
