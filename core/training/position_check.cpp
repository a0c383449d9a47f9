#include "core/training/position_check.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/models/architecture.h"
#include "core/training/network_trainer.h"

namespace corticast {
namespace {

constexpr size_t kScoredPictures = 64;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

/// The same values for every picture.
class ConstantTargets : public TargetSource {
 public:
  ConstantTargets(size_t rows, std::vector<float> values) : m_rows(rows), m_values(std::move(values)) {}
  size_t rows() const override { return m_rows; }
  size_t columns() const override { return m_values.size(); }
  void gather(std::span<const uint32_t>, size_t firstColumn, MatrixView<float> out) const override {
    for (size_t r = 0; r < out.rows(); ++r)
      std::copy_n(m_values.begin() + static_cast<std::ptrdiff_t>(firstColumn), out.cols(), out.row(r).begin());
  }

 private:
  size_t m_rows;
  std::vector<float> m_values;
};

/// x of all vertices, then y, then z.
std::vector<float> axisByAxis(const Matrix<float>& positions) {
  std::vector<float> values;
  for (size_t axis = 0; axis < 3; ++axis)
    for (size_t v = 0; v < positions.rows(); ++v) values.push_back(positions(v, axis));
  return values;
}

double squaredMm(const VertexPositions& positions, std::span<const float> answer, size_t vertex, size_t axis) {
  const size_t vertices = positions.relative.rows();
  const double error =
      static_cast<double>(answer[axis * vertices + vertex]) - static_cast<double>(positions.relative(vertex, axis));
  return std::pow(error * static_cast<double>(positions.extentMm[axis]), 2);
}

std::string rounded(double value) {
  return std::isnan(value) ? "undefined" : fixed(value, 2);
}

}  // namespace

PositionScore positionScore(MatrixView<const float> answers, const VertexPositions& positions) {
  const size_t vertices = positions.relative.rows();
  PositionScore score{.rmseMm = 0, .r2 = {}, .pictures = answers.rows()};
  const auto count = static_cast<double>(answers.rows() * vertices);
  for (size_t axis = 0; axis < 3; ++axis) {
    double squares = 0, mean = 0, variance = 0;
    for (size_t r = 0; r < answers.rows(); ++r)
      for (size_t v = 0; v < vertices; ++v) squares += squaredMm(positions, answers.row(r), v, axis);
    for (size_t v = 0; v < vertices; ++v) mean += static_cast<double>(positions.relative(v, axis));
    mean /= static_cast<double>(vertices);
    for (size_t v = 0; v < vertices; ++v)
      variance += std::pow(
          (static_cast<double>(positions.relative(v, axis)) - mean) * static_cast<double>(positions.extentMm[axis]), 2);
    variance /= static_cast<double>(vertices);
    score.rmseMm += squares / count;
    score.r2[axis] = variance > 0 ? 1 - squares / count / variance : kNaN;
  }
  score.rmseMm = std::sqrt(score.rmseMm);
  return score;
}

Matrix<float> distancesMm(MatrixView<const float> answers, const VertexPositions& positions) {
  const bool hasHeads = positions.heads > 1;
  Matrix<float> distances(answers.rows(), hasHeads ? positions.answers.size() : positions.relative.rows());
  for (size_t r = 0; r < distances.rows(); ++r)
    for (size_t o = 0; o < distances.cols(); ++o) {
      const size_t vertex = hasHeads ? static_cast<size_t>(positions.answers[o] / positions.heads) : o;
      double squares = 0;
      for (size_t axis = 0; axis < 3; ++axis) squares += squaredMm(positions, answers.row(r), vertex, axis);
      distances(r, o) = static_cast<float>(std::sqrt(squares));
    }
  return distances;
}

std::shared_ptr<const TargetSource> noDistances(size_t rows, size_t columns) {
  return std::make_shared<ConstantTargets>(rows, std::vector<float>(columns));
}

PositionQuestion askedForPositions(TargetGroup group, const CohortData& data, VertexPositions positions) {
  if (positions.relative.empty())
    throw Error({.what = "check positions",
                 .where = group.id,
                 .why = "the positions of its vertices are not known",
                 .remedy = "train it on a study whose vertices are those of fsaverage"});
  std::vector<float> values = axisByAxis(positions.relative);
  std::vector<uint32_t> outputs(values.size());
  std::iota(outputs.begin(), outputs.end(), 0U);
  group.parts.clear();
  for (const std::string& subject : data.subjects)
    group.parts.push_back({.subject = subject, .columns = outputs, .outputs = outputs});
  positions.heads = 1;
  positions.answers.clear();
  return {.group = std::move(group),
          .source = std::make_shared<ConstantTargets>(data.features->rows(), std::move(values)),
          .positions = std::move(positions)};
}

struct PositionCheckTrainer::Impl {
  std::vector<TargetGroup> groups;
  std::vector<VertexPositions> positions;  // per group; of no use for the others
  std::vector<size_t> columns;             // per group, of what the inner trainer correlates
  Matrix<float> pictures;                  // of the validation split
  std::unique_ptr<Trainer> trainer;

