#include "core/data/internal/roi_reader.h"

#include <algorithm>
#include <optional>
#include <set>

#include "core/base/text.h"
#include "core/data/study.h"
#include "core/formats/label_map.h"
#include "core/formats/npy.h"

namespace corticast::internal {
namespace {

namespace fs = std::filesystem;
using Text = ProblemList::Text;

const char* const kUseOriginal = "restore the file from the original download";

std::vector<std::string> classesIn(const fs::path& folder) {
  std::vector<std::string> classes(kRoiClasses.begin(), kRoiClasses.end());
  std::set<std::string> others;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("mapping_") || !name.ends_with(".npy")) continue;
    const std::string roiClass = name.substr(8, name.size() - 12);
    if (std::find(classes.begin(), classes.end(), roiClass) == classes.end()) others.insert(roiClass);
  }
  classes.insert(classes.end(), others.begin(), others.end());
  return classes;
}

// ROI names become parts of file names and of model names.
bool isUsableName(const std::string& name) {
  const auto isBad = [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '/' || c == '\\'; };
  return !name.empty() && name.size() <= 64 && name[0] != '.' && std::none_of(name.begin(), name.end(), isBad);
}

std::optional<Text> faultOf(const std::map<int64_t, std::string>& names) {
  std::map<std::string, int64_t> labelOf;
  for (const auto& [label, name] : names) {
    if (!isUsableName(name))
      return Text{"label " + std::to_string(label), "the name is empty or holds characters that no file name may have",
                  "name the region with letters, digits and hyphens"};
    if (const auto [other, isNew] = labelOf.try_emplace(name, label); !isNew)
      return Text{
          "label " + std::to_string(label),
          "labels " + std::to_string(other->second) + " and " + std::to_string(label) + " are both named " + name,
          "give each label of the class its own name"};
  }
  return std::nullopt;
}

// A name in two classes would make "train on this ROI" ambiguous: the first class keeps it.
void clearNamesOfEarlierClasses(const fs::path& file, const std::string& subject, const std::set<std::string>& earlier,
                                RoiClassNames& entry, ProblemList& problems) {
  for (auto& [label, name] : entry.names) {
    if (!earlier.contains(name)) continue;
    problems.error(
        file,
        {"label " + std::to_string(label), name + " is also a region of an earlier class", "give it a name of its own"},
        subject + " " + entry.roiClass + " " + name);
    name.clear();
  }
}

using Labels = std::vector<int64_t>;

struct MaskFile {
  fs::path path;
  std::optional<Labels> labels;  // per column
  std::optional<Error> failure;
};

[[noreturn]] void failLength(const fs::path& path, size_t length, size_t expected, const std::string& space) {
  throw Error({.what = "read label mask",
               .where = path.string(),
               .why = "has " + thousands(length) + " entries; " + space + " has " + thousands(expected) + " vertices",
               .remedy = kUseOriginal});
}

MaskFile readChallengeMask(fs::path path, size_t columns) {
  MaskFile mask{std::move(path), {}, {}};
  try {
    Labels labels = readNpyVector<int64_t>(mask.path);
    if (labels.size() != columns)
      failLength(mask.path, labels.size(), columns, "the all-vertices mask of this hemisphere");
    mask.labels = std::move(labels);
  } catch (const Error& failure) {
    mask.failure = failure;
  }
  return mask;
}

MaskFile readFsaverageMask(fs::path path, std::span<const uint32_t> vertices) {
  MaskFile mask{std::move(path), {}, {}};
  try {
    const Labels labels = readNpyVector<int64_t>(mask.path);
    if (labels.size() != kFsaverageVertices)
      failLength(mask.path, labels.size(), kFsaverageVertices, "a hemisphere of fsaverage");
    mask.labels.emplace(vertices.size());
    std::transform(vertices.begin(), vertices.end(), mask.labels->begin(), [&](uint32_t v) { return labels[v]; });
  } catch (const Error& failure) {
    mask.failure = failure;
  }
  return mask;
}

