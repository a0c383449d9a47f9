#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <string>

#include "core/base/error.h"

namespace corticast::testing {

/// A fresh folder, removed with all it holds at the end of the scope.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return m_path / name; }

 private:
  std::filesystem::path m_path;
};

/// A file under tests/, e.g. oracle("formats/oracle/labels.npy").
[[nodiscard]] std::filesystem::path testFile(const std::string& relative);

/// The parts of the Error that `action` throws; fails the test when it throws none, or one with an empty part.
[[nodiscard]] ErrorParts errorOf(const std::function<void()>& action);

void writeFile(const std::filesystem::path& path, const std::string& content);

}  // namespace corticast::testing
