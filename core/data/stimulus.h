#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace corticast {

/// One picture that a subject saw. The file name carries its place and its identity:
/// `train-0042_nsd-00613.png` is the 42nd picture of the training split and number 613 of the 73,000 of NSD.
struct Stimulus {
  std::string file;            ///< name without folder; unique within a subject
  std::filesystem::path path;  ///< where it lies
  int index = 0;               ///< 1-based running index; the row of the responses is index - 1
  int nsdId = 0;               ///< 0-based NSD 73k id; equal across subjects for the same picture
};

/// Reads a picture's name; nullopt when it is not `<prefix>-IIII_nsd-KKKKK.(png|jpg|jpeg)` (at least 4 digits, at
/// least 5 digits). `prefix` is "train" or "test". `path` stays empty.
[[nodiscard]] std::optional<Stimulus> parseStimulusName(std::string_view file, std::string_view prefix);

}  // namespace corticast
