#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/evaluation/correlation.h"
#include "core/export/internal/submission_parts.h"
#include "core/formats/gifti.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/formats/zip.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

constexpr size_t kRows = 64;          // of each source at a time: 5 MB of a whole hemisphere
constexpr size_t kFewestImages = 20;  // to correlate over

/// Adds the shares of a hemisphere up, for any pictures, with each run's file opened once.
class Mixer {
 public:
  Mixer(const SubmissionPlan& plan, const SubmissionPart& part) : m_plan(plan), m_part(part) {
    for (const SubmissionShare& share : part.shares) {
      const RunFolder& run = plan.sources[share.source].run;
      if (!m_files.contains(run.id())) m_files.emplace(run.id(), Hdf5File::open(run.predictionsFile()));
    }
  }

  [[nodiscard]] const Hdf5File& fileOf(const SubmissionShare& share) const {
    return m_files.at(m_plan.sources[share.source].run.id());
  }
  [[nodiscard]] std::vector<std::string> images(const SubmissionShare& share, const std::string& split) const {
    const std::string name = imagesName(m_part.subject, split);
    return fileOf(share).has(name) ? fileOf(share).readTexts(name) : std::vector<std::string>();
  }

  /// out [rows x vertices] gets the weighted sum; rowsOf(share) are the rows of that source's predictions.
  template <typename RowsOf>
  void mix(const std::string& split, const RowsOf& rowsOf, MatrixView<float> out) const {
    for (size_t r = 0; r < out.rows(); ++r) std::ranges::fill(out.row(r), 0.0F);
    for (const SubmissionShare& share : m_part.shares) {
      const SubmissionSource& source = m_plan.sources[share.source];
      const std::string& name = split == "test" ? source.test : source.validation;
      const Matrix<float> own = read(fileOf(share), name, rowsOf(share), source);
      for (size_t r = 0; r < out.rows(); ++r)
        for (size_t i = 0; i < share.weight.size(); ++i)
          if (share.weight[i] > 0) out(r, source.columns[i]) += share.weight[i] * own(r, source.firstColumn + i);
    }
  }

 private:
  static Matrix<float> read(const Hdf5File& file, const std::string& name, const std::vector<uint64_t>& rows,
                            const SubmissionSource& source) {
    const auto shape = file.info(name).shape;
    if (shape.size() != 2 || shape[1] < source.firstColumn + source.columns.size() ||
        std::ranges::any_of(rows, [&](uint64_t row) { return row >= shape[0]; }))
      throw cannotSubmit(source.run.predictionsFile().string() + ", " + name,
                         "the predictions are of other pictures or vertices than the study's",
                         "train the run again with this study");
    Matrix<float> values(rows.size(), shape[1]);
    for (size_t first = 0; first < rows.size();) {
      size_t count = 1;
      while (first + count < rows.size() && rows[first + count] == rows[first] + count) ++count;
      file.readRows(name, rows[first], values.view().block(first, 0, count, values.cols()));
      first += count;
    }
    return values;
  }

  const SubmissionPlan& m_plan;
  const SubmissionPart& m_part;
  std::map<std::string, Hdf5File> m_files;  // by run
};

void requireTestImages(const Mixer& mixer, const SubmissionPlan& plan, const SubmissionPart& part,
                       const Subject& subject) {
  for (const SubmissionShare& share : part.shares) {
    const std::vector<std::string> images = mixer.images(share, "test");
    const bool fits = images.empty() || std::ranges::equal(images, subject.testImages, {}, {}, &Stimulus::file);
    if (!fits)
      throw cannotSubmit(plan.sources[share.source].run.path().string(),
                         "it predicted " + std::to_string(images.size()) + " test pictures of " + part.subject +
                             ", which are not the study's " + std::to_string(subject.testImages.size()),
                         "train the run again with this study");
  }
}

Matrix<float> predictionOf(const SubmissionPlan& plan, const SubmissionPart& part, const Subject& subject,
                           const ProgressReporter& progress) {
  const Mixer mixer(plan, part);
  requireTestImages(mixer, plan, part, subject);
  Matrix<float> prediction(part.testImages, part.choice.size());
  for (size_t first = 0; first < part.testImages; first += kRows) {
    progress.checkCancelled();
    std::vector<uint64_t> rows;
    for (size_t row = first; row < std::min(part.testImages, first + kRows); ++row) rows.push_back(row);
    mixer.mix(
        "test", [&](const SubmissionShare&) { return rows; },
        prediction.view().block(first, 0, rows.size(), prediction.cols()));
  }
  return prediction;
}

/// Rows of one picture: in the study, and in the predictions of each share.
struct CommonImage {
  uint32_t row = 0;
  std::map<size_t, uint64_t> rowOf;  ///< by source
};

std::vector<CommonImage> commonImages(const Mixer& mixer, const SubmissionPart& part, const Subject& subject) {
  std::map<std::string, CommonImage> byName;
  for (uint32_t row = 0; row < subject.trainingImages.size(); ++row) byName[subject.trainingImages[row].file].row = row;
  for (const SubmissionShare& share : part.shares) {
    const std::vector<std::string> images = mixer.images(share, "validation");
    for (uint64_t row = 0; row < images.size(); ++row)
      if (const auto found = byName.find(images[row]); found != byName.end()) found->second.rowOf[share.source] = row;
  }
  std::vector<CommonImage> common;
  for (auto& [name, image] : byName)
    if (image.rowOf.size() == part.shares.size()) common.push_back(std::move(image));
  return common;
}

