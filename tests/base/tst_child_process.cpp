#include "core/base/child_process.h"

#include <chrono>
#include <csignal>

#include "tests/testing/testing.h"

namespace corticast {
namespace {

ChildEnd shell(const std::string& script, const ChildLimits& limits = {}) {
  return runLimited({"/bin/sh", "-c", script}, limits);
}

TEST(ChildProcess, SaysHowItEnded) {
  const ChildEnd good = shell("exit 0"), bad = shell("exit 7"), crashed = shell("kill -SEGV $$");
  EXPECT_TRUE(good.isOrderly());
  EXPECT_EQ(good.exitCode, 0);
  EXPECT_TRUE(bad.isOrderly());
  EXPECT_EQ(bad.text({}), "ended with exit code 7");
  EXPECT_FALSE(crashed.isOrderly());
  EXPECT_EQ(crashed.signal, SIGSEGV);
  EXPECT_THAT(crashed.text({}), ::testing::StartsWith("was ended by signal 11"));
}

TEST(ChildProcess, IsKilledWhenItsTimeIsOver) {
  const auto started = std::chrono::steady_clock::now();
  const ChildLimits limits{.seconds = 0.2, .memoryBytes = 0};
  const ChildEnd end = shell("exec sleep 60", limits);
  EXPECT_LT(std::chrono::steady_clock::now() - started, std::chrono::seconds(5));
  EXPECT_TRUE(end.isTooLong);
  EXPECT_FALSE(end.isOrderly());
  EXPECT_EQ(end.text(limits), "took longer than 0.2 s");
}

TEST(ChildProcess, HasNoMoreMemoryThanAllowed) {
  const auto exitCode = [](uint64_t bytes) {
    return shell("[ \"$(ulimit -v)\" = 100000 ]", {.seconds = 10, .memoryBytes = bytes}).exitCode;
  };
  EXPECT_EQ(exitCode(uint64_t{100000} * 1024), 0);
  EXPECT_EQ(exitCode(0), 1);
}

TEST(ChildProcess, ThatIsMissingIsAnError) {
  const ErrorParts error = testing::errorOf([] { (void)runLimited({"/nowhere/program"}, {}); });
  EXPECT_EQ(error.where, "/nowhere/program");
  EXPECT_FALSE(error.remedy.empty());
}

}  // namespace
}  // namespace corticast
