#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/base/error.h"
#include "core/runs/lease.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;
namespace fs = std::filesystem;

ProcessIdentity elsewhere() {
  ProcessIdentity process = thisProcess();
  process.host = "node12";
  process.bootId = "another";
  return process;
}

void plantLease(const fs::path& folder, const ProcessIdentity& holder, fs::file_time_type heartbeat) {
  testing::writeFile(folder / "lease/1.json", toJson(holder).dump());
  fs::last_write_time(folder / "lease/1.json", heartbeat);
}

TEST(Lease, IsHeldByOneAndGivenBack) {
  TempDir dir;
  {
    const Lease lease = Lease::claim(dir.path());
    EXPECT_FALSE(Lease::tryClaim(dir.path()).has_value());
    const std::string why = errorOf([&] { (void)Lease::claim(dir.path()); }).why;
    EXPECT_NE(why.find("process " + std::to_string(::getpid())), std::string::npos) << why;
    EXPECT_TRUE(leaseOf(dir.path()).isHeld);
    EXPECT_TRUE(lease.heartbeat());
    EXPECT_TRUE(fs::exists(dir / "lease.json"));
  }
  EXPECT_FALSE(leaseOf(dir.path()).isHeld);
  EXPECT_FALSE(leaseOf(dir.path()).isStale);
  EXPECT_FALSE(fs::exists(dir / "lease.json"));
  EXPECT_TRUE(Lease::tryClaim(dir.path()).has_value());
}

TEST(Lease, OfADeadProcessIsTakenOverExactlyOnce) {
  for (int trial = 0; trial < 20; ++trial) {
    TempDir dir;
    const pid_t child = ::fork();
    if (child == 0) {
      auto lease = Lease::tryClaim(dir.path());
      ::_exit(lease ? 0 : 1);  // without giving it back
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 0);
    EXPECT_TRUE(leaseOf(dir.path()).isStale);
    std::atomic<int> winners{0};
    std::atomic<bool> isGo{false};
    std::vector<std::optional<Lease>> leases;
    for (int i = 0; i < 8; ++i) leases.emplace_back();
    {
      std::vector<std::jthread> claimants;
      for (auto& lease : leases)
        claimants.emplace_back([&] {
          while (!isGo) std::this_thread::yield();
          if (auto mine = Lease::tryClaim(dir.path())) {
            ++winners;
            lease.emplace(std::move(*mine));
          }
        });
      isGo = true;
    }
    EXPECT_EQ(winners, 1);
  }
}

TEST(Lease, OfAnotherHostIsStaleAfterAMinuteOfSilence) {
  TempDir dir;
  const auto start = fs::file_time_type::clock::now();
  auto now = start;
  const LeaseRules rules{.staleAfter = std::chrono::seconds(60), .now = [&] { return now; }};
  plantLease(dir.path(), elsewhere(), start);
  now = start + std::chrono::seconds(59);
  EXPECT_FALSE(Lease::tryClaim(dir.path(), rules).has_value());
  EXPECT_EQ(leaseOf(dir.path(), rules).holder.host, "node12");
  now = start + std::chrono::seconds(61);
  EXPECT_TRUE(leaseOf(dir.path(), rules).isStale);
  EXPECT_TRUE(Lease::tryClaim(dir.path(), rules).has_value());
}

TEST(Lease, OfALivingProcessOfThisHostIsNeverStale) {
  TempDir dir;
  plantLease(dir.path(), thisProcess(), fs::file_time_type::clock::now() - std::chrono::hours(1));
  EXPECT_TRUE(leaseOf(dir.path()).isHeld);
  EXPECT_FALSE(Lease::tryClaim(dir.path()).has_value());
}

TEST(Lease, OfAProcessWhoseNumberWasUsedAgainIsStale) {
  TempDir dir;
  ProcessIdentity earlier = thisProcess();
  earlier.startTicks -= 1;
  plantLease(dir.path(), earlier, fs::file_time_type::clock::now());
  EXPECT_TRUE(leaseOf(dir.path()).isStale);
}

TEST(Lease, ClocksAnHourApartDoNoHarm) {
  TempDir dir;
  // The claimant's file system says when it is now, whatever this host's clock thinks.
  for (const auto skew : {std::chrono::hours(1), std::chrono::hours(-1)}) {
    const auto serverNow = fs::file_time_type::clock::now() + skew;
    plantLease(dir.path(), elsewhere(), serverNow - std::chrono::seconds(5));
    EXPECT_FALSE(Lease::tryClaim(dir.path(), {.now = [&] { return serverNow; }}).has_value());
  }
}

TEST(Lease, ALostLeaseIsNoticedAndTheNewHoldersLeftAlone) {
  TempDir dir;
  const auto start = fs::file_time_type::clock::now();
  auto now = start;
  const LeaseRules rules{.staleAfter = std::chrono::seconds(60), .now = [&] { return now; }};
  plantLease(dir.path(), elsewhere(), start - std::chrono::seconds(100));
  std::optional<Lease> old(Lease::claim(dir.path(), rules));
  testing::writeFile(dir / "lease/3.json", toJson(elsewhere()).dump());
  EXPECT_FALSE(old->heartbeat());
  old.reset();
  EXPECT_EQ(leaseOf(dir.path()).holder.host, "node12");
  EXPECT_TRUE(leaseOf(dir.path()).isHeld);
}

TEST(Lease, AnEmptyOneIsHeldUntilItIsSilent) {
  TempDir dir;
  testing::writeFile(dir / "lease/1.json", "");
  EXPECT_FALSE(Lease::tryClaim(dir.path()).has_value());
  fs::last_write_time(dir / "lease/1.json", fs::file_time_type::clock::now() - std::chrono::seconds(61));
  EXPECT_TRUE(Lease::tryClaim(dir.path()).has_value());
}

}  // namespace
}  // namespace corticast
