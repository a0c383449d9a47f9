#include "core/runs/lease.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "core/base/atomic_file.h"
#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFolder = "lease";
constexpr const char* kCopy = "lease.json";

fs::path leaseFile(const fs::path& folder, uint64_t number) {
  return folder / kFolder / (std::to_string(number) + ".json");
}

uint64_t newestNumber(const fs::path& folder) {
  uint64_t newest = 0;
  std::error_code failure;
  for (fs::directory_iterator entry(folder / kFolder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string stem = entry->path().stem().string();
    const bool isNumber = !stem.empty() && stem.size() < 18 && std::all_of(stem.begin(), stem.end(), ::isdigit);
    if (isNumber && entry->path().extension() == ".json") newest = std::max(newest, uint64_t{std::stoull(stem)});
  }
  return newest;
}

void touch(const fs::path& file, const LeaseRules& rules) noexcept {
  if (rules.now) {
    std::error_code ignored;
    fs::last_write_time(file, rules.now(), ignored);
  } else {
    ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);
  }
}

// The time of the file system that holds the lease, by writing a file there.
fs::file_time_type fileSystemNow(const fs::path& folder, const LeaseRules& rules) {
  if (rules.now) return rules.now();
  const fs::path probe = folder / kFolder / ("clock-" + std::to_string(::getpid()));
  std::error_code failure;
  const int file = ::open(probe.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
  if (file >= 0) {
    ::close(file);
    ::utimensat(AT_FDCWD, probe.c_str(), nullptr, 0);
  }
  const fs::file_time_type now = fs::last_write_time(probe, failure);
  if (file >= 0) ::unlink(probe.c_str());
  return failure ? fs::file_time_type::clock::now() : now;
}

struct Found {
  uint64_t number = 0;
  bool isReleased = true;
  ProcessIdentity holder;
  fs::file_time_type heartbeat{};
};

Found findNewest(const fs::path& folder) {
  Found found{.number = newestNumber(folder), .isReleased = true, .holder = {}, .heartbeat = {}};
  if (found.number == 0) return found;
  const fs::path file = leaseFile(folder, found.number);
  std::error_code failure;
  found.heartbeat = fs::last_write_time(file, failure);
  found.isReleased = false;
  try {
    // A lease that cannot be read is held by somebody not known here.
    const Json json = Json::parse(readTextFile(file), nullptr, false);
    if (!json.is_object()) return found;
    found.isReleased = json.value("released", false);
    found.holder = processFromJson(json);
  } catch (const std::exception&) {
  }
  return found;
}

LeaseStatus judge(const Found& found, fs::file_time_type now, const LeaseRules& rules) {
  LeaseStatus status;
  status.holder = found.holder;
  if (found.number == 0 || found.isReleased) return status;
  status.secondsSinceHeartbeat = std::chrono::duration<double>(now - found.heartbeat).count();
  const Liveness liveness = livenessOf(found.holder);
  const bool isSilent = now - found.heartbeat > rules.staleAfter;
  status.isStale = liveness == Liveness::Dead || (liveness == Liveness::Unknown && isSilent);
  status.isHeld = !status.isStale;
  return status;
}

[[noreturn]] void failClaiming(const fs::path& folder, const std::string& why) {
  throw Error(ErrorParts{.what = "take up the run",
                         .where = folder.string(),
                         .why = why,
                         .remedy = "check free space and permissions of the folder"});
}

// False when another process created this number first. The file appears with its content or not at all (link, as
// rename would replace another's): a claimant killed in between must not leave an empty lease that names no holder.
bool createLease(const fs::path& folder, uint64_t number, const std::string& content) {
  const fs::path path = leaseFile(folder, number);
  std::string draft = (folder / kFolder / "claim-XXXXXX").string();
  const int file = ::mkostemp(draft.data(), O_CLOEXEC);
  if (file < 0) failClaiming(folder, systemReason());
  const bool isWritten = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size());
  const std::string whyNotWritten = systemReason();
  ::fchmod(file, 0644);
  ::close(file);
  const bool isLinked = isWritten && ::link(draft.c_str(), path.c_str()) == 0;
  const int linkError = errno;
  ::unlink(draft.c_str());
  if (isLinked) return true;
  if (isWritten && linkError == EEXIST) return false;
  failClaiming(folder, isWritten ? systemReason(linkError) : whyNotWritten);
}

