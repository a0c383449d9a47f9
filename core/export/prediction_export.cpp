#include "core/export/prediction_export.h"

#include <algorithm>
#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "core/runs/run_results.h"

namespace corticast {
namespace {

constexpr uint64_t kRows = 64;

Error cannotPredict(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error({.what = "write predictions", .where = run.path().string(), .why = why, .remedy = remedy});
}

/// One model's predictions of one subject and their columns; returns the files.
std::vector<std::filesystem::path> writeGroup(const Hdf5File& predictions, const std::string& name,
                                              const std::filesystem::path& stem, const std::vector<uint32_t>& columns) {
  const auto shape = predictions.info(name).shape;
  const std::filesystem::path values = stem.string() + ".npy", indices = stem.string() + ".columns.npy";
  NpyWriter writer(values, shape.at(1));
  for (uint64_t first = 0; first < shape[0]; first += kRows) {
    Matrix<float> block(std::min(kRows, shape[0] - first), shape[1]);
    predictions.readRows(name, first, block.view());
    writer.append(std::as_const(block).view());
  }
  writer.commit();
  writeNpy<uint32_t>(indices, columns, {columns.size()});
  return {values, indices};
}

}  // namespace

std::vector<std::filesystem::path> writePredictions(const RunFolder& run, const std::string& split,
                                                    const std::filesystem::path& out) {
  if (split != "test" && split != "validation")
    throw cannotPredict(run, "there is no split \"" + split + "\"", "choose test or validation");
  const auto layout = run.readLayout();
  if (!layout || !std::filesystem::exists(run.predictionsFile()))
    throw cannotPredict(run, "it has no predictions; the run is " + toString(run.readState().status),
                        "let the run finish");
  const Hdf5File predictions = Hdf5File::open(run.predictionsFile());
  std::filesystem::create_directories(out);
  std::vector<std::filesystem::path> files;
  std::set<std::string> written;
  for (const auto& [cohort, index] : layout->targets()) {
    const RunGroup& group = layout->cohorts[cohort].groups[index];
    const std::vector<std::string> subjects = group.subjects();
    for (const std::string& subject : subjects) {
      const std::string name = predictionName(split, group, subject);
      if (!predictions.has(name)) continue;
      std::vector<uint32_t> columns;
      for (const RunPart& part : group.parts) {
        if (part.subject != subject) continue;
        const auto first = layout->columns[cohort].begin() + static_cast<std::ptrdiff_t>(part.offset);
        columns.insert(columns.end(), first, first + static_cast<std::ptrdiff_t>(part.columnCount));
      }
      const std::string stem = group.targetId() + (subjects.size() > 1 ? "." + subject : "");
      for (const std::filesystem::path& file : writeGroup(predictions, name, out / stem, columns))
        files.push_back(file);
      written.insert(subject);
    }
  }
  if (files.empty()) throw cannotPredict(run, "it predicted no " + split + " pictures", "check the study's test_split");
  for (const std::string& subject : written) {
    files.push_back(out / (subject + ".images.txt"));
    writeFileAtomically(files.back(), join(predictions.readTexts(imagesName(subject, split)), "\n") + "\n");
  }
  return files;
}

}  // namespace corticast
