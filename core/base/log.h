#pragma once
#include <filesystem>
#include <string_view>

/// The program's log: lines with time and level on stderr, and in a file once `toFile` was called.
/// Thread-safe. Text for people goes here; results go to stdout.
namespace corticast::log {

enum class Level { Debug, Info, Warning, Error, Off };

void debug(std::string_view text);
void info(std::string_view text);
void warning(std::string_view text);
void error(std::string_view text);

/// Least level that stderr shows (default Warning; `CORTICAST_LOG=debug|info|warning|error|off` sets it at start).
void setConsoleLevel(Level level);

/// Also appends everything from Info up to `path`. Throws Error when the file cannot be opened.
void toFile(const std::filesystem::path& path);

}  // namespace corticast::log
