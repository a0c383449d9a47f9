#include "core/runs/run_results.h"

#include <cmath>
#include <limits>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/evaluation/correlation.h"
#include "core/formats/hdf5_file.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTrained = "trained_groups";

fs::path resultsFolder(const RunFolder& folder) {
  return folder.path() / "results";
}

fs::path resultsFile(const RunFolder& folder, const RunCohort& cohort) {
  return resultsFolder(folder) / (cohort.id + ".h5");
}

std::string imagesName(const std::string& subject, const char* split) {
  return "/images/" + subject + "/" + split;
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

void writeScores(Hdf5File& file, const std::string& group, const PearsonAccumulator& accumulator, int bestEpoch) {
  const std::vector<float> correlation = accumulator.correlation();
  const std::vector<float> determination = accumulator.determination();
  for (const auto& [kind, values] : {std::pair("/correlation/", &correlation), std::pair("/r2/", &determination)}) {
    file.write<float>(kind + group, std::span(*values), {values->size()});
    file.setAttribute(kind + group, "best_epoch", int64_t{bestEpoch});
  }
}

void writeGroup(Hdf5File& file, CohortJob& job, size_t index, const std::string& id, int bestEpoch) {
  const Matrix<float> validation = job.predictValidation(index);
  if (validation.rows() > 0) {
    PearsonAccumulator accumulator(validation.cols());
    accumulator.add(validation.view(), job.validationResponses(index).view());
    file.write("/validation/" + id, validation.view());
    writeScores(file, id, accumulator, bestEpoch);
  }
  const Matrix<float> test = job.predictTest(index);
  if (test.rows() > 0) file.write("/test/" + id, test.view());
}

void copyDataset(const Hdf5File& from, Hdf5File& to, const std::string& name) {
  const std::vector<float> values = from.read<float>(name);
  to.write<float>(name, std::span(values), from.info(name).shape);
  if (const auto epoch = from.intAttribute(name, "best_epoch")) to.setAttribute(name, "best_epoch", *epoch);
}

void copyGroups(const Hdf5File& from, Hdf5File& to, const std::string& folder) {
  if (!from.has(folder)) return;
  for (const std::string& id : from.list(folder)) copyDataset(from, to, folder + "/" + id);
}

void copyImages(const Hdf5File& from, Hdf5File& to) {
  if (!from.has("/images")) return;
  for (const std::string& subject : from.list("/images"))
    for (const std::string& split : from.list("/images/" + subject)) {
      const std::string name = imagesName(subject, split.c_str());
      if (!to.has(name)) to.writeTexts(name, from.readTexts(name));
    }
}

}  // namespace

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
    const auto writeImages = [&](const char* split, const std::vector<std::string>& images) {
      if (!images.empty()) file.writeTexts(imagesName(job.subject(), split), images);
    };
    writeImages("validation", job.validationImages());
    writeImages("test", job.testImages());
    int64_t trained = 0;
    for (size_t i = 0; i < cohort.groups.size(); ++i) {
      if (stop.stop_requested()) throw Cancelled();
      if (bestEpochs[i] <= 0) continue;
      writeGroup(file, job, i, cohort.groups[i].id, bestEpochs[i]);
      ++trained;
    }
    file.setAttribute("/", kTrained, trained);
  });
}

RunSummary mergeResults(const RunFolder& folder, const RunLayout& layout) {
  std::vector<Hdf5File> parts;
  for (const RunCohort& cohort : layout.cohorts) parts.push_back(Hdf5File::open(resultsFile(folder, cohort)));
  writeHdf5(folder.predictionsFile(), [&](Hdf5File& file) {
    for (const Hdf5File& part : parts) {
      copyImages(part, file);
      copyGroups(part, file, "/validation");
      copyGroups(part, file, "/test");
    }
  });
  writeHdf5(folder.scoresFile(), [&](Hdf5File& file) {
    for (const Hdf5File& part : parts) {
      copyGroups(part, file, "/correlation");
      copyGroups(part, file, "/r2");
    }
  });
  RunSummary summary;
  for (const Hdf5File& part : parts)
    summary.trainedGroups += static_cast<size_t>(part.intAttribute("/", kTrained).value_or(0));
  double sum = 0;
  size_t columns = 0;
  const Hdf5File scores = Hdf5File::open(folder.scoresFile());
  for (const std::string& id : scores.has("/correlation") ? scores.list("/correlation") : std::vector<std::string>()) {
    for (const float r : scores.read<float>("/correlation/" + id)) {
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
