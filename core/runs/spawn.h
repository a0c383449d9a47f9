#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/child_process.h"  // findCli: what is started is usually that

namespace corticast {

/// Starts a program in a session of its own, so that it outlives its starter and its terminal: no input, output
/// appended to `output`, no inherited files, all signals at their defaults. Returns the process id; the caller reaps
/// it (waitpid). Throws Error when it cannot be started.
[[nodiscard]] int spawnDetached(const std::vector<std::string>& arguments, const std::filesystem::path& output);

/// The same for a program that nobody reaps.
void spawnAndForget(const std::vector<std::string>& arguments, const std::filesystem::path& output);

}  // namespace corticast
