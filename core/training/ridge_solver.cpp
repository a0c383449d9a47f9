#include "core/training/ridge_solver.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/training/internal/column_blocks.h"
#include "core/training/internal/linear_state.h"
#include "core/training/internal/ridge_folds.h"
#include "core/training/internal/ridge_system.h"
#include "core/training/internal/validation.h"

namespace corticast {
namespace {

// Wide enough that turning the features to double for each block costs little beside its products.
constexpr size_t kLargestBlock = 512;
constexpr const char* kAlpha = "alpha";

std::vector<double> takeMeans(Matrix<double>& values) {
  std::vector<double> means(values.cols());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < means.size(); ++c) means[c] += values(r, c);
  for (double& mean : means) mean /= static_cast<double>(values.rows());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < means.size(); ++c) values(r, c) -= means[c];
  return means;
}

AlignedMatrix gatherRows(MatrixView<const float> from, std::span<const uint32_t> rows) {
  AlignedMatrix to(rows.size(), from.cols());
  for (size_t i = 0; i < rows.size(); ++i) std::ranges::copy(from.row(rows[i]), to.row(i).begin());
  return to;
}

}  // namespace

struct RidgeSolver::Impl {
  Impl(CohortData cohort, std::vector<TargetGroup> groups, TrainerOptions trainerOptions)
      : options(std::move(trainerOptions)),
        data(std::move(cohort)),
        state(data, std::move(groups), LinearState::Moments::Without),
        alpha(state.columns()),
        trainError(state.columns()),
        validationError(state.columns()) {
    requireEnoughPictures();
    state.initialise(options);
  }

  void requireEnoughPictures() const;
  void prepare(const std::stop_token& stop);
  void solveBlock(const ColumnBlock& block, const std::stop_token& stop);
  void chooseAlphas(const ColumnBlock& block, const Matrix<double>& centred);
  void score(const ColumnBlock& block, const AlignedMatrix& features, MatrixView<const float> responses,
             std::vector<double>& errors, bool isValidation);
  [[nodiscard]] GroupMeasure measure(size_t group) const;

  TrainerOptions options;
  CohortData data;
  LinearState state;
  std::vector<float> alpha;  // per column
  std::vector<double> trainError, validationError;
  AlignedMatrix trainFeatures, validationFeatures;
  std::optional<RidgeSystem> system;
  std::map<int, RidgeFolds> folds;  // by their number
};

void RidgeSolver::Impl::requireEnoughPictures() const {
  if (data.split.train.size() < 2)
    throw Error({.what = "prepare a training",
                 .where = state.groups.front().id,
                 .why = "one training picture determines no weights",
                 .remedy = "choose a larger training split"});
}

void RidgeSolver::Impl::prepare(const std::stop_token& stop) {
  trainFeatures = gatherRows(data.features.view(), data.split.train);
  validationFeatures = gatherRows(data.features.view(), data.split.validation);
  system.emplace(data.features.view(), data.split.train, stop);
  for (const TargetGroup& group : state.groups) {
    const GroupSettings& s = group.settings;
    if (s.solver == "ridge" && s.ridgeChoice == "per-vertex" && !folds.contains(s.ridgeFolds))
      folds.emplace(s.ridgeFolds,
                    RidgeFolds(data.features.view(), data.split.train, static_cast<size_t>(s.ridgeFolds), stop));
  }
}

void RidgeSolver::Impl::chooseAlphas(const ColumnBlock& block, const Matrix<double>& centred) {
  for (const Segment& segment : block.segments) {
    const GroupSettings& s = state.groups[segment.group].settings;
    const auto chosen = std::span(alpha).subspan(segment.first, segment.count);
    if (s.solver != "ridge" || s.ridgeChoice == "fixed") {
      std::ranges::fill(chosen, s.solver == "ridge" ? static_cast<float>(s.ridgeAlpha) : 0.0F);
      continue;
    }
    const std::vector<double> alphas = alphaGrid(s.ridgeAlphaLow, s.ridgeAlphaHigh, s.ridgeAlphaCount);
    Matrix<double> own(centred.rows(), segment.count);
    for (size_t r = 0; r < own.rows(); ++r)
      for (size_t c = 0; c < segment.count; ++c) own(r, c) = centred(r, segment.first - block.first + c);
    const Matrix<double> scores = folds.at(s.ridgeFolds).scores(own, alphas);
    for (size_t c = 0; c < segment.count; ++c) {
      size_t best = 0;
      for (size_t a = 1; a < alphas.size(); ++a)
        if (scores(a, c) > scores(best, c)) best = a;
      chosen[c] = static_cast<float>(alphas[best]);
    }
  }
}

void RidgeSolver::Impl::score(const ColumnBlock& block, const AlignedMatrix& features,
                              MatrixView<const float> responses, std::vector<double>& errors, bool isValidation) {
  if (features.rows() == 0) return;
  AlignedMatrix prediction(features.rows(), block.count);
  gemm(Transpose::No, Transpose::Yes, 1.0F, features.view(), state.now.weight.rowBlock(block.first, block.count), 0.0F,
       prediction.view());
  const ValidationScores scores = scoreValidation(
      prediction.view(), std::span<const float>(state.now.bias).subspan(block.first, block.count), responses);
  const auto first = static_cast<std::ptrdiff_t>(block.first);
  std::ranges::copy(scores.squaredError, errors.begin() + first);
  if (isValidation) std::ranges::copy(scores.correlation, state.correlation.begin() + first);
}

