#include "core/export/run_scores.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/evaluation/summary.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_maps.h"
#include "core/runs/run_results.h"
#include "core/runs/run_snapshot.h"

namespace corticast {
namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr uint64_t kRows = 64;

Error cannotScore(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error({.what = "read scores", .where = run.path().string(), .why = why, .remedy = remedy});
}

/// Correlation and R2 of one target's columns.
struct TargetScores {
  std::vector<float> correlation;
  std::vector<float> determination;
};

/// The validation scores: of the finished run, or of each model's best epoch so far.
class ValidationScoresOf {
 public:
  ValidationScoresOf(const RunFolder& run, std::shared_ptr<const RunSnapshot> snapshot)
      : m_snapshot(std::move(snapshot)), m_maps(run, *m_snapshot->layout) {
    if (std::filesystem::exists(run.scoresFile())) m_scores = Hdf5File::open(run.scoresFile());
  }

  TargetScores of(size_t cohort, const RunGroup& target) const {
    TargetScores scores;
    if (m_scores) {
      if (!m_scores->has("/correlation/" + target.targetId())) return scores;
      scores.correlation = m_scores->read<float>("/correlation/" + target.targetId());
      scores.determination = m_scores->read<float>("/r2/" + target.targetId());
      return scores;
    }
    for (const RunPart& part : target.parts) {
      const auto map = m_maps.bestCorrelation(part.subject, part.hemisphere, *m_snapshot, target.targetId());
      for (size_t i = 0; i < part.columnCount; ++i)
        scores.correlation.push_back(map.at(m_snapshot->layout->columns[cohort][part.offset + i]));
    }
    scores.determination.assign(scores.correlation.size(), kUnknown);
    return scores;
  }

 private:
  std::shared_ptr<const RunSnapshot> m_snapshot;
  RunMaps m_maps;
  std::optional<Hdf5File> m_scores;
};

/// Columns of one part of a target in the hemisphere's challenge space.
std::span<const uint32_t> columnsOf(const RunLayout& layout, size_t cohort, const RunPart& part) {
  return std::span(layout.columns[cohort]).subspan(part.offset, part.columnCount);
}

/// The test predictions of one target against the test responses, a few pictures at a time.
TargetScores testScores(const RunFolder& run, const RunLayout& layout, size_t cohort, const RunGroup& target,
                        const Study& study, const Hdf5File& predictions) {
  TargetScores scores;
  for (const std::string& subject : target.subjects()) {
    const std::string name = predictionName("test", target, subject);
    if (!predictions.has(name)) return {};
    const auto shape = predictions.info(name).shape;
    PearsonAccumulator accumulator(shape.at(1));
    for (uint64_t first = 0; first < shape[0]; first += kRows) {
      Matrix<float> predicted(std::min(kRows, shape[0] - first), shape[1]), measured(predicted.rows(), shape[1]);
      predictions.readRows(name, first, predicted.view());
      std::vector<uint32_t> rows;
      for (size_t r = 0; r < predicted.rows(); ++r) rows.push_back(static_cast<uint32_t>(first + r));
      size_t column = 0;
      for (const RunPart& part : target.parts) {
        if (part.subject != subject) continue;
        const HemisphereData* data = study.subject(subject).hemisphere(part.hemisphere);
        if (!data || !data->test)
          throw cannotScore(run, "the study has no test responses of " + subject,
                            "only organisers have them; score the validation pictures");
        data->test->gather(rows, columnsOf(layout, cohort, part),
                           measured.view().block(0, column, rows.size(), part.columnCount));
        column += part.columnCount;
      }
      accumulator.add(predicted.view(), measured.view());
    }
    const auto r = accumulator.correlation(), r2 = accumulator.determination();
    scores.correlation.insert(scores.correlation.end(), r.begin(), r.end());
    scores.determination.insert(scores.determination.end(), r2.begin(), r2.end());
  }
  return scores;
}

void addScores(std::vector<VertexScore>& all, const RunLayout& layout, size_t cohort, const RunGroup& target,
               const TargetScores& scores, const Study& study) {
  if (scores.correlation.empty()) return;
  size_t at = 0;
  for (const RunPart& part : target.parts) {
    const HemisphereData* data = study.subject(part.subject).hemisphere(part.hemisphere);
    const auto columns = columnsOf(layout, cohort, part);
    const auto r = std::span(scores.correlation).subspan(at, part.columnCount);
    std::vector<float> ceiling, challenge(part.columnCount, kUnknown);
    if (data && !data->noiseCeiling.empty()) {
      for (const uint32_t column : columns) ceiling.push_back(data->noiseCeiling.at(column));
      challenge = challengeScore(r, ceiling).perVertex;
    }
    for (size_t i = 0; data && i < part.columnCount; ++i)
      all.push_back({.group = target.targetId(),
                     .subject = part.subject,
                     .hemisphere = part.hemisphere,
                     .roi = target.roi,
                     .column = columns[i],
                     .vertex = data->vertices.at(columns[i]),
                     .correlation = r[i],
                     .r2 = scores.determination[at + i],
                     .ceiling = ceiling.empty() ? kUnknown : ceiling[i],
                     .challenge = challenge[i]});
    at += part.columnCount;
  }
}

}  // namespace

ScoreSplit scoreSplitFrom(const std::string& text) {
  if (text == "validation") return ScoreSplit::Validation;
  if (text == "test") return ScoreSplit::Test;
  throw Error({.what = "choose what to score on",
               .where = text,
               .why = "there is no such split",
               .remedy = "use validation or test"});
}

std::vector<VertexScore> vertexScores(const RunFolder& run, const Study& study, ScoreSplit split) {
  const auto snapshot = RunReader(run).read();
  if (!snapshot->layout) throw cannotScore(run, "the run has not been started", "let it train at least one epoch");
  const RunLayout& layout = *snapshot->layout;
  std::optional<Hdf5File> predictions;
  if (split == ScoreSplit::Test) {
    if (!std::filesystem::exists(run.predictionsFile()))
      throw cannotScore(run, "it has no predictions; the run is " + toString(snapshot->state.status),
                        "let the run finish");
    predictions = Hdf5File::open(run.predictionsFile());
  }
  const ValidationScoresOf validation(run, snapshot);
  std::vector<VertexScore> scores;
  for (const auto& [cohort, index] : layout.targets()) {
    const RunGroup& target = layout.cohorts[cohort].groups[index];
    addScores(
        scores, layout, cohort, target,
        predictions ? testScores(run, layout, cohort, target, study, *predictions) : validation.of(cohort, target),
        study);
  }
  return scores;
}

}  // namespace corticast
