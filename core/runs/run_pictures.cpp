#include "core/runs/run_pictures.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "core/base/error.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

Error cannotRead(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error({.what = "read predictions", .where = run.path().string(), .why = why, .remedy = remedy});
}

std::vector<std::string> imagesOf(const Hdf5File& file, const std::string& subject, const char* split) {
  const std::string name = imagesName(subject, split);
  return file.has(name) ? file.readTexts(name) : std::vector<std::string>();
}

}  // namespace

RunPictures::RunPictures(const RunFolder& run, const std::string& subject, Hemisphere hemisphere) : m_run(run) {
  const auto layout = run.readLayout();
  if (!layout || !std::filesystem::exists(run.predictionsFile()) || !std::filesystem::exists(run.scoresFile()))
    throw cannotRead(run, "it has no predictions; the run is " + toString(run.readState().status),
                     "let the run finish, or choose another");
  const RunHemisphere* touched = layout->hemisphere(subject, hemisphere);
  if (!touched) return;
  m_columns.resize(touched->columnCount);
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  m_pictures = imagesOf(predictions, subject, "validation");
  m_validation = m_pictures.size();
  const std::vector<std::string> test = imagesOf(predictions, subject, "test");
  m_pictures.insert(m_pictures.end(), test.begin(), test.end());
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  for (const auto& [cohort, index] : layout->targets()) {
    const RunGroup& group = layout->cohorts[cohort].groups[index];
    if (const std::string name = "/correlation/" + group.targetId(); scores.has(name))
      takeGroup(*layout, cohort, group, scores.read<float>(name), subject, hemisphere);
  }
}

void RunPictures::takeGroup(const RunLayout& layout, size_t cohort, const RunGroup& group,
                            const std::vector<float>& correlation, const std::string& subject, Hemisphere hemisphere) {
  const int index = static_cast<int>(m_groups.size());
  m_groups.push_back({predictionName("validation", group, subject), predictionName("test", group, subject)});
  if (correlation.size() != group.columnCount())
    throw cannotRead(m_run, "scores.h5 does not fit groups.json in " + group.targetId(), "train again");
  // Correlations stand subject after subject, predictions of each subject by themselves.
  size_t first = 0;
  uint32_t own = 0;
  for (const RunPart& part : group.parts) {
    for (size_t i = 0; part.subject == subject && i < part.columnCount; ++i, ++own) {
      if (part.hemisphere != hemisphere) continue;
      Source& source = m_columns.at(layout.columns[cohort].at(part.offset + i));
      const float r = std::isnan(correlation[first + i]) ? -2.0F : correlation[first + i];
      if (source.group < 0 || r > source.correlation) source = {index, own, r};
    }
    first += part.columnCount;
  }
}

Matrix<float> RunPictures::predictions(size_t group) const {
  const Hdf5File file = Hdf5File::open(m_run.predictionsFile());
  Matrix<float> all;
  size_t row = 0;
  for (const std::string& name : {m_groups[group].validation, m_groups[group].test}) {
    const size_t end = row == 0 ? m_validation : m_pictures.size();
    if (end > row && file.has(name)) {
      const Matrix<float> part = file.readMatrix(name);
      if (all.empty()) all = Matrix<float>(m_pictures.size(), part.cols());
      if (part.rows() != end - row || part.cols() != all.cols())
        throw cannotRead(m_run, name + " does not fit the pictures it names", "train again");
      std::ranges::copy(part.values(), all.row(row).begin());
    }
    row = m_validation;
  }
  return all;
}

std::vector<float> RunPictures::means(std::span<const uint32_t> columns) const {
  std::map<int, std::vector<uint32_t>> wanted;  // own columns, by group
  for (const uint32_t column : columns)
    if (m_columns.at(column).group >= 0) wanted[m_columns[column].group].push_back(m_columns[column].column);
  std::vector<double> sums(m_pictures.size());
  size_t count = 0;
  for (const auto& [group, own] : wanted) {
    const Matrix<float> values = predictions(static_cast<size_t>(group));
    for (size_t r = 0; r < values.rows(); ++r)
      for (const uint32_t column : own) sums[r] += static_cast<double>(values(r, column));
    count += own.size();
  }
  std::vector<float> means(m_pictures.size(), kNone);
  for (size_t r = 0; count > 0 && r < means.size(); ++r)
    means[r] = static_cast<float>(sums[r] / static_cast<double>(count));
  return means;
}

std::vector<float> RunPictures::responses(const std::string& picture) const {
  const auto found = std::ranges::find(m_pictures, picture);
  if (found == m_pictures.end()) return {};
  const auto row = static_cast<size_t>(found - m_pictures.begin());
  std::map<int, Matrix<float>> read;
  std::vector<float> values(m_columns.size(), kNone);
  for (size_t column = 0; column < m_columns.size(); ++column) {
    const Source& source = m_columns[column];
    if (source.group < 0) continue;
    Matrix<float>& matrix = read[source.group];
    if (matrix.empty()) matrix = predictions(static_cast<size_t>(source.group));
    values[column] = matrix(row, source.column);
  }
  return values;
}

}  // namespace corticast
