#include "core/features/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

#include "core/base/error.h"
#include "core/base/log.h"

namespace corticast {

FolderLock::FolderLock(const std::filesystem::path& folder, ProgressReporter& progress) {
  const auto path = folder / ".lock";
  m_file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (m_file < 0)
    throw Error({.what = "lock a folder",
                 .where = path.string(),
                 .why = systemReason(),
                 .remedy = "check that the workspace can be written"});
  bool hasSaid = false;
  while (::flock(m_file, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return;
    if (!hasSaid) log::warning("another process is working in " + folder.string() + "; waiting for it");
    hasSaid = true;
    if (progress.isCancelled()) {
      ::close(m_file);
      throw Cancelled();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

FolderLock::~FolderLock() {
  ::close(m_file);
}

}  // namespace corticast
