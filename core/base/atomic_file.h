#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace corticast {

/// Whole content of a file. Throws Error when it cannot be read.
[[nodiscard]] std::string readTextFile(const std::filesystem::path& path);

/// Replaces `path` in one step: a reader sees the old file or the whole new one, also after a kill or a power cut
/// (temporary file in the same folder, fsync, rename, fsync of the folder). Throws Error and removes the
/// temporary file on failure; the old file is then untouched.
void writeFileAtomically(const std::filesystem::path& path, std::string_view content);

/// The same for content made by a library that wants a path: `write` fills the temporary file it is given.
void writeFileAtomically(const std::filesystem::path& path,
                         const std::function<void(const std::filesystem::path& temporary)>& write);

/// Forces a file's or folder's content to the disk.
void syncToDisk(const std::filesystem::path& path);

}  // namespace corticast
