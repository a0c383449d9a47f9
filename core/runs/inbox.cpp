#include "core/runs/inbox.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/runs/ulid.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kTaken = ".taken";

std::vector<fs::path> requestFiles(const fs::path& inbox) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator entry(inbox, failure), end; !failure && entry != end; entry.increment(failure))
    if (entry->path().extension() == ".json" && isUlid(entry->path().stem().string())) files.push_back(entry->path());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

std::string toString(RunRequest request) {
  switch (request) {
    case RunRequest::Checkpoint:
      return "checkpoint";
    case RunRequest::Pause:
      return "pause";
    case RunRequest::Stop:
      return "stop";
  }
  return {};
}

RunRequest parseRequest(const std::string& text) {
  for (const RunRequest request : {RunRequest::Checkpoint, RunRequest::Pause, RunRequest::Stop})
    if (text == toString(request)) return request;
  throw Error(ErrorParts{.what = "read request",
                         .where = "\"" + text + "\"",
                         .why = "it is no request to a run",
                         .remedy = "use pause, stop or checkpoint"});
}

void postRequest(const fs::path& inbox, RunRequest request) {
  std::error_code ignored;
  fs::create_directories(inbox, ignored);
  writeJsonFile(inbox / (newUlid() + ".json"), Json{{"request", toString(request)}});
}

std::optional<RunRequest> takeRequest(const fs::path& inbox) {
  for (const fs::path& file : requestFiles(inbox)) {
    fs::path taken = file;
    taken += kTaken;
    std::error_code failure;
    fs::rename(file, taken, failure);
    if (failure) continue;  // another taker was faster
    std::optional<RunRequest> request;
    try {
      request = parseRequest(readJsonFile(taken).at("request").get<std::string>());
    } catch (const std::exception& wrong) {
      log::warning("ignored a request in " + inbox.string() + ": " + wrong.what());
    }
    fs::remove(taken, failure);
    if (request) return request;
  }
  return {};
}

void clearInbox(const fs::path& inbox) {
  std::error_code ignored;
  for (const fs::path& file : requestFiles(inbox)) fs::remove(file, ignored);
}

}  // namespace corticast
