#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/data/internal/problem_list.h"
#include "core/data/stimulus.h"

namespace corticast::internal {

/// The pictures of one split in name order, which is the row order of the responses. nullopt when it cannot be told
/// which picture belongs to which row (missing, doubled or misordered running numbers) or there is none; the reason is
/// in `problems`. `prefix` is "train" or "test".
[[nodiscard]] std::optional<std::vector<Stimulus>> readPictures(const std::filesystem::path& folder,
                                                                const std::string& prefix, const std::string& leftOut,
                                                                ProblemList& problems);

}  // namespace corticast::internal
