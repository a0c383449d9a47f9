#include "tests/testing/testing.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace corticast::testing {

namespace {

// Files in memory where there is room: every file written in one step waits for a disk otherwise (5 s instead of
// 0.5 s for a test that makes a few studies). TMPDIR decides where it is set.
std::filesystem::path parentOfTempDirs() {
  const std::filesystem::path memory = "/dev/shm";
  std::error_code failure;
  const auto space = std::filesystem::space(memory, failure);
  const bool hasRoom = !failure && space.available > (uintmax_t{1} << 30) && ::access(memory.c_str(), W_OK) == 0;
  return hasRoom && !std::getenv("TMPDIR") ? memory : std::filesystem::temp_directory_path();
}

}  // namespace

TempDir::TempDir() {
  std::string pattern = (parentOfTempDirs() / "corticast-test-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make a temporary folder");
  m_path = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(m_path, ignored);
}

std::filesystem::path testFile(const std::string& relative) {
  return std::filesystem::path(CORTICAST_TEST_SOURCES) / relative;
}

ErrorParts errorOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    const ErrorParts& parts = error.parts();
    EXPECT_FALSE(parts.what.empty() || parts.where.empty() || parts.why.empty() || parts.remedy.empty())
        << "an error needs all four parts: " << error.what();
    return parts;
  }
  ADD_FAILURE() << "expected an Error";
  return {};
}

void writeFile(const std::filesystem::path& path, const std::string& content) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << content;
}

}  // namespace corticast::testing
