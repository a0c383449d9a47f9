#include "core/runs/process_identity.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

namespace corticast {
namespace {

std::string firstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

struct ProcessStat {
  char state = 0;
  uint64_t startTicks = 0;
};

// Field 2 of /proc/PID/stat is the program's name in brackets and may hold anything, so counting starts behind it.
ProcessStat statOf(int pid) {
  const std::string line = firstLine("/proc/" + std::to_string(pid) + "/stat");
  const size_t bracket = line.rfind(')');
  if (bracket == std::string::npos) return {};
  std::istringstream fields(line.substr(bracket + 1));
  ProcessStat stat;
  fields >> stat.state;
  std::string skipped;
  for (int field = 4; field < 22; ++field) fields >> skipped;
  fields >> stat.startTicks;
  return stat;
}

std::string hostName() {
  char name[256] = {};
  return ::gethostname(name, sizeof(name) - 1) == 0 ? name : "";
}

std::string pidSpace() {
  std::error_code ignored;
  return std::filesystem::read_symlink("/proc/self/ns/pid", ignored).string();
}

}  // namespace

ProcessIdentity thisProcess() {
  const char* job = std::getenv("SLURM_JOB_ID");
  return {.host = hostName(),
          .bootId = firstLine("/proc/sys/kernel/random/boot_id"),
          .pidSpace = pidSpace(),
          .pid = ::getpid(),
          .startTicks = statOf(::getpid()).startTicks,
          .slurmJob = job ? job : ""};
}

Liveness livenessOf(const ProcessIdentity& process) {
  const ProcessIdentity self = thisProcess();
  // Two machines may share a name, so another boot of "this" host proves nothing either.
  const bool isVisible =
      process.host == self.host && process.bootId == self.bootId && process.pidSpace == self.pidSpace;
  if (!isVisible || process.bootId.empty() || process.pid <= 0) return Liveness::Unknown;
  if (::kill(process.pid, 0) != 0 && errno == ESRCH) return Liveness::Dead;
  const ProcessStat stat = statOf(process.pid);
  if (stat.state == 0) return Liveness::Unknown;  // hidden by hidepid, or just gone: the heartbeat will tell
  const bool isEnded = stat.state == 'Z' || stat.state == 'X';
  return !isEnded && stat.startTicks == process.startTicks ? Liveness::Alive : Liveness::Dead;
}

Json toJson(const ProcessIdentity& process) {
  return {{"host", process.host},         {"pid", process.pid},
          {"bootId", process.bootId},     {"startTicks", process.startTicks},
          {"pidSpace", process.pidSpace}, {"slurmJob", process.slurmJob}};
}

ProcessIdentity processFromJson(const Json& json) {
  ProcessIdentity process;
  const auto text = [&](const char* key) {
    const auto value = json.find(key);
    return value != json.end() && value->is_string() ? value->get<std::string>() : std::string();
  };
  const auto number = [&](const char* key) {
    const auto value = json.find(key);
    return value != json.end() && value->is_number_unsigned() ? value->get<uint64_t>() : uint64_t{0};
  };
  process.host = text("host");
  process.bootId = text("bootId");
  process.pidSpace = text("pidSpace");
  process.slurmJob = text("slurmJob");
  process.pid = static_cast<int>(number("pid"));
  process.startTicks = number("startTicks");
  return process;
}

}  // namespace corticast
