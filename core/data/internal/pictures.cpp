#include "core/data/internal/pictures.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/text.h"
#include "core/formats/image.h"

namespace corticast::internal {
namespace {

namespace fs = std::filesystem;

// What file managers and archivers leave behind.
bool isLitter(const std::string& name) {
  return name.starts_with('.') || name == "Thumbs.db" || name == "desktop.ini";
}

struct Listing {
  std::vector<Stimulus> pictures;
  std::vector<std::string> others;
};

Listing listFolder(const fs::path& folder, const std::string& prefix) {
  Listing listing;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (isLitter(name)) continue;
    auto stimulus = parseStimulusName(name, prefix);
    if (!stimulus || !entry.is_regular_file()) {
      listing.others.push_back(name);
      continue;
    }
    stimulus->path = entry.path();
    listing.pictures.push_back(std::move(*stimulus));
  }
  const auto byName = [](const Stimulus& a, const Stimulus& b) { return a.file < b.file; };
  std::sort(listing.pictures.begin(), listing.pictures.end(), byName);
  std::sort(listing.others.begin(), listing.others.end());
  return listing;
}

std::string number(int value, size_t digits) {
  std::string text = std::to_string(value);
  return std::string(digits > text.size() ? digits - text.size() : 0, '0') + text;
}

struct Fault {
  std::string place, reason, remedy;
};

// Every row needs exactly one picture: two names for one number, or one NSD picture under two numbers, leave it open
// which was seen.
std::optional<Fault> findDouble(const std::vector<Stimulus>& pictures) {
  std::unordered_map<int, const Stimulus*> byIndex, byNsdId;
  for (const Stimulus& picture : pictures) {
    if (const auto [other, isNew] = byIndex.try_emplace(picture.index, &picture); !isNew)
      return Fault{other->second->file + " and " + picture.file,
                   "two pictures have the number " + number(picture.index, 4),
                   "delete the one that does not belong to the data set"};
    if (const auto [other, isNew] = byNsdId.try_emplace(picture.nsdId, &picture); !isNew)
      return Fault{other->second->file + " and " + picture.file,
                   "NSD picture " + number(picture.nsdId, 5) + " stands under two numbers",
                   "delete the one that does not belong to the data set, or correct its name"};
  }
  return std::nullopt;
}

std::optional<Fault> findGap(const std::vector<Stimulus>& pictures, const std::string& prefix) {
  std::vector<bool> isThere(pictures.size() + 1, false);
  int last = 0;
  for (const Stimulus& picture : pictures) {
    if (static_cast<size_t>(picture.index) <= pictures.size()) isThere[picture.index] = true;
    last = std::max(last, picture.index);
  }
  const size_t missing = std::find(isThere.begin() + 1, isThere.end(), false) - isThere.begin();
  if (missing > pictures.size()) return std::nullopt;
  const std::string name = prefix + "-" + number(static_cast<int>(missing), 4) + "_nsd-*";
  return Fault{
      name,
      "picture is missing: there are " + thousands(pictures.size()) + " pictures, numbered up to " + thousands(last),
      "restore " + name + " from the original download"};
}

std::optional<Fault> findFault(const std::vector<Stimulus>& pictures, const std::string& prefix) {
  if (auto fault = findDouble(pictures)) return fault;
  if (auto fault = findGap(pictures, prefix)) return fault;
  for (size_t i = 0; i < pictures.size(); ++i)
    if (static_cast<size_t>(pictures[i].index) != i + 1)
      return Fault{pictures[i].file,
                   "name order and running number disagree: this name is number " + thousands(i + 1) + " in order",
                   "write all running numbers with the same number of digits"};
  return std::nullopt;
}

void reportOthers(const fs::path& folder, const std::string& prefix, const std::vector<std::string>& others,
                  ProblemList& problems) {
  if (others.empty()) return;
  const std::string count = others.size() == 1 ? "1 entry is" : thousands(others.size()) + " entries are";
  problems.warning(folder,
                   {others.front(), count + " not named " + prefix + "-IIII_nsd-KKKKK.png and not used as pictures",
                    "move them elsewhere, or correct their names"});
}

}  // namespace

std::optional<std::vector<Stimulus>> readPictures(const fs::path& folder, const std::string& prefix,
                                                  const std::string& leftOut, ProblemList& problems) {
  Listing listing;
  try {
    listing = listFolder(folder, prefix);
  } catch (const fs::filesystem_error& failure) {
    problems.error(folder,
                   {"whole folder", "cannot be read: " + failure.code().message(),
                    "check that the folder is there and that you may read it"},
                   leftOut);
    return std::nullopt;
  }
  reportOthers(folder, prefix, listing.others, problems);
  if (listing.pictures.empty()) {
    problems.error(folder,
                   {"whole folder", "holds no picture named " + prefix + "-IIII_nsd-KKKKK.png",
                    "unpack the pictures of the data set there"},
                   leftOut);
    return std::nullopt;
  }
  if (auto fault = findFault(listing.pictures, prefix)) {
    problems.error(folder, {fault->place, fault->reason, fault->remedy}, leftOut);
    return std::nullopt;
  }
  try {
    (void)readImageSize(listing.pictures.front().path);
  } catch (const Error& failure) {
    problems.failed(listing.pictures.front().path, "header", failure, {});
  }
  return std::move(listing.pictures);
}

}  // namespace corticast::internal
