#include "core/comparison/run_comparison.h"

#include <algorithm>
#include <map>
#include <set>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/comparison/run_predictions.h"
#include "core/evaluation/correlation.h"
#include "core/evaluation/dependent_correlations.h"

namespace corticast {
namespace {

constexpr size_t kFewestImages = 10;  // below it neither the test nor the intervals mean anything
constexpr size_t kBlock = 1024;       // vertices at a time

Error cannotCompare(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "compare runs", .where = where, .why = why, .remedy = remedy});
}

std::vector<uint32_t> common(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
  std::vector<uint32_t> both;
  std::ranges::set_intersection(a, b, std::back_inserter(both));
  return both;
}

/// What all runs and the study know of one hemisphere: the same pictures and vertices everywhere.
class HemisphereJob {
 public:
  HemisphereJob(const Subject& subject, const HemisphereData& hemisphere, const std::vector<RunFolder>& runs,
                const std::vector<ComparedRun>& names)
      : m_subject(subject), m_data(hemisphere), m_names(names) {
    for (const RunFolder& run : runs) m_runs.emplace_back(run, subject.id, hemisphere.hemisphere);
    for (size_t run = 0; run < m_runs.size(); ++run) requireSameStudy(run);
    m_columns = m_runs.front().columns();
    for (const RunPredictions& run : m_runs) m_columns = common(m_columns, run.columns());
    if (!m_columns.empty()) matchImages();
  }

  [[nodiscard]] const std::vector<uint32_t>& columns() const { return m_columns; }
  [[nodiscard]] size_t images() const { return m_responseRows.size(); }

  HemisphereComparison compareVertices(const ComparisonOptions& options, ProgressReporter& progress);
  std::optional<RoiComparison> compareRoi(const Roi& roi, const Matrix<float>& counts);

 private:
  void requireSameStudy(size_t run) const;
  void matchImages();
  void testBlock(HemisphereComparison& result, const std::vector<uint32_t>& block, const Matrix<float>& counts);

  [[nodiscard]] std::string where() const { return m_subject.id + ", " + toString(m_data.hemisphere); }
  [[nodiscard]] Matrix<float> responses(const std::vector<uint32_t>& columns) const {
    Matrix<float> response(m_responseRows.size(), columns.size());
    m_data.training->gather(m_responseRows, columns, response.view());
    return response;
  }

  const Subject& m_subject;
  const HemisphereData& m_data;
  const std::vector<ComparedRun>& m_names;
  std::vector<RunPredictions> m_runs;
  std::vector<uint32_t> m_columns;
  std::vector<uint32_t> m_responseRows;
  std::vector<std::vector<uint32_t>> m_rows;  // [run][picture]
};

void HemisphereJob::requireSameStudy(size_t run) const {
  const size_t columns = m_runs[run].hemisphereColumns();
  if (columns == 0 || columns == m_data.vertices.size()) return;
  throw cannotCompare(m_names[run].name,
                      "its " + where() + " has " + std::to_string(columns) + " vertices, the study has " +
                          std::to_string(m_data.vertices.size()),
                      "compare runs of this study");
}

void HemisphereJob::matchImages() {
  std::map<std::string, uint32_t> responseRow;
  for (uint32_t row = 0; row < m_subject.trainingImages.size(); ++row)
    responseRow[m_subject.trainingImages[row].file] = row;
  std::vector<std::map<std::string, uint32_t>> rowOf(m_runs.size());
  for (size_t run = 0; run < m_runs.size(); ++run)
    for (uint32_t row = 0; row < m_runs[run].images().size(); ++row) rowOf[run][m_runs[run].images()[row]] = row;
  m_rows.resize(m_runs.size());
  for (const std::string& image : m_runs.front().images()) {
    const bool isCommon = std::ranges::all_of(rowOf, [&](const auto& rows) { return rows.contains(image); });
    if (!isCommon) continue;
    const auto row = responseRow.find(image);
    if (row == responseRow.end())
      throw cannotCompare(where(), "the study has no picture " + image, "compare runs of this study");
    m_responseRows.push_back(row->second);
    for (size_t run = 0; run < m_runs.size(); ++run) m_rows[run].push_back(rowOf[run].at(image));
  }
  if (m_responseRows.size() >= kFewestImages) return;
  std::vector<std::string> counts;
  for (size_t run = 0; run < m_runs.size(); ++run)
    counts.push_back(m_names[run].name + " " + thousands(m_runs[run].images().size()));
  throw cannotCompare(where(),
                      "the runs have " + thousands(m_responseRows.size()) + " validation pictures in common (of " +
                          join(counts, ", ") + "); " + std::to_string(kFewestImages) + " are needed",
                      "compare runs that were trained with the same split");
}

