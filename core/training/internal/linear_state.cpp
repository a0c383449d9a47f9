#include "core/training/internal/linear_state.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/random.h"
#include "core/linalg/blas.h"

namespace corticast {
namespace {

constexpr int kStateVersion = 1;

struct NamedWeights {
  const char* name;
  LinearWeights LinearState::*member;
};
constexpr NamedWeights kAllWeights[] = {{"now", &LinearState::now},
                                        {"moment1", &LinearState::moment1},
                                        {"moment2", &LinearState::moment2},
                                        {"best", &LinearState::best}};

Error cannotPrepare(const std::string& where, const std::string& why) {
  return Error({.what = "prepare a training",
                .where = where,
                .why = why,
                .remedy = "check that embedding, responses and split are of the same pictures"});
}

Error cannotRestore(const std::string& where, const std::string& why) {
  return Error({.what = "restore a training",
                .where = where,
                .why = why,
                .remedy = "the state belongs to another plan or build; use another checkpoint or start a new run"});
}

void checkRows(const std::vector<uint32_t>& rows, size_t count, const char* side) {
  if (const auto wrong = std::ranges::find_if(rows, [&](uint32_t row) { return row >= count; }); wrong != rows.end())
    throw cannotPrepare(std::string(side) + " split",
                        "row " + std::to_string(*wrong) + " of features with " + std::to_string(count) + " rows");
}

void copyMatrix(const NamedTensor& from, AlignedMatrix& to) {
  const MatrixView<const float> values = from.matrix();
  if (values.rows() != to.rows() || values.cols() != to.cols())
    throw cannotRestore(from.name, "it is " + std::to_string(values.rows()) + " x " + std::to_string(values.cols()) +
                                       ", this training has " + std::to_string(to.rows()) + " x " +
                                       std::to_string(to.cols()));
  for (size_t r = 0; r < values.rows(); ++r) std::ranges::copy(values.row(r), to.row(r).begin());
}

void copyVector(const NamedTensor& from, std::vector<float>& to) {
  const std::span<const float> values = from.floats();
  if (values.size() != to.size())
    throw cannotRestore(from.name, "it has " + std::to_string(values.size()) + " values, this training has " +
                                       std::to_string(to.size()));
  std::ranges::copy(values, to.begin());
}

}  // namespace

void LinearWeights::copyColumns(const LinearWeights& from, size_t first, size_t count) {
  for (size_t c = first; c < first + count; ++c) {
    std::ranges::copy(from.weight.row(c), weight.row(c).begin());
    bias[c] = from.bias[c];
  }
}

LinearState::LinearState(const CohortData& data, std::vector<TargetGroup> targetGroups, Moments moments)
    : groups(std::move(targetGroups)), featureCount(data.features ? data.features->featureCount() : 0) {
  if (groups.empty()) throw cannotPrepare("target groups", "there is none");
  if (data.sources.size() != groups.size())
    throw cannotPrepare("target groups", std::to_string(groups.size()) + " groups, responses for " +
                                             std::to_string(data.sources.size()));
  if (featureCount == 0) throw cannotPrepare("features", "there is none");
  if (data.split.train.empty()) throw cannotPrepare("training split", "it has no pictures");
  checkRows(data.split.train, data.features->rows(), "training");
  checkRows(data.split.validation, data.features->rows(), "validation");
  offsets.push_back(0);
  scoreOffsets.push_back(0);
  for (size_t g = 0; g < groups.size(); ++g) {
    const TargetSource& source = *data.sources[g];
    if (source.rows() != data.features->rows())
      throw cannotPrepare(groups[g].id, "features have " + std::to_string(data.features->rows()) +
                                            " rows, responses have " + std::to_string(source.rows()));
    if (source.columns() == 0) throw cannotPrepare(groups[g].id, "it has no vertices");
    offsets.push_back(offsets.back() + source.columns());
    targets.emplace_back(groups[g], data, source.columns());
    scoreOffsets.push_back(scoreOffsets.back() + targets.back().columns());
    progress.emplace_back(groups[g].settings);
  }
  for (const NamedWeights& each : kAllWeights) this->*each.member = LinearWeights(columns(), featureCount);
  if (moments == Moments::Without) {
    moment1 = LinearWeights(0, featureCount);
    moment2 = LinearWeights(0, featureCount);
  }
  correlation.assign(scoreOffsets.back(), std::numeric_limits<float>::quiet_NaN());
}

AlignedMatrix gatherRows(const FeatureSource& from, std::span<const uint32_t> rows) {
  AlignedMatrix to(rows.size(), from.featureCount());
  from.gather(rows, to.view());
  return to;
}

void drawLinearWeights(uint64_t seed, const std::string& id, MatrixView<float> weight, std::span<float> bias) {
  Philox random(seed, streamOf(id));
  const double bound = 1 / std::sqrt(static_cast<double>(weight.cols()));
  for (size_t c = 0; c < weight.rows(); ++c)
    for (float& value : weight.row(c)) value = static_cast<float>(random.uniform(-bound, bound));
  for (float& value : bias) value = static_cast<float>(random.uniform(-bound, bound));
}

void LinearState::initialise(const TrainerOptions& options) {
  for (size_t g = 0; g < groups.size(); ++g) {
    const size_t first = offsets[g], count = offsets[g + 1] - first;
    const MatrixView<float> weight = now.weight.rowBlock(first, count);
    const std::span<float> bias(now.bias.data() + first, count);
    if (options.initialise)
      options.initialise(groups[g], weight, bias);
    else
      drawLinearWeights(options.seed, groups[g].id, weight, bias);
  }
  best.copyColumns(now, 0, columns());
}

size_t LinearState::groupOfColumn(size_t column) const {
  return static_cast<size_t>(std::ranges::upper_bound(offsets, column) - offsets.begin()) - 1;
}

bool LinearState::isFinished() const {
  return std::ranges::none_of(progress, &GroupProgress::isTraining);
}

void LinearState::score(size_t group, std::span<const uint32_t> rows, size_t first, MatrixView<const float> prediction,
                        MatrixView<const float> response, std::span<double> squaredError) {
  const SubjectTargets& own = targets[group];
  const size_t outputs = offsets[group + 1] - offsets[group];
  own.score(rows, first, prediction,
            std::span<const float>(now.bias).subspan(offsets[group] + first, prediction.cols()), response,
            squaredError.subspan(offsets[group], outputs),
            std::span(correlation).subspan(scoreOffsets[group], own.columns()));
}

double LinearState::meanCorrelation(size_t group) const {
  double sum = 0;
  size_t count = 0;
  for (size_t c = scoreOffsets[group]; c < scoreOffsets[group + 1]; ++c) {
    if (std::isnan(correlation[c])) continue;
    sum += correlation[c];
    ++count;
  }
  return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

std::vector<size_t> LinearState::endEpoch(const std::vector<GroupMeasure>& measures) {
  ++epoch;
  std::vector<size_t> improved;
  for (size_t g = 0; g < groups.size(); ++g)
    if (progress[g].isTraining() && progress[g].add(epoch, measures[g])) improved.push_back(g);
  return improved;
}

void LinearState::endClosedForm(const std::vector<GroupMeasure>& measures) {
  ++epoch;
  for (size_t g = 0; g < groups.size(); ++g) progress[g].finish(measures[g]);
}

EpochResult LinearState::result() const {
  EpochResult result{.epoch = epoch, .groups = {}, .correlation = correlation};
  for (const GroupProgress& each : progress) result.groups.push_back(each.last());
  return result;
}

TrainerState LinearState::save() const {
  TrainerState state;
  for (const NamedWeights& each : kAllWeights) {
    const LinearWeights& weights = this->*each.member;
    state.tensors.push_back(NamedTensor::of(std::string(each.name) + "/weight", weights.weight.view()));
    state.tensors.push_back(NamedTensor::of(std::string(each.name) + "/bias", std::span<const float>(weights.bias)));
  }
  state.tensors.push_back(NamedTensor::of("correlation", std::span<const float>(correlation)));
  state.scalars = {{"version", kStateVersion}, {"epoch", epoch}, {"groups", Json::array()}};
  for (size_t g = 0; g < groups.size(); ++g) {
    Json entry = progress[g].toJson();
    entry["id"] = groups[g].id;
    state.scalars["groups"].push_back(std::move(entry));
  }
  return state;
}

void LinearState::restore(const TrainerState& state) {
  const auto savedGroups = state.scalars.find("groups");
  if (state.scalars.value("version", 0) != kStateVersion || savedGroups == state.scalars.end())
    throw cannotRestore("checkpoint", "it is of another version");
  if (savedGroups->size() != groups.size())
    throw cannotRestore("checkpoint", "it has " + std::to_string(savedGroups->size()) + " groups, this training has " +
                                          std::to_string(groups.size()));
  for (size_t g = 0; g < groups.size(); ++g) {
    if (const auto id = (*savedGroups)[g].value("id", ""); id != groups[g].id)
      throw cannotRestore("checkpoint", "group " + std::to_string(g + 1) + " is \"" + id + "\", this training has \"" +
                                            groups[g].id + "\"");
    progress[g].restore((*savedGroups)[g]);
  }
  for (const NamedWeights& each : kAllWeights) {
    LinearWeights& weights = this->*each.member;
    copyMatrix(tensorNamed(state.tensors, std::string(each.name) + "/weight"), weights.weight);
    copyVector(tensorNamed(state.tensors, std::string(each.name) + "/bias"), weights.bias);
  }
  copyVector(tensorNamed(state.tensors, "correlation"), correlation);
  epoch = state.scalars.value("epoch", 0);
}

Matrix<float> LinearState::predict(size_t group, MatrixView<const float> rows) const {
  if (rows.cols() != featureCount)
    throw Error({.what = "predict",
                 .where = groups.at(group).id,
                 .why = "the model takes " + std::to_string(featureCount) + " features, it was given " +
                        std::to_string(rows.cols()),
                 .remedy = "use the embedding and reduction that the model was trained with"});
  const size_t first = offsets.at(group), count = offsets.at(group + 1) - first;
  Matrix<float> predicted(rows.rows(), count);
  for (size_t r = 0; r < rows.rows(); ++r) std::copy_n(best.bias.data() + first, count, predicted.row(r).begin());
  const SingleThreadedBlas guard;
  gemm(Transpose::No, Transpose::Yes, 1.0F, rows, best.weight.rowBlock(first, count), 1.0F, predicted.view());
  return predicted;
}

std::vector<NamedTensor> LinearState::bestModel(size_t group) const {
  const size_t first = offsets.at(group), count = offsets.at(group + 1) - first;
  return {NamedTensor::of("weight", best.weight.rowBlock(first, count)),
          NamedTensor::of("bias", std::span<const float>(best.bias).subspan(first, count))};
}

}  // namespace corticast