std::optional<Labels> agreed(const MaskFile& challenge, const MaskFile& fsaverage, std::span<const uint32_t> vertices,
                             const std::string& leftOut, ProblemList& problems) {
  if (challenge.labels && fsaverage.labels) {
    const auto [a, b] = std::mismatch(challenge.labels->begin(), challenge.labels->end(), fsaverage.labels->begin());
    if (a == challenge.labels->end()) return challenge.labels;
    const size_t column = a - challenge.labels->begin();
    problems.error(challenge.path,
                   {"column " + std::to_string(column) + ", vertex " + std::to_string(vertices[column]),
                    "label " + std::to_string(*a) + " here, label " + std::to_string(*b) + " in " +
                        fsaverage.path.filename().string(),
                    "restore both files from the original download"},
                   leftOut);
    return std::nullopt;
  }
  const bool isOneThere = challenge.labels || fsaverage.labels;
  for (const MaskFile* mask : {&challenge, &fsaverage})
    if (mask->failure) {
      Text text = ProblemList::textOf(mask->path, "whole file", *mask->failure);
      if (isOneThere) text.reason += " (the mask of the other space is used)";
      isOneThere ? problems.warning(mask->path, text) : problems.error(mask->path, text, leftOut);
    }
  return challenge.labels ? challenge.labels : fsaverage.labels;
}

std::vector<Roi> cutRois(const Labels& labels, const RoiClassNames& names, const fs::path& file,
                         const std::string& owner, ProblemList& problems) {
  std::map<int64_t, Roi> rois;
  for (const auto& [label, name] : names.names) rois[label] = {name, names.roiClass, static_cast<int>(label), {}};
  std::map<int64_t, size_t> unnamed;
  for (size_t column = 0; column < labels.size(); ++column) {
    if (labels[column] == 0) continue;
    if (const auto roi = rois.find(labels[column]); roi != rois.end()) {
      roi->second.columns.push_back(static_cast<uint32_t>(column));
    } else {
      ++unnamed[labels[column]];
    }
  }
  for (const auto& [label, count] : unnamed)
    problems.error(file,
                   {"label " + std::to_string(label),
                    thousands(count) + (count == 1 ? " vertex has" : " vertices have") +
                        " this label, which has no name in mapping_" + names.roiClass + ".npy",
                    "restore both files from the original download, or add the name"},
                   owner + " " + names.roiClass + " label " + std::to_string(label));
  std::vector<Roi> list;
  for (auto& [label, roi] : rois)
    if (!roi.name.empty()) list.push_back(std::move(roi));
  return list;
}

}  // namespace

std::vector<RoiClassNames> readRoiClasses(const fs::path& maskFolder, const std::string& subject,
                                          ProblemList& problems) {
  std::vector<RoiClassNames> classes;
  std::set<std::string> earlier;
  for (const std::string& roiClass : classesIn(maskFolder)) {
    const fs::path file = maskFolder / ("mapping_" + roiClass + ".npy");
    const std::string leftOut = subject + " " + roiClass;
    try {
      RoiClassNames entry{roiClass, readLabelMap(file)};
      entry.names.erase(0);
      if (const auto fault = faultOf(entry.names)) {
        problems.error(file, *fault, leftOut);
        continue;
      }
      clearNamesOfEarlierClasses(file, subject, earlier, entry, problems);
      for (const auto& [label, name] : entry.names) earlier.insert(name);
      classes.push_back(std::move(entry));
    } catch (const Error& failure) {
      problems.failed(file, "whole file", failure, leftOut);
    }
  }
  return classes;
}

std::vector<Roi> readRois(const fs::path& maskFolder, const std::string& subject, Hemisphere hemisphere,
                          std::span<const uint32_t> vertices, const std::vector<RoiClassNames>& classes,
                          ProblemList& problems) {
  const std::string side = toString(hemisphere);
  const std::string owner = subject + " " + side;
  std::vector<Roi> rois;
  for (const RoiClassNames& entry : classes) {
    const std::string stem = side + "." + entry.roiClass;
    const MaskFile challenge = readChallengeMask(maskFolder / (stem + "_challenge_space.npy"), vertices.size());
    const MaskFile fsaverage = readFsaverageMask(maskFolder / (stem + "_fsaverage_space.npy"), vertices);
    const auto labels = agreed(challenge, fsaverage, vertices, owner + " " + entry.roiClass, problems);
    if (!labels) continue;
    const fs::path& source = challenge.labels ? challenge.path : fsaverage.path;
    for (Roi& roi : cutRois(*labels, entry, source, owner, problems)) rois.push_back(std::move(roi));
  }
  return rois;
}

}  // namespace corticast::internal
