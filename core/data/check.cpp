#include <algorithm>
#include <optional>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/data/internal/problem_list.h"
#include "core/data/study.h"
#include "core/formats/image.h"

namespace corticast {
namespace {

using internal::ProblemList;

// Pictures decoded between two looks at the stop token.
constexpr size_t kPictureBlock = 64;

void checkResponses(const Responses& responses, ProgressReporter& progress, ProblemList& problems) {
  const ValueCheck check = responses.checkValues(progress);
  if (check.notFinite > 0)
    problems.error(responses.path(),
                   {"row " + std::to_string(check.firstRow) + ", column " + std::to_string(check.firstColumn),
                    thousands(check.notFinite) + (check.notFinite == 1 ? " value is" : " values are") +
                        " NaN, infinite or beyond float32; this is the first",
                    "restore the file from the original download; a model of these vertices would learn nothing"},
                   {});
  if (check.constantColumns > 0)
    problems.warning(
        responses.path(),
        {"column " + std::to_string(check.firstConstantColumn),
         thousands(check.constantColumns) + (check.constantColumns == 1 ? " column has" : " columns have") +
             " the same value for every picture, so no correlation is defined; this is the first",
         "leave these vertices out of figures and means"});
}

struct PictureResult {
  std::optional<Error> failure;
  int width = 0;
  int height = 0;
};

PictureResult decode(const Stimulus& stimulus) {
  PictureResult result;
  try {
    const Image image = readImage(stimulus.path);
    result.width = image.width;
    result.height = image.height;
  } catch (const Error& failure) {
    result.failure = failure;
  }
  return result;
}

std::string sizeText(const PictureResult& picture) {
  return std::to_string(picture.width) + " x " + std::to_string(picture.height);
}

void checkPictures(const std::string& stage, const std::vector<Stimulus>& stimuli, ProgressReporter& progress,
                   ProblemList& problems) {
  progress.begin("check " + stage, stimuli.size(), "pictures");
  std::vector<PictureResult> results(stimuli.size());
  for (size_t first = 0; first < stimuli.size(); first += kPictureBlock) {
    const size_t count = std::min(kPictureBlock, stimuli.size() - first);
    parallelFor(count, 0, [&](size_t i) { results[first + i] = decode(stimuli[first + i]); });
    progress.checkCancelled();
    progress.advance(count);
  }
  const PictureResult* sound = nullptr;
  size_t others = 0;
  size_t firstOther = 0;
  for (size_t i = 0; i < results.size(); ++i) {
    if (results[i].failure) {
      const ErrorParts& parts = results[i].failure->parts();
      problems.error(stimuli[i].path, {"picture data", parts.why, parts.remedy}, {});
    } else if (!sound) {
      sound = &results[i];
    } else if ((results[i].width != sound->width || results[i].height != sound->height) && others++ == 0) {
      firstOther = i;
    }
  }
  if (others > 0)
    problems.warning(stimuli[firstOther].path,
                     {"header",
                      "picture is " + sizeText(results[firstOther]) + ", the first one is " + sizeText(*sound) + "; " +
                          thousands(others) + " of " + thousands(stimuli.size()) + " differ",
                      "use pictures of one size, as the subject saw them"});
}

}  // namespace

std::vector<Problem> checkStudy(const Study& study, ProgressReporter& progress) {
  ProblemList problems(study.root);
  for (const Subject& subject : study.subjects) {
    for (const HemisphereData& data : subject.hemispheres) {
      checkResponses(*data.training, progress, problems);
      if (data.test) checkResponses(*data.test, progress, problems);
    }
    checkPictures(subject.id + " training pictures", subject.trainingImages, progress, problems);
    checkPictures(subject.id + " test pictures", subject.testImages, progress, problems);
  }
  return problems.problems();
}

}  // namespace corticast
