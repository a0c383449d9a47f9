#pragma once
#include <filesystem>

#include "core/base/progress.h"

namespace corticast {

/// Holds a folder for one writer, among processes and threads; given back at the end of the scope and by the system
/// when the process dies. Where the file system knows no locks it does nothing: then two writers do the same work
/// twice, and the files, each put in place whole, stay right.
class FolderLock {
 public:
  /// Waits until the folder is free. Throws Cancelled when `progress` asks, Error when `folder` cannot be written.
  FolderLock(const std::filesystem::path& folder, ProgressReporter& progress);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int m_file = -1;
};

}  // namespace corticast
