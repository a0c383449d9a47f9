#include "core/demo/demo_study.h"

#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/demo/internal/subject_writer.h"

namespace corticast {

namespace fs = std::filesystem;

namespace {

constexpr const char* kMarker = "truth/demo.json";

void requireRange(const char* name, int value, int low, int high) {
  if (value >= low && value <= high) return;
  throw Error({.what = "make demo study",
               .where = std::string(name) + " = " + std::to_string(value),
               .why = "is not within " + std::to_string(low) + " to " + std::to_string(high),
               .remedy = "choose a number in this range"});
}

void requireSensible(const DemoOptions& options) {
  requireRange("subjects", options.subjects, 1, 8);
  requireRange("images", options.images, 20, 9841);
  requireRange("test images", options.testImages, 2, 500);
  requireRange("images and test images", options.images + options.testImages, 22, 10000);
  if (options.level != SurfaceLevel::Fsaverage5 && options.level != SurfaceLevel::Fsaverage)
    throw Error({.what = "make demo study",
                 .where = "surface = " + toString(options.level),
                 .why = "demo studies are made on fsaverage5 or fsaverage",
                 .remedy = "choose one of the two"});
}

Json describe(const DemoOptions& options) {
  return {{"made_by", "corticast demo"},
          {"version", 1},
          {"surface", toString(options.level)},
          {"subjects", options.subjects},
          {"images", options.images},
          {"test_images", options.testImages},
          {"seed", options.seed}};
}

/// Whether the folder holds this study already. Throws when it holds anything else.
bool isMade(const fs::path& folder, const DemoOptions& options) {
  if (!fs::exists(folder)) return false;
  const auto refuse = [&](const char* why) {
    throw Error({.what = "make demo study",
                 .where = folder.string(),
                 .why = why,
                 .remedy = "choose a new folder, or remove this one first"});
  };
  if (!fs::is_directory(folder)) refuse("is a file");
  if (fs::is_empty(folder)) return false;
  if (!fs::exists(folder / kMarker)) refuse("the folder is not empty, and holds no demo study");
  const Json found = Json::parse(readTextFile(folder / kMarker), nullptr, false);
  if (found != describe(options)) refuse("holds a demo study made with other options");
  return true;
}

fs::path unfinishedName(const fs::path& folder) {
  const fs::path plain = fs::absolute(folder).lexically_normal();
  const fs::path base = plain.has_filename() ? plain : plain.parent_path();
  return base.parent_path() / ("." + base.filename().string() + ".unfinished-demo");
}

void makeParts(const fs::path& folder, const DemoOptions& options, ProgressReporter& progress) {
  fs::create_directories(folder / "truth");
  demo::writeTruthReadme(folder / "truth");
  const Template surface = Template::open(options.level);
  std::string table = "subject,hemisphere,roi,vertices,median_ceiling\n";
  for (int subject = 1; subject <= options.subjects; ++subject)
    table += demo::writeSubject(folder, surface, options, subject, progress);
  writeFileAtomically(folder / "truth/ceiling.csv", table);
  writeFileAtomically(folder / kMarker, describe(options).dump(2) + "\n");
}

}  // namespace

void makeDemoStudy(const fs::path& folder, const DemoOptions& options, ProgressReporter& progress) {
  requireSensible(options);
  if (isMade(folder, options)) return;
  const fs::path unfinished = unfinishedName(folder);
  try {
    fs::remove_all(unfinished);  // of an attempt that was killed
    makeParts(unfinished, options, progress);
    if (fs::exists(folder)) fs::remove(folder);
    fs::rename(unfinished, fs::absolute(folder).lexically_normal());
  } catch (const fs::filesystem_error& failure) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw Error({.what = "make demo study",
                 .where = folder.string(),
                 .why = failure.code().message(),
                 .remedy = "choose a folder on a disk with room, which you may write to"});
  } catch (...) {
    std::error_code ignored;
    fs::remove_all(unfinished, ignored);
    throw;
  }
}

}  // namespace corticast
