#include "core/runs/run_results.h"

#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/evaluation/correlation.h"
#include "core/formats/hdf5_file.h"
#include "core/runs/internal/fold_results.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

fs::path resultsFolder(const RunFolder& folder) {
  return folder.path() / "results";
}

fs::path resultsFile(const RunFolder& folder, const RunCohort& cohort) {
  return resultsFolder(folder) / (cohort.id + ".h5");
}

void writeHdf5(const fs::path& path, const std::function<void(Hdf5File&)>& fill) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  writeFileAtomically(path, [&](const fs::path& temporary) {
    Hdf5File file = Hdf5File::create(temporary);
    fill(file);
    file.close();
  });
}

void writeScores(Hdf5File& file, const std::string& target, const std::vector<float>& correlation,
                 const std::vector<float>& determination, int64_t bestEpoch) {
  for (const auto& [kind, values] : {std::pair("/correlation/", &correlation), std::pair("/r2/", &determination)}) {
    file.write<float>(kind + target, std::span(*values), {values->size()});
    file.setAttribute(kind + target, "best_epoch", bestEpoch);
  }
}

void append(std::vector<float>& to, const std::vector<float>& values) {
  to.insert(to.end(), values.begin(), values.end());
}

void writeGroup(Hdf5File& file, CohortJob& job, size_t index, const RunGroup& group, int bestEpoch) {
  std::vector<float> correlation, determination;
  for (const std::string& subject : group.subjects()) {
    const Matrix<float> validation = job.predictValidation(index, subject);
    if (validation.rows() > 0) {
      PearsonAccumulator accumulator(validation.cols());
      accumulator.add(validation.view(), job.validationResponses(index, subject).view());
      file.write(predictionName("validation", group, subject), validation.view());
      append(correlation, accumulator.correlation());
      append(determination, accumulator.determination());
      if (group.fold > 0) writeFoldMoments(file, group, subject, accumulator);
    }
    const Matrix<float> test = job.predictTest(index, subject);
    if (test.rows() > 0) file.write(predictionName("test", group, subject), test.view());
  }
  if (!correlation.empty()) writeScores(file, group.targetId(), correlation, determination, bestEpoch);
}

void copyDataset(const Hdf5File& from, Hdf5File& to, const std::string& name) {
  if (!from.has(name)) return;
  const std::vector<float> values = from.read<float>(name);
  to.write<float>(name, std::span(values), from.info(name).shape);
  if (const auto epoch = from.intAttribute(name, "best_epoch")) to.setAttribute(name, "best_epoch", *epoch);
}

/// Results of every cohort, and of every target where they lie.
struct Parts {
  std::vector<Hdf5File> files;  ///< per cohort
  const RunLayout& layout;

  /// The cohorts' files with results of a target, one per fold.
  [[nodiscard]] std::vector<const Hdf5File*> of(const std::string& target) const {
    std::vector<const Hdf5File*> found;
    for (const auto& [cohort, group] : layout.groupsOf(target))
      if (files[cohort].has("/correlation/" + target)) found.push_back(&files[cohort]);
    return found;
  }
};

void copyImages(const Hdf5File& from, Hdf5File& to, const ImageNames& foldImages) {
  if (!from.has("/images")) return;
  for (const std::string& subject : from.list("/images"))
    for (const std::string& split : from.list("/images/" + subject)) {
      const std::string name = imagesName(subject, split);
      if (to.has(name)) continue;
      const auto all = foldImages.find(subject);
      const bool isOfFolds = split == "validation" && all != foldImages.end();
      to.writeTexts(name, isOfFolds ? all->second : from.readTexts(name));
    }
}

/// Calls `take` with each target that has all its results: (group, its cohorts' files).
void forEachTarget(const Parts& parts,
                   const std::function<void(const RunGroup&, const std::vector<const Hdf5File*>&)>& take) {
  for (const auto& [cohort, index] : parts.layout.targets()) {
    const RunGroup& group = parts.layout.cohorts[cohort].groups[index];
    const auto files = parts.of(group.targetId());
    if (files.size() == parts.layout.groupsOf(group.targetId()).size()) take(group, files);
  }
}

void mergePredictions(const RunFolder& folder, const Parts& parts, const std::stop_token& stop) {
  const ImageNames foldImages = parts.layout.hasFolds() ? imagesOfFolds(parts.files) : ImageNames();
  writeHdf5(folder.predictionsFile(), [&](Hdf5File& file) {
    for (const Hdf5File& part : parts.files) copyImages(part, file, foldImages);
    forEachTarget(parts, [&](const RunGroup& group, const std::vector<const Hdf5File*>& files) {
      for (const std::string& subject : group.subjects()) {
        if (group.fold > 0) {
          joinFolds(file, group, subject, files, foldImages.at(subject), stop);
          continue;
        }
        for (const char* split : {"validation", "test"})
          copyDataset(*files.front(), file, predictionName(split, group, subject));
      }
    });
  });
}

