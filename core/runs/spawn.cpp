#include "core/runs/spawn.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "core/base/error.h"

namespace corticast {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void failStarting(const std::string& program, const std::string& why) {
  throw Error(ErrorParts{.what = "start program",
                         .where = program,
                         .why = why,
                         .remedy = "check that the file is there and may be run; CORTICAST_CLI names another one"});
}

class FileActions {
 public:
  explicit FileActions(const fs::path& output) {
    ::posix_spawn_file_actions_init(&m_actions);
    ::posix_spawn_file_actions_addopen(&m_actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&m_actions, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    ::posix_spawn_file_actions_adddup2(&m_actions, STDOUT_FILENO, STDERR_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&m_actions, STDERR_FILENO + 1);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&m_actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &m_actions; }

 private:
  posix_spawn_file_actions_t m_actions{};
};

class OwnSession {
 public:
  OwnSession() {
    ::posix_spawnattr_init(&m_attributes);
    sigset_t none, all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    ::posix_spawnattr_setsigmask(&m_attributes, &none);
    ::posix_spawnattr_setsigdefault(&m_attributes, &all);
    ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~OwnSession() { ::posix_spawnattr_destroy(&m_attributes); }
  OwnSession(const OwnSession&) = delete;
  OwnSession& operator=(const OwnSession&) = delete;
  [[nodiscard]] const posix_spawnattr_t* get() const { return &m_attributes; }

 private:
  posix_spawnattr_t m_attributes{};
};

}  // namespace

int spawnDetached(const std::vector<std::string>& arguments, const fs::path& output) {
  std::vector<std::string> owned = arguments;
  std::vector<char*> argv;
  for (std::string& argument : owned) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const FileActions actions(output);
  const OwnSession session;
  pid_t pid = 0;
  const int failure = ::posix_spawn(&pid, argv[0], actions.get(), session.get(), argv.data(), environ);
  if (failure != 0) failStarting(arguments.front(), systemReason(failure));
  return pid;
}

void spawnAndForget(const std::vector<std::string>& arguments, const fs::path& output) {
  // The shell leaves the program behind as nobody's child, so that no zombie of it stays with us.
  std::vector<std::string> shell{"/bin/sh", "-c", "\"$@\" &", "sh"};
  shell.insert(shell.end(), arguments.begin(), arguments.end());
  if (::access(arguments.front().c_str(), X_OK) != 0) failStarting(arguments.front(), systemReason());
  const int pid = spawnDetached(shell, output);
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace corticast
