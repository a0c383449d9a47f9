#pragma once
#include <filesystem>
#include <optional>
#include <string>

namespace corticast {

/// What a person or program may ask of a worker.
enum class RunRequest {
  Checkpoint,  ///< save now and go on
  Pause,       ///< save and end; the run waits
  Stop,        ///< save and end; the run counts as cancelled, but can be resumed
};
[[nodiscard]] std::string toString(RunRequest request);
/// Throws Error for anything but "checkpoint", "pause", "stop".
[[nodiscard]] RunRequest parseRequest(const std::string& text);

/// Leaves a request in a run's inbox (one file per request, appearing whole). Throws Error when it cannot be written.
void postRequest(const std::filesystem::path& inbox, RunRequest request);

/// Takes the oldest request out of the inbox; nothing when there is none. Each request is taken by one taker only;
/// a file that is no request is removed and reported in the log. Does not throw.
[[nodiscard]] std::optional<RunRequest> takeRequest(const std::filesystem::path& inbox);

/// Forgets all requests, e.g. those for a worker that is long gone.
void clearInbox(const std::filesystem::path& inbox);

}  // namespace corticast