void mergeScores(const RunFolder& folder, const Parts& parts) {
  writeHdf5(folder.scoresFile(), [&](Hdf5File& file) {
    forEachTarget(parts, [&](const RunGroup& group, const std::vector<const Hdf5File*>& files) {
      if (group.fold > 0) {
        const FoldScores scores = joinFoldScores(group, files);
        writeScores(file, group.targetId(), scores.correlation, scores.determination, scores.bestEpoch);
        file.write("/folds/" + group.targetId(), scores.correlationOfFold.view());
        return;
      }
      for (const char* kind : {"/correlation/", "/r2/"}) copyDataset(*files.front(), file, kind + group.targetId());
    });
  });
}

}  // namespace

std::string imagesName(const std::string& subject, const std::string& split) {
  return "/images/" + subject + "/" + split;
}

std::string predictionName(const std::string& split, const RunGroup& group, const std::string& subject) {
  return "/" + split + "/" + group.targetId() + (group.subjects().size() > 1 ? "/" + subject : "");
}

void writeCohortModels(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                       const std::vector<int>& bestEpochs) {
  std::vector<NamedTensor> tensors = job.sharedTensors();
  std::vector<std::string> ids;
  for (size_t i = 0; i < cohort.groups.size(); ++i) {
    if (bestEpochs[i] <= 0) continue;
    ids.push_back(cohort.groups[i].id);
    for (NamedTensor& tensor : job.trainer().bestModel(i)) {
      tensor.name = cohort.groups[i].id + "/" + tensor.name;
      tensors.push_back(std::move(tensor));
    }
  }
  std::error_code ignored;
  fs::create_directories(folder.models(), ignored);
  writeSafetensors(folder.modelFile(cohort.id), tensors,
                   {{"format", "corticast-models"}, {"cohort", cohort.id}, {"groups", join(ids, ",")}});
}

void writeCohortResults(const RunFolder& folder, const RunCohort& cohort, CohortJob& job,
                        const std::vector<int>& bestEpochs, const std::stop_token& stop) {
  writeHdf5(resultsFile(folder, cohort), [&](Hdf5File& file) {
    for (const std::string& subject : job.subjects())
      for (const auto& [split, images] :
           {std::pair("validation", job.validationImages(subject)), std::pair("test", job.testImages(subject))})
        if (!images.empty()) file.writeTexts(imagesName(subject, split), images);
    for (size_t i = 0; i < cohort.groups.size(); ++i) {
      if (stop.stop_requested()) throw Cancelled();
      if (bestEpochs[i] <= 0) continue;
      writeGroup(file, job, i, cohort.groups[i], bestEpochs[i]);
    }
  });
}

RunSummary mergeResults(const RunFolder& folder, const RunLayout& layout, const std::stop_token& stop) {
  Parts parts{.files = {}, .layout = layout};
  for (const RunCohort& cohort : layout.cohorts) parts.files.push_back(Hdf5File::open(resultsFile(folder, cohort)));
  mergePredictions(folder, parts, stop);
  mergeScores(folder, parts);
  RunSummary summary;
  double sum = 0;
  size_t columns = 0;
  const Hdf5File scores = Hdf5File::open(folder.scoresFile());
  for (const auto& [cohort, index] : layout.targets()) {
    const std::string& target = layout.cohorts[cohort].groups[index].targetId();
    const size_t found = parts.of(target).size(), wanted = layout.groupsOf(target).size();
    summary.trainedGroups += found == wanted ? wanted : 0;
    if (found > 0 && found < wanted) summary.withoutAllFolds.push_back(target);
    if (!scores.has("/correlation/" + target)) continue;
    for (const float r : scores.read<float>("/correlation/" + target)) {
      if (std::isnan(r)) continue;
      sum += r;
      ++columns;
    }
  }
  summary.meanCorrelation = columns > 0 ? sum / static_cast<double>(columns) : std::numeric_limits<double>::quiet_NaN();
  return summary;
}

void removeResults(const RunFolder& folder) {
  std::error_code ignored;
  fs::remove_all(resultsFolder(folder), ignored);
}

void discardResultsExcept(const RunFolder& folder, const std::vector<RunCohort>& cohorts, size_t count) {
  std::set<fs::path> kept;
  for (size_t c = 0; c < std::min(count, cohorts.size()); ++c) kept.insert(resultsFile(folder, cohorts[c]));
  std::vector<fs::path> extra{folder.predictionsFile(), folder.scoresFile()};
  std::error_code failure;
  for (fs::directory_iterator entry(resultsFolder(folder), failure), end; !failure && entry != end;
       entry.increment(failure))
    if (!kept.contains(entry->path())) extra.push_back(entry->path());
  for (const fs::path& path : extra) fs::remove(path, failure);
}

}  // namespace corticast