void HemisphereJob::testBlock(HemisphereComparison& result, const std::vector<uint32_t>& block,
                              const Matrix<float>& counts) {
  const Matrix<float> response = responses(block);
  std::vector<Matrix<float>> predictions, resampled;
  for (size_t run = 0; run < m_runs.size(); ++run) {
    predictions.push_back(m_runs[run].gather(m_rows[run], block));
    const auto r = pearson(predictions.back().view(), response.view());
    result.r[run].insert(result.r[run].end(), r.begin(), r.end());
    if (!counts.empty())
      resampled.push_back(resampledCorrelation(counts.view(), predictions.back().view(), response.view()));
  }
  std::vector<double> difference(counts.rows());
  for (size_t a = 0, pair = 0; a < m_runs.size(); ++a)
    for (size_t b = a + 1; b < m_runs.size(); ++b, ++pair) {
      auto& p = result.p[pair];
      if (counts.empty()) {
        const auto r = tripleCorrelations(predictions[a].view(), predictions[b].view(), response.view());
        for (const auto& each : r) p.push_back(williamsTest(each.first, each.second, each.between, images()).p);
        continue;
      }
      for (size_t i = 0; i < block.size(); ++i) {
        for (size_t d = 0; d < difference.size(); ++d) difference[d] = resampled[a](d, i) - resampled[b](d, i);
        p.push_back(bootstrapP(difference));
      }
    }
}

HemisphereComparison HemisphereJob::compareVertices(const ComparisonOptions& options, ProgressReporter& progress) {
  HemisphereComparison result{.subject = m_subject.id,
                              .hemisphere = m_data.hemisphere,
                              .hemisphereColumns = m_data.vertices.size(),
                              .images = images(),
                              .imagesOfRun = {},
                              .columns = m_columns,
                              .r = std::vector<std::vector<float>>(m_runs.size()),
                              .p = std::vector<std::vector<double>>(m_runs.size() * (m_runs.size() - 1) / 2)};
  for (const RunPredictions& run : m_runs) result.imagesOfRun.push_back(run.images().size());
  const Matrix<float> counts = options.test == VertexTest::Bootstrap
                                   ? resampleCounts(images(), options.resamples, options.seed)
                                   : Matrix<float>();
  for (size_t first = 0; first < m_columns.size(); first += kBlock) {
    progress.checkCancelled();
    const auto begin = m_columns.begin() + static_cast<std::ptrdiff_t>(first);
    const size_t count = std::min(kBlock, m_columns.size() - first);
    testBlock(result, {begin, begin + static_cast<std::ptrdiff_t>(count)}, counts);
    progress.advance(count);
  }
  return result;
}

std::optional<RoiComparison> HemisphereJob::compareRoi(const Roi& roi, const Matrix<float>& counts) {
  RoiComparison result{.subject = m_subject.id,
                       .hemisphere = m_data.hemisphere,
                       .roiClass = roi.roiClass,
                       .roi = roi.name,
                       .columns = common(roi.columns, m_columns),
                       .mean = {},
                       .median = {}};
  if (result.columns.empty()) return std::nullopt;
  const Matrix<float> response = responses(result.columns);
  for (size_t run = 0; run < m_runs.size(); ++run) {
    const Matrix<float> prediction = m_runs[run].gather(m_rows[run], result.columns, {roi.roiClass, roi.name});
    const Summary summary = summarise(pearson(prediction.view(), response.view()));
    ResampledSummary resampled = summariseRows(resampledCorrelation(counts.view(), prediction.view(), response.view()));
    result.mean.push_back({summary.mean, std::move(resampled.mean)});
    result.median.push_back({summary.median, std::move(resampled.median)});
  }
  return result;
}

