#include "core/data/study.h"

#include <algorithm>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/data/internal/problem_list.h"
#include "core/data/internal/subject_reader.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

const char* const kPublishedName = "algonauts_2023_challenge_data";

[[noreturn]] void failOpening(const fs::path& root, std::string why, std::string remedy) {
  throw Error({.what = "open study", .where = root.string(), .why = std::move(why), .remedy = std::move(remedy)});
}

bool isFolder(const fs::path& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

bool isSubjectName(const std::string& name) {
  return name.size() > 4 && name.starts_with("subj") && name.find_first_not_of("0123456789", 4) == std::string::npos;
}

bool isSubjectFolder(const fs::path& path) {
  return isFolder(path) && (isSubjectName(path.filename().string()) || isFolder(path / "training_split"));
}

std::vector<fs::path> entriesOf(const fs::path& folder) {
  std::error_code failure;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure))
    entries.push_back(entry->path());
  if (failure) failOpening(folder, "cannot be read: " + failure.message(), "check that you may read the folder");
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<fs::path> subjectFolders(const std::vector<fs::path>& entries) {
  std::vector<fs::path> folders;
  std::copy_if(entries.begin(), entries.end(), std::back_inserter(folders), isSubjectFolder);
  return folders;
}

struct Layout {
  fs::path root;
  std::vector<fs::path> subjects;
};

Layout findLayout(const fs::path& given) {
  fs::path root = fs::absolute(given).lexically_normal();
  if (!root.has_filename()) root = root.parent_path();
  std::error_code failure;
  if (!fs::is_directory(root, failure))
    failOpening(root, failure ? systemReason(failure.value()) : "is not a folder",
                "choose the folder that holds subj01, subj02, ...");
  if (isFolder(root / "training_split") || isFolder(root / "roi_masks")) return {root, {root}};
  const std::vector<fs::path> entries = entriesOf(root);
  if (auto folders = subjectFolders(entries); !folders.empty()) return {root, std::move(folders)};
  if (const fs::path inner = root / kPublishedName; isFolder(inner))
    if (auto folders = subjectFolders(entriesOf(inner)); !folders.empty()) return {inner, std::move(folders)};
  const auto isArchive = [](const fs::path& path) { return path.extension() == ".zip" || path.extension() == ".tar"; };
  const auto archive = std::find_if(entries.begin(), entries.end(), isArchive);
  failOpening(root, entries.empty() ? "the folder is empty" : "holds no subject folder (subj01, subj02, ...)",
              archive == entries.end() ? "choose the folder that holds subj01, subj02, ..."
                                       : "unpack " + archive->filename().string() + " first");
}

}  // namespace

const Roi* HemisphereData::roi(std::string_view name) const {
  const auto found = std::find_if(rois.begin(), rois.end(), [name](const Roi& roi) { return roi.name == name; });
  return found == rois.end() ? nullptr : &*found;
}

const HemisphereData* Subject::hemisphere(Hemisphere which) const {
  const auto found = std::find_if(hemispheres.begin(), hemispheres.end(),
                                  [which](const HemisphereData& data) { return data.hemisphere == which; });
  return found == hemispheres.end() ? nullptr : &*found;
}

const Subject& Study::subject(std::string_view id) const {
  std::vector<std::string> ids;
  for (const Subject& entry : subjects) {
    if (entry.id == id) return entry;
    ids.push_back(entry.id);
  }
  throw Error({.what = "find subject",
               .where = root.string(),
               .why = "there is no usable subject \"" + std::string(id) + "\"",
               .remedy = ids.empty() ? "see the problems of the study" : "choose one of " + join(ids, ", ")});
}

Study scanStudy(const fs::path& root) {
  const Layout layout = findLayout(root);
  std::vector<std::optional<Subject>> subjects(layout.subjects.size());
  std::vector<internal::ProblemList> problems(subjects.size(), internal::ProblemList(layout.root));
  parallelFor(subjects.size(), 0,
              [&](size_t i) { subjects[i] = internal::readSubject(layout.subjects[i], problems[i]); });

  Study study;
  study.root = layout.root;
  internal::ProblemList all(layout.root);
  for (size_t i = 0; i < subjects.size(); ++i) {
    if (subjects[i]) study.subjects.push_back(std::move(*subjects[i]));
    all.append(problems[i]);
  }
  study.problems = all.problems();
  return study;
}

Study openStudy(const fs::path& root) {
  Study study = scanStudy(root);
  if (!study.subjects.empty()) return study;
  const auto isError = [](const Problem& problem) { return problem.severity == Severity::Error; };
  const auto first = std::find_if(study.problems.begin(), study.problems.end(), isError);
  const size_t others = std::count_if(study.problems.begin(), study.problems.end(), isError) - 1;
  failOpening(study.root,
              "no subject is usable; " + first->file + " (" + first->place + "): " + first->reason +
                  (others > 0 ? ", and " + thousands(others) + " more" : std::string()),
              first->remedy);
}

}  // namespace corticast
