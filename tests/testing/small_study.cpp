#include "tests/testing/small_study.h"

#include <algorithm>
#include <cstdio>

#include "core/base/matrix.h"
#include "core/data/roi.h"
#include "core/data/study.h"
#include "core/formats/image.h"
#include "core/formats/label_map.h"
#include "core/formats/npy.h"

namespace corticast::testing {
namespace {

namespace fs = std::filesystem;

uint64_t mixed(uint64_t value) {
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31);
}

Image picture(size_t subject, size_t index, int size) {
  Image image{size, size, std::vector<uint8_t>(static_cast<size_t>(size) * size * 3)};
  for (size_t i = 0; i < image.rgb.size(); ++i)
    image.rgb[i] = static_cast<uint8_t>(mixed((subject << 40) ^ (index << 20) ^ i));
  return image;
}

struct Writer {
  fs::path folder;  // of the subject
  size_t subject;
  const SmallStudyOptions& options;

  void pictures(const fs::path& where, const std::string& prefix, size_t firstRow, size_t count) const {
    fs::create_directories(folder / where);
    for (size_t i = 0; i < count; ++i) {
      const size_t row = firstRow + i;
      const bool isShared = row < options.sharedImages;
      const size_t nsdId = 10 + row * 20 + (isShared ? 0 : subject + 1);
      writePng(folder / where / pictureName(prefix, i + 1, nsdId),
               picture(isShared ? 99 : subject, row, options.pictureSize));
    }
  }

  void responses(const fs::path& file, Hemisphere hemisphere, size_t firstRow, size_t count, size_t columns) const {
    Matrix<float> values(count, columns);
    for (size_t row = 0; row < count; ++row)
      for (size_t column = 0; column < columns; ++column)
        values(row, column) = options.response ? options.response(subject, hemisphere, firstRow + row, column)
                                               : responseAt(subject, hemisphere, firstRow + row, column);
    fs::create_directories((folder / file).parent_path());
    writeNpy(folder / file, values.view());
  }

  // int64 in the published set; bytes keep a test's folder small.
  static void writeWholeMask(const fs::path& file, const std::vector<uint8_t>& values) {
    writeNpy<uint8_t>(file, values, {values.size()});
  }

  void masks(Hemisphere hemisphere, size_t columns) const {
    const fs::path where = folder / "roi_masks";
    const std::string side = toString(hemisphere);
    fs::create_directories(where);
    std::vector<uint8_t> all(kFsaverageVertices, 0);
    for (size_t column = 0; column < columns; ++column) all[vertexAt(column, columns)] = 1;
    writeWholeMask(where / (side + ".all-vertices_fsaverage_space.npy"), all);
    for (const std::string_view roiClass : kRoiClasses) {
      const std::string stem = side + "." + std::string(roiClass);
      const std::vector<int64_t> labels = labelsOf(std::string(roiClass), hemisphere, columns);
      std::fill(all.begin(), all.end(), 0);
      for (size_t column = 0; column < columns; ++column)
        all[vertexAt(column, columns)] = static_cast<uint8_t>(labels[column]);
      writeNpy<int64_t>(where / (stem + "_challenge_space.npy"), labels, {columns});
      writeWholeMask(where / (stem + "_fsaverage_space.npy"), all);
    }
  }

  void hemisphere(Hemisphere hemisphere, size_t columns) const {
    const std::string side = toString(hemisphere);
    masks(hemisphere, columns);
    responses("training_split/training_fmri/" + side + "_training_fmri.npy", hemisphere, 0, options.images, columns);
    if (options.hasTestResponses)
      responses("test_split/test_fmri/" + side + "_test_fmri.npy", hemisphere, options.images, options.testImages,
                columns);
    if (options.hasNoiseCeiling) {
      std::vector<float> ceiling(columns);
      for (size_t column = 0; column < columns; ++column) ceiling[column] = static_cast<float>(column % 10) / 10;
      fs::create_directories(folder / "test_split/noise_ceiling");
      writeNpy<float>(folder / "test_split/noise_ceiling" / (side + "_noise_ceiling.npy"), ceiling, {columns});
    }
  }

  void write() const {
    pictures("training_split/training_images", "train", 0, options.images);
    if (options.testImages > 0) pictures("test_split/test_images", "test", options.images, options.testImages);
    hemisphere(Hemisphere::Left, options.leftVertices);
    hemisphere(Hemisphere::Right, options.rightVertices);
    for (const std::string_view roiClass : kRoiClasses)
      writeLabelMap(folder / "roi_masks" / ("mapping_" + std::string(roiClass) + ".npy"),
                    labelNames(std::string(roiClass)));
  }
};

}  // namespace

float responseAt(size_t subject, Hemisphere hemisphere, size_t row, size_t column) {
  const uint64_t key = (((subject * 2 + (hemisphere == Hemisphere::Right)) << 24 | row) << 24 | column) + 1;
  return static_cast<float>(mixed(key) >> 40) / (1 << 22) - 2;
}

uint32_t vertexAt(size_t column, size_t columns) {
  const size_t step = std::clamp<size_t>(10237 / std::max<size_t>(columns, 1), 1, 7);
  return static_cast<uint32_t>((step > 1 ? 5 : 0) + column * step);
}

std::string pictureName(const std::string& prefix, size_t index, size_t nsdId) {
  char name[80];
  std::snprintf(name, sizeof(name), "%s-%04zu_nsd-%05zu.png", prefix.c_str(), index, nsdId);
  return name;
}

std::map<int64_t, std::string> labelNames(const std::string& roiClass) {
  static const std::map<std::string, std::vector<std::string>> kNames = {
      {"prf-visualrois", {"V1v", "V1d", "V2v", "V2d", "V3v", "V3d", "hV4"}},
      {"floc-bodies", {"EBA", "FBA-1", "FBA-2", "mTL-bodies"}},
      {"floc-faces", {"OFA", "FFA-1", "FFA-2", "mTL-faces", "aTL-faces"}},
      {"floc-places", {"OPA", "PPA", "RSC"}},
      {"floc-words", {"OWFA", "VWFA-1", "VWFA-2", "mfs-words", "mTL-words"}},
      {"streams", {"early", "midventral", "midlateral", "midparietal", "ventral", "lateral", "parietal"}}};
  std::map<int64_t, std::string> names = {{0, "Unknown"}};
  int64_t label = 0;
  for (const std::string& name : kNames.at(roiClass)) names[++label] = name;
  return names;
}

// Runs of columns: one without a label, one per label, one more without.
std::vector<int64_t> labelsOf(const std::string& roiClass, Hemisphere hemisphere, size_t columns) {
  const std::map<int64_t, std::string> names = labelNames(roiClass);
  const std::string absent = hemisphere == Hemisphere::Left ? "aTL-faces" : "mTL-words";
  std::vector<int64_t> labels(columns);
  for (size_t column = 0; column < columns; ++column) {
    const auto name = names.find(static_cast<int64_t>(column * (names.size() + 1) / columns));
    if (name != names.end() && name->second != absent) labels[column] = name->first;
  }
  return labels;
}

void makeSmallStudy(const fs::path& root, const SmallStudyOptions& options) {
  for (size_t subject = 0; subject < options.subjects; ++subject) {
    const std::string id = "subj" + std::string(subject < 9 ? "0" : "") + std::to_string(subject + 1);
    Writer{root / id, subject, options}.write();
  }
}

}  // namespace corticast::testing
