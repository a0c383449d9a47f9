#include "core/training/ridge_solver.h"

#include <algorithm>
#include <map>
#include <optional>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/training/internal/centred_features.h"
#include "core/training/internal/column_blocks.h"
#include "core/training/internal/linear_state.h"
#include "core/training/internal/response_moments.h"
#include "core/training/internal/ridge_folds.h"
#include "core/training/internal/ridge_system.h"
#include "core/training/internal/validation.h"

namespace corticast {
namespace {

constexpr size_t kLargestBlock = 512;  // turning the features to double for each block costs little beside its products
constexpr const char* kAlpha = "alpha";

// Adjacent columns of a block that are solved together: those with fixed penalties, or the ones of a group that
// chooses.
struct Strip {
  size_t first = 0, count = 0;
  int folds = 0;  // 0: the penalties are fixed
  std::vector<Segment> segments;
};

int foldsOf(const GroupSettings& s) {
  return s.solver == "ridge" && s.ridgeChoice == "per-vertex" ? s.ridgeFolds : 0;
}

std::vector<double> takeMeans(Matrix<double>& values) {
  std::vector<double> means(values.cols());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < means.size(); ++c) means[c] += values(r, c);
  for (double& mean : means) mean /= static_cast<double>(values.rows());
  for (size_t r = 0; r < values.rows(); ++r)
    for (size_t c = 0; c < means.size(); ++c) values(r, c) -= means[c];
  return means;
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
  [[nodiscard]] std::vector<Strip> strips(const ColumnBlock& block) const;
  void read(const Strip& strip, std::span<const uint32_t> rows, MatrixView<float> out) const;
  void setAlphas(const Strip& strip);
  void chooseAlphas(const Strip& strip, const ResponseMoments& moments);
  [[nodiscard]] Matrix<double> centredResponses(const Strip& strip, std::vector<double>& means) const;
  void solve(const Strip& strip, const std::stop_token& stop);
  void keep(const Strip& strip, const RidgeSolution& solution, const std::vector<double>& means);
  void validate(const Strip& strip);
  [[nodiscard]] GroupMeasure measure(size_t group) const;

