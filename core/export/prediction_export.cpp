#include "core/export/prediction_export.h"

#include <set>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"

namespace corticast {
namespace {

Error cannotPredict(const RunFolder& run, const std::string& why, const std::string& remedy) {
  return Error({.what = "write predictions", .where = run.path().string(), .why = why, .remedy = remedy});
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
  std::set<std::string> subjects;
  for (size_t c = 0; c < layout->cohorts.size(); ++c)
    for (const RunGroup& group : layout->cohorts[c].groups) {
      const std::string name = "/" + split + "/" + group.id;
      if (!predictions.has(name)) continue;
      files.push_back(out / (group.id + ".npy"));
      writeNpy(files.back(), predictions.readMatrix(name).view());
      std::vector<uint32_t> columns;
      for (const RunPart& part : group.parts) {
        const auto first = layout->columns[c].begin() + static_cast<std::ptrdiff_t>(part.offset);
        columns.insert(columns.end(), first, first + static_cast<std::ptrdiff_t>(part.columnCount));
        subjects.insert(part.subject);
      }
      files.push_back(out / (group.id + ".columns.npy"));
      writeNpy<uint32_t>(files.back(), columns, {columns.size()});
    }
  if (files.empty()) throw cannotPredict(run, "it predicted no " + split + " pictures", "check the study's test_split");
  for (const std::string& subject : subjects) {
    files.push_back(out / (subject + ".images.txt"));
    writeFileAtomically(files.back(), join(predictions.readTexts("/images/" + subject + "/" + split), "\n") + "\n");
  }
  return files;
}

}  // namespace corticast
