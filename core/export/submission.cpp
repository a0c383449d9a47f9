#include "core/export/submission.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/base/matrix.h"
#include "core/data/study.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/formats/zip.h"

namespace corticast {
namespace {

Error cannotSubmit(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "put a submission together", .where = where, .why = why, .remedy = remedy});
}

void requireFit(const SubmissionSource& source, const Study& study) {
  const HemisphereData* hemisphere = study.subject(source.subject).hemisphere(source.hemisphere);
  const std::string where = source.run.path().string() + ", " + source.group;
  if (!hemisphere)
    throw cannotSubmit(where, "the study has no " + toString(source.hemisphere) + " of " + source.subject,
                       "use runs of this study");
  if (!source.columns.empty() && source.columns.back() >= hemisphere->vertices.size())
    throw cannotSubmit(where,
                       "it predicts column " + std::to_string(source.columns.back()) + ", the study has " +
                           std::to_string(hemisphere->vertices.size()) + " vertices there",
                       "use runs of this study");
}

std::vector<SubmissionSource> sourcesOf(const RunFolder& run, const Study& study) {
  if (run.readState().status != RunStatus::Done)
    throw cannotSubmit(run.path().string(), "the run is " + toString(run.readState().status) + ", not done",
                       "let it finish, or leave it out");
  const auto layout = run.readLayout();
  if (!layout) throw cannotSubmit(run.path().string(), "it has no groups.json", "train it again");
  const Hdf5File scores = Hdf5File::open(run.scoresFile());
  std::vector<SubmissionSource> sources;
  for (size_t c = 0; c < layout->cohorts.size(); ++c)
    for (const RunGroup& group : layout->cohorts[c].groups) {
      // A group that failed before its first epoch ended has nothing to predict with.
      if (!scores.has("/correlation/" + group.id)) continue;
      const auto correlation = scores.read<float>("/correlation/" + group.id);
      size_t first = 0;
      for (const RunPart& part : group.parts) {
        SubmissionSource source{run, group.id, part.subject, part.hemisphere, first, {}, {}};
        const auto columns = layout->columns[c].begin() + static_cast<std::ptrdiff_t>(part.offset);
        source.columns.assign(columns, columns + static_cast<std::ptrdiff_t>(part.columnCount));
        source.correlation.assign(correlation.begin() + static_cast<std::ptrdiff_t>(first),
                                  correlation.begin() + static_cast<std::ptrdiff_t>(first + part.columnCount));
        first += part.columnCount;
        requireFit(source, study);
        sources.push_back(std::move(source));
      }
    }
  return sources;
}

SubmissionPart choose(const Subject& subject, const HemisphereData& hemisphere,
                      const std::vector<SubmissionSource>& sources) {
  SubmissionPart part{.subject = subject.id,
                      .hemisphere = hemisphere.hemisphere,
                      .testImages = subject.testImages.size(),
                      .choice = std::vector<int32_t>(hemisphere.vertices.size(), -1),
                      .columnsOfRun = {},
                      .meanCorrelation = {}};
  std::vector<float> best(hemisphere.vertices.size(), -std::numeric_limits<float>::infinity());
  for (size_t s = 0; s < sources.size(); ++s) {
    const SubmissionSource& source = sources[s];
    if (source.subject != part.subject || source.hemisphere != part.hemisphere) continue;
    for (size_t i = 0; i < source.columns.size(); ++i) {
      // An undefined r (a constant prediction) loses against any other, yet is better than nobody.
      const float r = std::isnan(source.correlation[i]) ? -2.0F : source.correlation[i];
      if (r <= best[source.columns[i]]) continue;
      best[source.columns[i]] = r;
      part.choice[source.columns[i]] = static_cast<int32_t>(s);
    }
  }
  double sum = 0;
  size_t defined = 0;
  for (size_t column = 0; column < part.choice.size(); ++column) {
    if (part.choice[column] < 0) continue;
    ++part.columnsOfRun[sources[static_cast<size_t>(part.choice[column])].run.id()];
    if (best[column] < -1) continue;
    sum += best[column];
    ++defined;
  }
  if (defined > 0) part.meanCorrelation = sum / static_cast<double>(defined);
  return part;
}

/// The chosen columns of all sources, side by side: [test images x vertices].
Matrix<float> assemble(const SubmissionPlan& plan, const SubmissionPart& part) {
  Matrix<float> prediction(part.testImages, part.choice.size());
  for (size_t s = 0; s < plan.sources.size(); ++s) {
    const SubmissionSource& source = plan.sources[s];
    if (std::ranges::find(part.choice, static_cast<int32_t>(s)) == part.choice.end()) continue;
    const Matrix<float> own = Hdf5File::open(source.run.predictionsFile()).readMatrix("/test/" + source.group);
    if (own.rows() != part.testImages || own.cols() < source.firstColumn + source.columns.size())
      throw cannotSubmit(source.run.predictionsFile().string() + ", /test/" + source.group,
                         "predictions are " + std::to_string(own.rows()) + " x " + std::to_string(own.cols()) +
                             ", needed are " + std::to_string(part.testImages) + " x " +
                             std::to_string(source.columns.size()),
                         "train the run again with this study");
    for (size_t i = 0; i < source.columns.size(); ++i) {
      if (part.choice[source.columns[i]] != static_cast<int32_t>(s)) continue;
      for (size_t row = 0; row < own.rows(); ++row)
        prediction(row, source.columns[i]) = own(row, source.firstColumn + i);
    }
  }
  return prediction;
}

}  // namespace

size_t SubmissionPart::covered() const {
  return choice.size() - static_cast<size_t>(std::ranges::count(choice, -1));
}

std::string submissionEntry(const std::string& subject, Hemisphere hemisphere) {
  return subject + "/" + toString(hemisphere) + "_pred_test.npy";
}

SubmissionPlan planSubmission(const Study& study, const std::vector<RunFolder>& runs) {
  if (runs.empty()) throw cannotSubmit(study.root.string(), "no run was chosen", "name at least one finished run");
  SubmissionPlan plan;
  for (const RunFolder& run : runs)
    for (SubmissionSource& source : sourcesOf(run, study)) plan.sources.push_back(std::move(source));
  for (const Subject& subject : study.subjects)
    for (const HemisphereData& hemisphere : subject.hemispheres)
      plan.parts.push_back(choose(subject, hemisphere, plan.sources));
  return plan;
}

void writeSubmission(const std::filesystem::path& zip, const SubmissionPlan& plan, ProgressReporter& progress) {
  ZipWriter writer(zip);
  progress.begin("write submission", plan.parts.size(), "hemispheres");
  for (const SubmissionPart& part : plan.parts) {
    progress.checkCancelled();
    if (part.testImages == 0)
      throw cannotSubmit(part.subject, "the study has no test images of it", "restore test_split/test_images");
    const Matrix<float> prediction = assemble(plan, part);
    writer.addText(submissionEntry(part.subject, part.hemisphere), npyBytes(prediction.view()));
    progress.advance();
  }
  writer.finish();
}

}  // namespace corticast
