#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/data/internal/roi_reader.h"
#include "core/data/internal/subject_reader.h"
#include "core/formats/npy.h"

namespace corticast::internal {
namespace {

namespace fs = std::filesystem;

const char* const kUseOriginal = "restore the file from the original download";

std::optional<std::vector<uint32_t>> readVertices(const fs::path& file, const std::string& owner,
                                                  ProblemList& problems) {
  try {
    const auto mask = readNpyVector<int64_t>(file);
    if (mask.size() != kFsaverageVertices) {
      problems.error(file,
                     {"header",
                      "has " + thousands(mask.size()) + " entries; a hemisphere of fsaverage has " +
                          thousands(kFsaverageVertices) + " vertices",
                      kUseOriginal},
                     owner);
      return std::nullopt;
    }
    std::vector<uint32_t> vertices;
    for (size_t v = 0; v < mask.size(); ++v)
      if (mask[v] != 0) vertices.push_back(static_cast<uint32_t>(v));
    if (!vertices.empty()) return vertices;
    problems.error(file, {"whole file", "marks no vertex: every entry is 0", kUseOriginal}, owner);
  } catch (const Error& failure) {
    problems.failed(file, "whole file", failure, owner);
  }
  return std::nullopt;
}

// Null unless the file fits the pictures and the mask.
std::shared_ptr<const Responses> openResponses(const fs::path& file, std::optional<size_t> images, size_t columns,
                                               const std::string& leftOut, ProblemList& problems) {
  try {
    auto responses = Responses::open(file);
    const std::string shape = thousands(responses->rows()) + " x " + thousands(responses->cols());
    if (responses->cols() != columns) {
      problems.error(
          file,
          {"header", "responses are " + shape + ", but the all-vertices mask marks " + thousands(columns) + " vertices",
           "restore the responses and the mask from the original download"},
          leftOut);
      return nullptr;
    }
    if (images && responses->rows() != *images) {
      problems.error(file,
                     {"header", "responses are " + shape + ", but there are " + thousands(*images) + " pictures",
                      "restore the pictures or the responses from the original download: row i belongs to picture i"},
                     leftOut);
      return nullptr;
    }
    return responses;
  } catch (const Error& failure) {
    problems.failed(file, "header", failure, leftOut);
    return nullptr;
  }
}

// The release script stores a fraction, published tables a percentage.
std::vector<float> readNoiseCeiling(const fs::path& file, size_t columns, const std::string& leftOut,
                                    ProblemList& problems) {
  try {
    std::vector<double> values = readNpyVector<double>(file);
    if (values.size() != columns) {
      problems.error(
          file,
          {"header",
           "has " + thousands(values.size()) + " entries; the hemisphere has " + thousands(columns) + " vertices",
           "use the noise ceiling made for this subject"},
          leftOut);
      return {};
    }
    const auto isOutside = [](double value) { return !(value >= 0 && value <= 100); };
    const auto bad = std::find_if(values.begin(), values.end(), isOutside);
    if (bad != values.end()) {
      problems.error(
          file,
          {"entry " + std::to_string(bad - values.begin()),
           std::isfinite(*bad) ? shortest(*bad) + " is neither a fraction (0 to 1) nor a percentage (0 to 100)"
                               : std::string("is not a finite number"),
           "recompute the noise ceiling"},
          leftOut);
      return {};
    }
    const bool isPercent = *std::max_element(values.begin(), values.end()) > 1;
    std::vector<float> fractions(values.size());
    std::transform(values.begin(), values.end(), fractions.begin(),
                   [isPercent](double value) { return static_cast<float>(isPercent ? value / 100 : value); });
    return fractions;
  } catch (const Error& failure) {
    problems.failed(file, "whole file", failure, leftOut);
    return {};
  }
}

}  // namespace

std::optional<HemisphereData> readHemisphere(const HemisphereSource& source, const std::vector<RoiClassNames>& classes,
                                             ProblemList& problems) {
  const std::string side = toString(source.hemisphere);
  const std::string owner = source.subject + " " + side;
  const fs::path masks = source.folder / "roi_masks";
  auto vertices = readVertices(masks / (side + ".all-vertices_fsaverage_space.npy"), owner, problems);
  if (!vertices) return std::nullopt;

  HemisphereData data;
  data.hemisphere = source.hemisphere;
  data.vertices = std::move(*vertices);
  const size_t columns = data.vertices.size();
  data.training = openResponses(source.folder / "training_split/training_fmri" / (side + "_training_fmri.npy"),
                                source.trainingImages, columns, owner, problems);
  if (!data.training) return std::nullopt;
  std::error_code ignored;
  const fs::path test = source.folder / "test_split/test_fmri" / (side + "_test_fmri.npy");
  if (fs::exists(test, ignored))
    data.test = openResponses(test, source.testImages, columns, owner + " test responses", problems);
  const fs::path ceiling = source.folder / "test_split/noise_ceiling" / (side + "_noise_ceiling.npy");
  if (fs::exists(ceiling, ignored))
    data.noiseCeiling = readNoiseCeiling(ceiling, columns, owner + " noise ceiling", problems);
  data.rois = readRois(masks, source.subject, source.hemisphere, data.vertices, classes, problems);
  return data;
}

}  // namespace corticast::internal
