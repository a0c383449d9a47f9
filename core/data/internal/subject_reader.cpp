#include "core/data/internal/subject_reader.h"

#include <unordered_map>

#include "core/base/text.h"
#include "core/data/internal/pictures.h"
#include "core/data/internal/roi_reader.h"

namespace corticast::internal {
namespace {

namespace fs = std::filesystem;

// A picture in both splits would let a model be scored on what it was trained on.
void warnOfOverlap(const fs::path& folder, const Subject& subject, ProblemList& problems) {
  std::unordered_map<int, const Stimulus*> trained;
  for (const Stimulus& stimulus : subject.trainingImages) trained.emplace(stimulus.nsdId, &stimulus);
  const Stimulus* first = nullptr;
  size_t count = 0;
  for (const Stimulus& stimulus : subject.testImages)
    if (trained.contains(stimulus.nsdId) && count++ == 0) first = &stimulus;
  if (!first) return;
  problems.warning(folder / "test_split/test_images",
                   {first->file,
                    (count == 1 ? "1 test picture is" : thousands(count) + " test pictures are") +
                        std::string(" also among the training pictures, so test scores would flatter the model"),
                    "remove the shared pictures from one of the splits, with their responses"});
}

bool hasMasks(const fs::path& folder, const std::string& id, ProblemList& problems) {
  std::error_code failure;
  const fs::path masks = folder / "roi_masks";
  fs::directory_iterator(masks, failure);
  if (!failure) return true;
  problems.error(masks,
                 {"whole folder", "cannot be read: " + failure.message(),
                  "check that the folder is there and that you may read it"},
                 id);
  return false;
}

std::vector<Stimulus> readTestPictures(const fs::path& folder, const std::string& id, ProblemList& problems) {
  std::error_code ignored;
  const fs::path pictures = folder / "test_split/test_images";
  if (fs::exists(pictures, ignored) || ignored)
    return readPictures(pictures, "test", id + " test pictures", problems).value_or(std::vector<Stimulus>());
  problems.warning(pictures, {"whole folder", "is missing, so there is nothing to predict for a submission",
                              "unpack the test split of the data set there"});
  return {};
}

}  // namespace

std::optional<Subject> readSubject(const fs::path& folder, ProblemList& problems) {
  Subject subject;
  subject.id = folder.filename().string();
  const bool isMasked = hasMasks(folder, subject.id, problems);
  auto training = readPictures(folder / "training_split/training_images", "train", subject.id, problems);
  subject.testImages = readTestPictures(folder, subject.id, problems);
  if (!isMasked) return std::nullopt;

  const auto classes = readRoiClasses(folder / "roi_masks", subject.id, problems);
  HemisphereSource source{.folder = folder, .subject = subject.id, .trainingImages = {}, .testImages = {}};
  if (training) source.trainingImages = training->size();
  if (!subject.testImages.empty()) source.testImages = subject.testImages.size();
  for (const Hemisphere hemisphere : kHemispheres) {
    source.hemisphere = hemisphere;
    if (auto data = readHemisphere(source, classes, problems)) subject.hemispheres.push_back(std::move(*data));
  }
  if (!training) return std::nullopt;
  subject.trainingImages = std::move(*training);
  if (subject.hemispheres.empty()) {
    problems.error(folder, {"whole folder", "neither hemisphere is usable", "mend one of the problems above"},
                   subject.id);
    return std::nullopt;
  }
  warnOfOverlap(folder, subject, problems);
  return subject;
}

}  // namespace corticast::internal
