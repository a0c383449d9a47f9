#include "core/features/picture_set.h"

#include <algorithm>
#include <unordered_set>

#include "core/base/error.h"
#include "core/base/hash.h"
#include "core/base/parallel.h"
#include "core/data/study.h"

namespace corticast {
namespace {

constexpr size_t kHashedAtOnce = 256;

void append(PictureSet& pictures, const std::vector<Stimulus>& stimuli) {
  for (const Stimulus& stimulus : stimuli) {
    pictures.names.push_back(stimulus.file);
    pictures.paths.push_back(stimulus.path);
  }
}

// Names and numbers cannot hold a zero byte, so the text tells every set of pictures from every other.
void add(Sha256& hash, const std::string& name, const std::string& value) {
  hash.add(name);
  hash.add(std::string_view("\0", 1));
  hash.add(value);
  hash.add(std::string_view("\0", 1));
}

}  // namespace

PictureSet picturesOf(const Subject& subject) {
  PictureSet pictures{.subject = subject.id, .names = {}, .paths = {}, .training = subject.trainingImages.size()};
  append(pictures, subject.trainingImages);
  append(pictures, subject.testImages);
  std::unordered_set<std::string> seen;
  for (const std::string& name : pictures.names)
    if (!seen.insert(name).second)
      throw Error({.what = "list the pictures of " + subject.id,
                   .where = name,
                   .why = "two pictures have this name",
                   .remedy = "give training and test pictures different names"});
  return pictures;
}

std::string listingHash(const PictureSet& pictures) {
  Sha256 hash;
  for (size_t i = 0; i < pictures.names.size(); ++i) {
    std::error_code failure;
    const auto size = std::filesystem::file_size(pictures.paths[i], failure);
    if (failure)
      throw Error({.what = "list the pictures of " + pictures.subject,
                   .where = pictures.paths[i].string(),
                   .why = failure.message(),
                   .remedy = "restore this picture from the data set"});
    add(hash, pictures.names[i], std::to_string(size));
  }
  return hash.hex();
}

std::string contentHash(const PictureSet& pictures, unsigned threads, ProgressReporter& progress) {
  progress.begin("read pictures of " + pictures.subject, pictures.names.size(), "pictures");
  std::vector<std::string> hashes(pictures.names.size());
  for (size_t begin = 0; begin < hashes.size(); begin += kHashedAtOnce) {
    const size_t count = std::min(kHashedAtOnce, hashes.size() - begin);
    parallelFor(count, threads, [&](size_t i) {
      progress.checkCancelled();
      hashes[begin + i] = sha256OfFile(pictures.paths[begin + i]);
    });
    progress.advance(count);
  }
  Sha256 hash;
  for (size_t i = 0; i < hashes.size(); ++i) add(hash, pictures.names[i], hashes[i]);
  return hash.hex();
}

}  // namespace corticast