void RidgeSolver::Impl::solveBlock(const ColumnBlock& block, const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled();
  const SingleThreadedBlas guard;
  AlignedMatrix train(data.split.train.size(), block.count), validation(data.split.validation.size(), block.count);
  for (const Segment& segment : block.segments) {
    const TargetSource& source = *data.sources[segment.group];
    const size_t first = segment.first - state.offsets[segment.group], at = segment.first - block.first;
    source.gather(data.split.train, first, train.view().block(0, at, train.rows(), segment.count));
    source.gather(data.split.validation, first, validation.view().block(0, at, validation.rows(), segment.count));
  }
  Matrix<double> centred(train.rows(), block.count);
  for (size_t r = 0; r < train.rows(); ++r) std::ranges::copy(train.row(r), centred.row(r).begin());
  const std::vector<double> means = takeMeans(centred);
  chooseAlphas(block, centred);
  if (stop.stop_requested()) throw Cancelled();
  const auto chosen = std::span(alpha).subspan(block.first, block.count);
  const Matrix<double> weights = system->solve(centred, std::vector<double>(chosen.begin(), chosen.end()));
  for (size_t c = 0; c < block.count; ++c) {
    double intercept = means[c];
    for (size_t f = 0; f < weights.cols(); ++f) {
      intercept -= weights(c, f) * system->featureMeans()[f];
      state.now.weight.row(block.first + c)[f] = static_cast<float>(weights(c, f));
    }
    state.now.bias[block.first + c] = static_cast<float>(intercept);
  }
  score(block, trainFeatures, train.view(), trainError, false);
  score(block, validationFeatures, validation.view(), validationError, true);
}

GroupMeasure RidgeSolver::Impl::measure(size_t group) const {
  const size_t first = state.offsets[group], columns = state.offsets[group + 1] - first;
  const auto mean = [&](const std::vector<double>& errors, size_t rows) {
    double sum = 0;
    for (size_t c = first; c < first + columns; ++c) sum += errors[c];
    return sum / (static_cast<double>(columns) * static_cast<double>(rows));
  };
  GroupMeasure measure;
  measure.trainLoss = mean(trainError, data.split.train.size());
  measure.hasValidation = !data.split.validation.empty();
  measure.validationLoss = mean(validationError, data.split.validation.size());
  measure.meanCorrelation = state.meanCorrelation(group);
  return measure;
}

RidgeSolver::RidgeSolver(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options)
    : m_impl(std::make_unique<Impl>(std::move(data), std::move(groups), std::move(options))) {}
RidgeSolver::~RidgeSolver() = default;

const std::vector<TargetGroup>& RidgeSolver::groups() const {
  return m_impl->state.groups;
}
bool RidgeSolver::isFinished() const {
  return m_impl->state.isFinished();
}
int RidgeSolver::epoch() const {
  return m_impl->state.epoch;
}

EpochResult RidgeSolver::runEpoch(std::stop_token stop) {
  Impl& impl = *m_impl;
  if (impl.state.isFinished()) return impl.state.result();
  impl.prepare(stop);
  const std::vector<ColumnBlock> blocks = cutColumns(impl.state.offsets, kLargestBlock);
  parallelFor(blocks.size(), impl.options.threads, [&](size_t b) { impl.solveBlock(blocks[b], stop); });
  for (const auto& source : impl.data.sources) source->release();
  std::vector<GroupMeasure> measures;
  for (size_t g = 0; g < impl.state.groups.size(); ++g) measures.push_back(impl.measure(g));
  impl.state.endClosedForm(measures);
  impl.state.best.copyColumns(impl.state.now, 0, impl.state.columns());
  impl.system.reset();
  impl.folds.clear();
  return impl.state.result();
}

TrainerState RidgeSolver::save() const {
  TrainerState state = m_impl->state.save();
  state.tensors.push_back(NamedTensor::of(kAlpha, std::span<const float>(m_impl->alpha)));
  return state;
}

void RidgeSolver::restore(const TrainerState& state) {
  m_impl->state.restore(state);
  const NamedTensor& alpha = tensorNamed(state.tensors, kAlpha);
  m_impl->alpha.assign(alpha.floats().begin(), alpha.floats().end());
}

Matrix<float> RidgeSolver::predict(size_t group, MatrixView<const float> features) const {
  return m_impl->state.predict(group, features);
}

std::vector<NamedTensor> RidgeSolver::bestModel(size_t group) const {
  std::vector<NamedTensor> model = m_impl->state.bestModel(group);
  const auto& offsets = m_impl->state.offsets;
  model.push_back(NamedTensor::of(
      kAlpha,
      std::span<const float>(m_impl->alpha).subspan(offsets.at(group), offsets.at(group + 1) - offsets[group])));
  return model;
}

}  // namespace corticast