void measure(const SubmissionPlan& plan, const HemisphereData& hemisphere, const Subject& subject, SubmissionPart& part,
             const ProgressReporter& progress) {
  const Mixer mixer(plan, part);
  const std::vector<CommonImage> images = commonImages(mixer, part, subject);
  if (part.shares.empty() || images.size() < kFewestImages) return;
  std::vector<uint32_t> columns(part.choice.size());
  for (uint32_t column = 0; column < columns.size(); ++column) columns[column] = column;
  PearsonAccumulator accumulator(columns.size());
  for (size_t first = 0; first < images.size(); first += kRows) {
    progress.checkCancelled();
    const std::span<const CommonImage> block = std::span(images).subspan(first, std::min(kRows, images.size() - first));
    Matrix<float> mixed(block.size(), columns.size()), responses(block.size(), columns.size());
    mixer.mix(
        "validation",
        [&](const SubmissionShare& share) {
          std::vector<uint64_t> rows;
          for (const CommonImage& image : block) rows.push_back(image.rowOf.at(share.source));
          return rows;
        },
        mixed.view());
    std::vector<uint32_t> rows;
    for (const CommonImage& image : block) rows.push_back(image.row);
    hemisphere.training->gather(rows, columns, responses.view());
    accumulator.add(mixed.view(), responses.view());
  }
  hemisphere.training->release();
  part.correlation = accumulator.correlation();
  part.measuredImages = images.size();
}

std::vector<float> onFsaverage(const HemisphereData& hemisphere, const std::vector<float>& values) {
  std::vector<float> map(kFsaverageVertices, std::numeric_limits<float>::quiet_NaN());
  for (size_t column = 0; column < values.size(); ++column) map[hemisphere.vertices[column]] = values[column];
  return map;
}

std::vector<float> runNumbers(const SubmissionPlan& plan, const SubmissionPart& part) {
  std::vector<float> numbers;
  for (const int32_t source : part.choice) {
    const auto at =
        source < 0 ? plan.runs.end() : std::ranges::find(plan.runs, plan.sources[static_cast<size_t>(source)].run.id());
    numbers.push_back(source < 0 ? 0.0F : static_cast<float>(at - plan.runs.begin() + 1));
  }
  return numbers;
}

}  // namespace

void measureAverages(SubmissionPlan& plan, const Study& study, ProgressReporter& progress) {
  if (plan.options.rule != SubmissionRule::Average) return;
  progress.begin("correlate averages", plan.parts.size(), "hemispheres");
  for (SubmissionPart& part : plan.parts) {
    const Subject& subject = study.subject(part.subject);
    const HemisphereData& hemisphere = *subject.hemisphere(part.hemisphere);
    measure(plan, hemisphere, subject, part, progress);
    summarisePart(plan, hemisphere, part);
    progress.advance();
  }
}

void writeSubmission(const std::filesystem::path& zip, const SubmissionPlan& plan, const Study& study,
                     ProgressReporter& progress) {
  ZipWriter writer(zip);
  progress.begin("write submission", plan.parts.size(), "hemispheres");
  for (const SubmissionPart& part : plan.parts) {
    progress.checkCancelled();
    if (part.testImages == 0)
      throw cannotSubmit(part.subject, "the study has no test images of it", "restore test_split/test_images");
    const Matrix<float> prediction = predictionOf(plan, part, study.subject(part.subject), progress);
    writer.addText(submissionEntry(part.subject, part.hemisphere), npyBytes(prediction.view()));
    progress.advance();
  }
  writer.finish();
}

std::vector<std::filesystem::path> writeSubmissionMaps(const std::filesystem::path& out, const SubmissionPlan& plan,
                                                       const Study& study) {
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> files;
  for (const SubmissionPart& part : plan.parts) {
    const HemisphereData& hemisphere = *study.subject(part.subject).hemisphere(part.hemisphere);
    for (const auto& [kind, label, values] :
         {std::tuple("source", "number of the run that predicts", runNumbers(plan, part)),
          std::tuple("correlation", "validation correlation r", part.correlation)}) {
      const std::string stem = part.subject + "-" + toString(part.hemisphere) + "-" + kind;
      const std::vector<float> map = onFsaverage(hemisphere, values);
      files.push_back(out / (stem + ".npy"));
      writeNpy<float>(files.back(), map, {map.size()});
      files.push_back(out / (stem + ".func.gii"));
      const GiftiMap gifti{.name = label, .values = map};
      writeGiftiMaps(files.back(), part.hemisphere, std::span(&gifti, 1));
    }
  }
  std::map<std::string, std::string> names;
  for (const SubmissionSource& source : plan.sources) names[source.run.id()] = source.run.readMeta().name;
  std::string list = "number,run,name\n0,,nobody\n";
  for (size_t i = 0; i < plan.runs.size(); ++i) {
    std::string name = names[plan.runs[i]];
    std::ranges::replace(name, '"', '\'');
    list += std::to_string(i + 1) + "," + plan.runs[i] + ",\"" + name + "\"\n";
  }
  files.push_back(out / "runs.csv");
  writeFileAtomically(files.back(), list);
  return files;
}

}  // namespace corticast