void removeOlder(const fs::path& folder, uint64_t number) {
  std::error_code ignored;
  for (uint64_t older = number; older-- > 1;)
    if (!fs::remove(leaseFile(folder, older), ignored)) break;
}

}  // namespace

Lease::Lease(fs::path folder, uint64_t number, LeaseRules rules)
    : m_folder(std::move(folder)), m_number(number), m_rules(std::move(rules)) {}

Lease::Lease(Lease&& other) noexcept
    : m_folder(std::move(other.m_folder)),
      m_number(std::exchange(other.m_number, 0)),
      m_rules(std::move(other.m_rules)) {}

std::optional<Lease> Lease::tryClaim(const fs::path& folder, LeaseRules rules) {
  std::error_code failure;
  fs::create_directories(folder / kFolder, failure);
  if (failure) failClaiming(folder, failure.message());
  const Found found = findNewest(folder);
  if (found.number != 0 && !found.isReleased && judge(found, fileSystemNow(folder, rules), rules).isHeld) return {};
  Json content = toJson(thisProcess());
  content["number"] = found.number + 1;
  const std::string text = content.dump(2) + "\n";
  if (!createLease(folder, found.number + 1, text)) return {};
  Lease lease(folder, found.number + 1, std::move(rules));
  // Who listed the folder long ago may have created a number that was used and cleared away since.
  if (newestNumber(folder) != lease.m_number) {
    fs::remove(leaseFile(folder, lease.m_number), failure);
    lease.m_number = 0;
    return {};
  }
  touch(leaseFile(folder, lease.m_number), lease.m_rules);
  writeFileAtomically(folder / kCopy, text);
  removeOlder(folder, lease.m_number);
  return lease;
}

Lease Lease::claim(const fs::path& folder, LeaseRules rules) {
  if (std::optional<Lease> lease = tryClaim(folder, rules)) return std::move(*lease);
  const LeaseStatus status = leaseOf(folder, rules);
  throw Error(ErrorParts{.what = "take up the run",
                         .where = folder.string(),
                         .why = describe(status.holder) + " is working on it (heartbeat " +
                                fixed(std::max(0.0, status.secondsSinceHeartbeat), 0) + " s ago)",
                         .remedy = "wait for it, or ask it to stop"});
}

Lease::~Lease() {
  if (m_number == 0) return;
  try {
    if (newestNumber(m_folder) != m_number) return;
    std::error_code ignored;
    fs::remove(m_folder / kCopy, ignored);
    writeFileAtomically(leaseFile(m_folder, m_number), R"({"released": true})");
  } catch (const std::exception&) {
    // On a full disk an emptied lease still ends, by its silence.
    std::error_code ignored;
    fs::resize_file(leaseFile(m_folder, m_number), 0, ignored);
  }
}

bool Lease::heartbeat() const noexcept {
  try {
    if (m_number == 0 || newestNumber(m_folder) > m_number) return false;
    touch(leaseFile(m_folder, m_number), m_rules);
    touch(m_folder / kCopy, m_rules);
  } catch (const std::exception&) {
  }
  return true;
}

LeaseStatus leaseOf(const fs::path& folder, const LeaseRules& rules) {
  return judge(findNewest(folder), rules.now ? rules.now() : fs::file_time_type::clock::now(), rules);
}

std::string describe(const ProcessIdentity& process) {
  if (process.pid == 0) return "another process";
  std::string text = "process " + std::to_string(process.pid) + " on " + process.host;
  if (!process.slurmJob.empty()) text += " (Slurm job " + process.slurmJob + ")";
  return text;
}

}  // namespace corticast
