#include "tests/testing/damage.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "core/base/atomic_file.h"
#include "tests/testing/testing.h"

namespace corticast::testing {
namespace {

/// A fresh file each time: ext4 waits for the disk when a file is emptied and written again.
void writeFresh(const std::filesystem::path& file, const std::string& content) {
  std::filesystem::remove(file);
  writeFile(file, content);
}

/// True when refused, by an Error with all four parts.
bool isRefused(const std::filesystem::path& file, const FileReader& read, const std::string& what) {
  try {
    read(file);
    return false;
  } catch (const Error& error) {
    const ErrorParts& parts = error.parts();
    EXPECT_FALSE(parts.what.empty() || parts.where.empty() || parts.why.empty() || parts.remedy.empty())
        << what << ": " << error.what();
    return true;
  } catch (const std::exception& other) {
    ADD_FAILURE() << what << ": " << other.what();
    return true;
  }
}

}  // namespace

void expectEveryCutRefused(const std::filesystem::path& file, const FileReader& read, size_t step) {
  const std::string whole = readTextFile(file);
  const TempDir folder;
  const auto cut = folder / ("cut" + file.extension().string());
  for (size_t length = 0; length < whole.size(); length += step) {
    writeFresh(cut, whole.substr(0, length));
    EXPECT_TRUE(isRefused(cut, read, "cut to " + std::to_string(length))) << file << " cut to " << length << " bytes";
  }
}

size_t expectDamageSurvived(const std::filesystem::path& file, const FileReader& read, size_t step) {
  const std::string whole = readTextFile(file);
  const TempDir folder;
  const auto damaged = folder / ("damaged" + file.extension().string());
  size_t refused = 0;
  for (size_t at = 0; at < whole.size(); at += step) {
    for (const unsigned char mask : {0x01, 0x80, 0xff}) {
      std::string content = whole;
      content[at] = static_cast<char>(static_cast<unsigned char>(content[at]) ^ mask);
      writeFresh(damaged, content);
      refused += isRefused(damaged, read, "byte " + std::to_string(at) + " damaged");
    }
  }
  return refused;
}

std::string errorOnFullDisk(size_t bytes, const std::function<void()>& action) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("cannot make a pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    std::string text;
    try {
      action();
    } catch (const std::exception& error) {
      text = error.what();
    }
    [[maybe_unused]] const auto written = ::write(ends[1], text.data(), text.size());
    ::_exit(0);
  }
  ::close(ends[1]);
  std::string text(4096, '\0');
  size_t got = 0;
  for (ssize_t count = 0; (count = ::read(ends[0], text.data() + got, text.size() - got)) > 0;)
    got += static_cast<size_t>(count);
  ::close(ends[0]);
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status)) << "the writing process died";
  text.resize(got);
  return text;
}

}  // namespace corticast::testing
