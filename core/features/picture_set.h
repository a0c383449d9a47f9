#pragma once
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "core/base/progress.h"

namespace corticast {

struct Subject;

/// A subject's pictures in the order of an embedding's rows: training, then test, each in name order.
struct PictureSet {
  std::string subject;
  std::vector<std::string> names;
  std::vector<std::filesystem::path> paths;
  size_t training = 0;  ///< the first so many are training pictures

  [[nodiscard]] size_t test() const { return names.size() - training; }
};

/// Throws Error when two pictures have the same name.
[[nodiscard]] PictureSet picturesOf(const Subject& subject);

/// sha256 over every picture's name and size in bytes. Throws Error naming a picture that is missing.
[[nodiscard]] std::string listingHash(const PictureSet& pictures);
/// sha256 over every picture's name and content: reads them all.
[[nodiscard]] std::string contentHash(const PictureSet& pictures, unsigned threads, ProgressReporter& progress);

}  // namespace corticast
