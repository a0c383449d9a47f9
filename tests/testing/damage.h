#pragma once
#include <filesystem>
#include <functional>
#include <string>

namespace corticast::testing {

using FileReader = std::function<void(const std::filesystem::path&)>;

/// `read` must throw a full Error (testing.h) for every shorter beginning of the file, every `step` bytes.
void expectEveryCutRefused(const std::filesystem::path& file, const FileReader& read, size_t step = 1);

/// Replaces single bytes (every `step`-th, by a few other values each): `read` must return or throw a full Error.
/// Comes back with how many of the damaged files were refused.
size_t expectDamageSurvived(const std::filesystem::path& file, const FileReader& read, size_t step = 1);

/// A folder where every write that goes past `bytes` fails, as on a full disk: runs `action` in a child process with
/// RLIMIT_FSIZE. Returns the text of the Error it threw, or "" when it threw none.
std::string errorOnFullDisk(size_t bytes, const std::function<void()>& action);

}  // namespace corticast::testing