  [[nodiscard]] bool isChecked(size_t group) const { return isMeant(groups[group].settings); }
};

bool PositionCheckTrainer::isMeant(const GroupSettings& settings) {
  const auto& returnsPositions = architecture(settings.architecture).returnsPositions;
  return returnsPositions && returnsPositions(settings.model);
}

PositionCheckTrainer::PositionCheckTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options)
    : m_impl(std::make_unique<Impl>()) {
  Impl& impl = *m_impl;
  impl.groups = groups;
  impl.positions = data.positions;
  impl.positions.resize(groups.size());
  const size_t rows = std::min(kScoredPictures, data.split.validation.size());
  impl.pictures = Matrix<float>(rows, data.features->featureCount());
  data.features->gather(std::span(data.split.validation).first(rows), impl.pictures.view());
  for (size_t g = 0; g < groups.size(); ++g) {
    if (impl.isChecked(g)) {
      PositionQuestion question = askedForPositions(std::move(groups[g]), data, impl.positions[g]);
      groups[g] = std::move(question.group);
      data.sources.at(g) = std::move(question.source);
      data.positions[g] = std::move(question.positions);
    }
    const bool isShared = !data.rowSubject.empty();
    impl.columns.push_back(isShared ? groups[g].columnCount() : data.sources.at(g)->columns());
  }
  impl.trainer = std::make_unique<NetworkTrainer>(std::move(data), std::move(groups), std::move(options));
}
PositionCheckTrainer::~PositionCheckTrainer() = default;

const std::vector<TargetGroup>& PositionCheckTrainer::groups() const {
  return m_impl->groups;
}
bool PositionCheckTrainer::isFinished() const {
  return m_impl->trainer->isFinished();
}
int PositionCheckTrainer::epoch() const {
  return m_impl->trainer->epoch();
}

EpochResult PositionCheckTrainer::runEpoch(std::stop_token stop) {
  EpochResult result = m_impl->trainer->runEpoch(std::move(stop));
  std::vector<float> correlation;
  auto next = result.correlation.begin();
  for (size_t g = 0; g < m_impl->groups.size(); ++g) {
    const auto end = next + static_cast<std::ptrdiff_t>(m_impl->columns[g]);
    if (m_impl->isChecked(g)) {
      correlation.resize(correlation.size() + m_impl->groups[g].columnCount(), std::numeric_limits<float>::quiet_NaN());
      result.groups[g].meanCorrelation = kNaN;
    } else {
      correlation.insert(correlation.end(), next, end);
    }
    next = end;
  }
  result.correlation = std::move(correlation);
  return result;
}

TrainerState PositionCheckTrainer::save() const {
  return m_impl->trainer->save();
}
void PositionCheckTrainer::restore(const TrainerState& state) {
  m_impl->trainer->restore(state);
}

Matrix<float> PositionCheckTrainer::predict(size_t group, MatrixView<const float> features) const {
  Matrix<float> answers = m_impl->trainer->predict(group, features);
  if (!m_impl->isChecked(group)) return answers;
  return distancesMm(answers.view(), m_impl->positions[group]);
}

std::vector<NamedTensor> PositionCheckTrainer::bestModel(size_t group) const {
  return m_impl->trainer->bestModel(group);
}

PositionScore PositionCheckTrainer::score(size_t group) const {
  return positionScore(m_impl->trainer->predict(group, m_impl->pictures.view()).view(), m_impl->positions.at(group));
}

std::string PositionCheckTrainer::remark(size_t group) const {
  if (!m_impl->isChecked(group)) return m_impl->trainer->remark(group);
  if (m_impl->pictures.rows() == 0) return "no validation picture to score its positions by";
  const PositionScore found = score(group);
  return "position error " + rounded(found.rmseMm) + " mm (root mean square); R2 " + rounded(found.r2[0]) +
         " along x, " + rounded(found.r2[1]) + " along y, " + rounded(found.r2[2]) + " along z";
}

}  // namespace corticast