  TrainerOptions options;
  CohortData data;
  LinearState state;
  std::vector<float> alpha;  // per column
  std::vector<double> trainError, validationError;
  AlignedMatrix trainFeatures, validationFeatures;
  std::optional<CentredFeatures> features;
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
  trainFeatures = gatherRows(*data.features, data.split.train);
  validationFeatures = gatherRows(*data.features, data.split.validation);
  features.emplace(trainFeatures.view(), data.split.train);
  system.emplace(*features, stop);
  for (const TargetGroup& group : state.groups)
    if (const int count = foldsOf(group.settings); count > 0 && !folds.contains(count))
      folds.emplace(count, RidgeFolds(*features, static_cast<size_t>(count), stop));
}

std::vector<Strip> RidgeSolver::Impl::strips(const ColumnBlock& block) const {
  std::vector<Strip> strips;
  for (const Segment& segment : block.segments) {
    const int foldCount = foldsOf(state.groups[segment.group].settings);
    if (strips.empty() || strips.back().folds > 0 || foldCount > 0) strips.push_back({segment.first, 0, foldCount, {}});
    strips.back().count += segment.count;
    strips.back().segments.push_back(segment);
  }
  return strips;
}

void RidgeSolver::Impl::read(const Strip& strip, std::span<const uint32_t> rows, MatrixView<float> out) const {
  for (const Segment& segment : strip.segments)
    data.sources[segment.group]->gather(rows, segment.first - state.offsets[segment.group],
                                        out.block(0, segment.first - strip.first, rows.size(), segment.count));
}

void RidgeSolver::Impl::setAlphas(const Strip& strip) {
  for (const Segment& segment : strip.segments) {
    const GroupSettings& s = state.groups[segment.group].settings;
    const double fixed = s.solver == "ridge" ? s.ridgeAlpha : 0;
    std::ranges::fill(std::span(alpha).subspan(segment.first, segment.count), static_cast<float>(fixed));
  }
}

void RidgeSolver::Impl::chooseAlphas(const Strip& strip, const ResponseMoments& moments) {
  const GroupSettings& s = state.groups[strip.segments.front().group].settings;
  const std::vector<double> alphas = alphaGrid(s.ridgeAlphaLow, s.ridgeAlphaHigh, s.ridgeAlphaCount);
  const Matrix<double> scores = folds.at(strip.folds).scores(moments, alphas);
  for (size_t c = 0; c < strip.count; ++c) {
    size_t best = 0;
    for (size_t a = 1; a < alphas.size(); ++a)
      if (scores(a, c) > scores(best, c)) best = a;
    alpha[strip.first + c] = static_cast<float>(alphas[best]);
  }
}

Matrix<double> RidgeSolver::Impl::centredResponses(const Strip& strip, std::vector<double>& means) const {
  Matrix<float> responses(data.split.train.size(), strip.count);
  read(strip, data.split.train, responses.view());
  Matrix<double> centred(responses.rows(), strip.count);
  std::ranges::copy(responses.values(), centred.values().begin());
  means = takeMeans(centred);
  return centred;
}

void RidgeSolver::Impl::solve(const Strip& strip, const std::stop_token& stop) {
  if (stop.stop_requested()) throw Cancelled();
  std::optional<ResponseMoments> moments;
  if (system->isPrimal() || strip.folds > 0)
    moments = takeMoments(*features, strip.count, static_cast<size_t>(std::max(1, strip.folds)),
                          [&](auto rows, auto out) { read(strip, rows, out); });
  if (strip.folds > 0)
    chooseAlphas(strip, *moments);
  else
    setAlphas(strip);
  if (stop.stop_requested()) throw Cancelled();
  const std::vector<double> penalties(alpha.begin() + static_cast<std::ptrdiff_t>(strip.first),
                                      alpha.begin() + static_cast<std::ptrdiff_t>(strip.first + strip.count));
  std::vector<double> means;
  RidgeSolution solution;
  if (system->isPrimal()) {
    const ResponseMoments::Run all = moments->whole();
    means = moments->means();
    solution = system->solveProducts(all.products, all.squaresAboutMeans(), penalties);
  } else {
    const Matrix<double> centred = centredResponses(strip, means);
    solution = system->solveResponses(centred, penalties);
  }
  keep(strip, solution, means);
  validate(strip);
}

void RidgeSolver::Impl::keep(const Strip& strip, const RidgeSolution& solution, const std::vector<double>& means) {
  const std::vector<double>& featureMeans = features->means();
  for (size_t c = 0; c < strip.count; ++c) {
    const std::span<const double> weights = solution.weights.row(c);
    std::ranges::copy(weights, state.now.weight.row(strip.first + c).begin());
    const double offset = std::inner_product(weights.begin(), weights.end(), featureMeans.begin(), 0.0);
    state.now.bias[strip.first + c] = static_cast<float>(means[c] - offset);
    trainError[strip.first + c] = solution.squaredError[c];
  }
}

void RidgeSolver::Impl::validate(const Strip& strip) {
  const size_t rows = validationFeatures.rows();
  if (rows == 0) return;
  AlignedMatrix responses(rows, strip.count), prediction(rows, strip.count);
  read(strip, data.split.validation, responses.view());
  gemm(Transpose::No, Transpose::Yes, 1.0F, validationFeatures.view(),
       state.now.weight.rowBlock(strip.first, strip.count), 0.0F, prediction.view());
  const ValidationScores scores = scoreValidation(
      prediction.view(), std::span<const float>(state.now.bias).subspan(strip.first, strip.count), responses.view());
  const auto first = static_cast<std::ptrdiff_t>(strip.first);
  std::ranges::copy(scores.squaredError, validationError.begin() + first);
  std::ranges::copy(scores.correlation, state.correlation.begin() + first);
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
  parallelFor(blocks.size(), impl.options.threads, [&](size_t b) {
    const SingleThreadedBlas guard;
    for (const Strip& strip : impl.strips(blocks[b])) impl.solve(strip, stop);
  });
  for (const auto& source : impl.data.sources) source->release();
  std::vector<GroupMeasure> measures;
  for (size_t g = 0; g < impl.state.groups.size(); ++g) measures.push_back(impl.measure(g));
  impl.state.endClosedForm(measures);
  impl.state.best.copyColumns(impl.state.now, 0, impl.state.columns());
  impl.folds.clear();
  impl.system.reset();
  impl.features.reset();
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
