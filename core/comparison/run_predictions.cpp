#include "core/comparison/run_predictions.h"

#include <algorithm>
#include <cmath>

#include "core/base/error.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

Error cannotRead(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "read a run's validation predictions", .where = where, .why = why, .remedy = remedy});
}

float rankOf(float correlation) {
  return std::isnan(correlation) ? -2.0F : correlation;  // an undefined r loses against any other
}

}  // namespace

RunPredictions::RunPredictions(const RunFolder& run, const std::string& subject, Hemisphere hemisphere) : m_run(run) {
  const auto layout = run.readLayout();
  if (!layout || !std::filesystem::exists(run.predictionsFile()) || !std::filesystem::exists(run.scoresFile()))
    throw cannotRead(run.path().string(), "it has no predictions; the run is " + toString(run.readState().status),
                     "let the run finish, or leave it out");
  const RunHemisphere* whole = layout->hemisphere(subject, hemisphere);
  if (!whole) return;
  m_hemisphereColumns = whole->columnCount;
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  const std::string images = "/images/" + subject + "/validation";
  if (!predictions.has(images)) return;
  m_images = predictions.readTexts(images);
  for (const auto& [c, g] : layout->targets()) {
    const RunGroup& group = layout->cohorts[c].groups[g];
    const std::string name = predictionName("validation", group, subject), scored = "/correlation/" + group.targetId();
    // A group that failed before its first epoch ended has nothing to predict with.
    if (!predictions.has(name)) continue;
    const auto correlation = scores.read<float>(scored);
    if (correlation.size() != group.columnCount())
      throw cannotRead(run.scoresFile().string() + ", " + scored,
                       "it has " + std::to_string(correlation.size()) + " values for " +
                           std::to_string(group.columnCount()) + " columns",
                       "train the run again");
    size_t first = 0, ofSubject = 0;  // columns before the part: of the group, and of the subject's predictions
    for (const RunPart& part : group.parts) {
      if (part.subject == subject && part.hemisphere == hemisphere)
        for (size_t i = 0; i < part.columnCount; ++i)
          m_sources[layout->columns[c][part.offset + i]].push_back(
              {m_models.size(), ofSubject + i, correlation[first + i]});
      first += part.columnCount;
      if (part.subject == subject) ofSubject += part.columnCount;
    }
    m_models.push_back({name, group.roiClass, group.roi, {}});
  }
}

std::vector<uint32_t> RunPredictions::columns() const {
  std::vector<uint32_t> columns;
  for (const auto& [column, sources] : m_sources) columns.push_back(column);
  return columns;
}

const RunPredictions::Source& RunPredictions::choose(uint32_t column, const RoiName& roi) const {
  const auto found = m_sources.find(column);
  if (found == m_sources.end())
    throw cannotRead(m_run.path().string(), "it does not predict column " + std::to_string(column),
                     "choose columns that the run predicts");
  const auto& sources = found->second;
  const auto isOwn = [&](const Source& source) {
    const Model& model = m_models[source.model];
    return !roi.name.empty() && model.roi == roi.name && model.roiClass == roi.roiClass;
  };
  if (const auto own = std::ranges::find_if(sources, isOwn); own != sources.end()) return *own;
  return *std::ranges::max_element(sources, {}, [](const Source& source) { return rankOf(source.correlation); });
}

const Matrix<float>& RunPredictions::predictionsOf(size_t model) {
  Model& wanted = m_models[model];
  if (!wanted.predictions.empty()) return wanted.predictions;
  const std::string& name = wanted.name;
  wanted.predictions = Hdf5File::open(m_run.predictionsFile()).readMatrix(name);
  if (wanted.predictions.rows() != m_images.size())
    throw cannotRead(m_run.predictionsFile().string() + ", " + name,
                     "it has " + std::to_string(wanted.predictions.rows()) + " rows for " +
                         std::to_string(m_images.size()) + " validation pictures",
                     "compare runs whose models predict one subject");
  return wanted.predictions;
}

Matrix<float> RunPredictions::gather(std::span<const uint32_t> rows, std::span<const uint32_t> columns,
                                     const RoiName& roi) {
  Matrix<float> out(rows.size(), columns.size());
  for (size_t j = 0; j < columns.size(); ++j) {
    const Source& source = choose(columns[j], roi);
    const Matrix<float>& predictions = predictionsOf(source.model);
    for (size_t i = 0; i < rows.size(); ++i) out(i, j) = predictions(rows[i], source.column);
  }
  return out;
}

}  // namespace corticast
