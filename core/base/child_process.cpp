#include "core/base/child_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <thread>

#include "core/base/error.h"
#include "core/base/text.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

[[noreturn]] void failStarting(const std::string& program, const std::string& why) {
  throw Error({.what = "start program",
               .where = program,
               .why = why,
               .remedy = "check that the file is there and may be run; CORTICAST_CLI names another one"});
}

// The shell sets the limits, for itself and so for the program that takes its place.
std::vector<std::string> limited(const std::vector<std::string>& arguments, const ChildLimits& limits) {
  std::string script = "ulimit -c 0; ulimit -t " + std::to_string(std::lround(std::ceil(limits.seconds))) + "; ";
  if (limits.memoryBytes > 0) script += "ulimit -v " + std::to_string(limits.memoryBytes / 1024) + "; ";
  std::vector<std::string> shell{"/bin/sh", "-c", script + "exec \"$@\"", "sh"};
  shell.insert(shell.end(), arguments.begin(), arguments.end());
  return shell;
}

pid_t start(std::vector<std::string> arguments) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  if (failure != 0) failStarting(arguments.front(), systemReason(failure));
  return pid;
}

}  // namespace

fs::path findCli() {
  if (const char* named = std::getenv("CORTICAST_CLI"); named && *named) {
    if (::access(named, X_OK) != 0) failStarting(named, systemReason());
    return named;
  }
  std::error_code failure;
  const fs::path self = fs::read_symlink("/proc/self/exe", failure);
  const fs::path beside = self.parent_path() / "corticast-cli";
  if (::access(beside.c_str(), X_OK) != 0) failStarting(beside.string(), systemReason());
  return beside;
}

std::string ChildEnd::text(const ChildLimits& limits) const {
  if (isTooLong) return "took longer than " + shortest(limits.seconds) + " s";
  if (signal != 0) return "was ended by signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
  return "ended with exit code " + std::to_string(exitCode);
}

ChildEnd runLimited(const std::vector<std::string>& arguments, const ChildLimits& limits) {
  if (::access(arguments.front().c_str(), X_OK) != 0) failStarting(arguments.front(), systemReason());
  const pid_t pid = start(limited(arguments, limits));
  const auto until = Clock::now() + std::chrono::duration<double>(limits.seconds);
  ChildEnd end;
  int status = 0;
  for (auto pause = std::chrono::milliseconds(1);;) {
    const pid_t ended = ::waitpid(pid, &status, end.isTooLong ? 0 : WNOHANG);
    if (ended == pid || (ended < 0 && errno != EINTR)) break;
    if (!end.isTooLong && Clock::now() > until) {
      end.isTooLong = true;
      ::kill(pid, SIGKILL);
    }
    if (!end.isTooLong) std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, std::chrono::milliseconds(20));
  }
  if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
  if (end.signal == SIGXCPU) end.isTooLong = true;
  if (WIFEXITED(status)) end.exitCode = WEXITSTATUS(status);
  return end;
}

}  // namespace corticast
