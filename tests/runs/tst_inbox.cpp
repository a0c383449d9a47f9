#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "core/runs/inbox.h"
#include "core/runs/ulid.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

using testing::errorOf;
using testing::TempDir;

TEST(Inbox, GivesRequestsOnceAndOldestFirst) {
  TempDir dir;
  EXPECT_FALSE(takeRequest(dir / "inbox").has_value());
  postRequest(dir / "inbox", RunRequest::Checkpoint);
  std::this_thread::sleep_for(std::chrono::milliseconds(2));
  postRequest(dir / "inbox", RunRequest::Stop);
  EXPECT_EQ(takeRequest(dir / "inbox"), RunRequest::Checkpoint);
  EXPECT_EQ(takeRequest(dir / "inbox"), RunRequest::Stop);
  EXPECT_FALSE(takeRequest(dir / "inbox").has_value());
  EXPECT_TRUE(std::filesystem::is_empty(dir / "inbox"));
}

TEST(Inbox, EachRequestHasOneTaker) {
  TempDir dir;
  for (int i = 0; i < 50; ++i) postRequest(dir / "inbox", RunRequest::Checkpoint);
  std::atomic<int> taken{0};
  {
    std::vector<std::jthread> takers;
    for (int i = 0; i < 4; ++i)
      takers.emplace_back([&] {
        while (takeRequest(dir / "inbox")) ++taken;
      });
  }
  EXPECT_EQ(taken, 50);
}

TEST(Inbox, NonsenseIsPassedOver) {
  TempDir dir;
  testing::writeFile(dir / "inbox/notes.txt", "mine");
  testing::writeFile(dir.path() / "inbox" / (newUlid() + ".json"), "{\"request\": \"dance\"}");
  testing::writeFile(dir.path() / "inbox" / (newUlid() + ".json"), "{");
  EXPECT_FALSE(takeRequest(dir / "inbox").has_value());
  EXPECT_TRUE(std::filesystem::exists(dir / "inbox/notes.txt"));
  postRequest(dir / "inbox", RunRequest::Pause);
  EXPECT_EQ(takeRequest(dir / "inbox"), RunRequest::Pause);
  EXPECT_EQ(errorOf([] { (void)parseRequest("dance"); }).remedy, "use pause, stop or checkpoint");
}

}  // namespace
}  // namespace corticast