bool isWanted(const Roi& roi, const ComparisonOptions& options) {
  return !roi.isAbsent() && (options.rois.empty() || std::ranges::count(options.rois, roi.name) > 0);
}

/// Subjects that every run touches (or was asked for), in the study's order.
std::vector<const Subject*> subjectsOf(const Study& study, const std::vector<RunFolder>& runs,
                                       const ComparisonOptions& options) {
  std::vector<const Subject*> subjects;
  for (const std::string& id : options.subjects) subjects.push_back(&study.subject(id));
  if (!subjects.empty()) return subjects;
  for (const Subject& subject : study.subjects) {
    const bool isInAll = std::ranges::all_of(runs, [&](const RunFolder& run) {
      const auto layout = run.readLayout();
      return layout && std::ranges::count(layout->hemispheres, subject.id, &RunHemisphere::subject) > 0;
    });
    if (isInAll) subjects.push_back(&subject);
  }
  return subjects;
}

void requireKnownRois(const Study& study, const ComparisonOptions& options) {
  for (const std::string& name : options.rois) {
    const bool isKnown = std::ranges::any_of(study.subjects, [&](const Subject& subject) {
      return std::ranges::any_of(subject.hemispheres, [&](const HemisphereData& h) { return h.roi(name) != nullptr; });
    });
    if (!isKnown)
      throw cannotCompare(name, "the study has no ROI of this name", "`corticast-cli info DATASET` lists the ROIs");
  }
}

}  // namespace

VertexTest vertexTestFrom(const std::string& text) {
  if (text == "williams") return VertexTest::Williams;
  if (text == "bootstrap") return VertexTest::Bootstrap;
  throw Error({.what = "choose the test per vertex",
               .where = text,
               .why = "there is no such test",
               .remedy = "use williams or bootstrap"});
}

const HemisphereComparison* RunComparison::hemisphere(const std::string& subject, Hemisphere which) const {
  const auto found = std::ranges::find_if(hemispheres, [&](const HemisphereComparison& each) {
    return each.subject == subject && each.hemisphere == which;
  });
  return found == hemispheres.end() ? nullptr : &*found;
}

size_t pairIndex(size_t first, size_t second, size_t runs) {
  return first * runs - first * (first + 1) / 2 + second - first - 1;
}

RunComparison compareRuns(const Study& study, const std::vector<RunFolder>& runs, const ComparisonOptions& options,
                          ProgressReporter& progress) {
  if (runs.size() < 2)
    throw cannotCompare(study.root.string(), "fewer than two runs were chosen", "choose two or more");
  requireKnownRois(study, options);
  RunComparison comparison{.runs = {}, .options = options, .hemispheres = {}, .rois = {}};
  for (const RunFolder& run : runs) {
    const std::string name = run.readMeta().name;
    comparison.runs.push_back({run.id(), name.empty() ? run.id() : name});
  }
  for (const Subject* subject : subjectsOf(study, runs, options))
    for (const HemisphereData& hemisphere : subject->hemispheres) {
      HemisphereJob job(*subject, hemisphere, runs, comparison.runs);
      if (job.columns().empty()) continue;
      size_t vertices = job.columns().size();
      for (const Roi& roi : hemisphere.rois)
        if (isWanted(roi, options)) vertices += roi.columns.size();
      progress.begin("compare " + subject->id + " " + toString(hemisphere.hemisphere), vertices, "vertices");
      comparison.hemispheres.push_back(job.compareVertices(options, progress));
      const Matrix<float> counts = resampleCounts(job.images(), options.resamples, options.seed);
      for (const Roi& roi : hemisphere.rois) {
        if (!isWanted(roi, options)) continue;
        progress.checkCancelled();
        if (auto compared = job.compareRoi(roi, counts)) comparison.rois.push_back(std::move(*compared));
        progress.advance(roi.columns.size());
      }
    }
  if (comparison.hemispheres.empty())
    throw cannotCompare(comparison.runs[0].name + ", " + comparison.runs[1].name,
                        "no vertex is predicted by all of them",
                        "choose runs that share a subject, a hemisphere and an ROI");
  return comparison;
}

}  // namespace corticast
