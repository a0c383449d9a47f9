#include "core/base/json_keys.h"

#include <nlohmann/json.hpp>

#include "tests/testing/testing.h"

namespace corticast {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Json kObject = {{"name", "a"}, {"list", {"x", "y"}}, {"count", 7}, {"seed", uint64_t{1} << 60}, {"more", {1}}};

TEST(JsonKeys, GiveWhatIsThereAndLeaveTheRest) {
  JsonKeys keys(kObject, "read a thing", "thing.json");
  std::string name, absent = "before";
  std::vector<std::string> list;
  int count = 0;
  uint64_t seed = 0;
  keys.text("name", name);
  keys.text("absent", absent);
  keys.texts("list", list);
  keys.integer("count", count, 7);
  keys.integer("seed", seed, uint64_t{1} << 60);
  EXPECT_EQ(name, "a");
  EXPECT_EQ(absent, "before");
  EXPECT_THAT(list, ElementsAre("x", "y"));
  EXPECT_EQ(count, 7);
  EXPECT_EQ(seed, uint64_t{1} << 60);
  EXPECT_EQ(*keys.find("more"), Json::array({1}));
  EXPECT_EQ(keys.find("nothing"), nullptr);
  keys.refuseOthers();
}

TEST(JsonKeys, RefuseWhatNobodyAskedForNamingWhatWasAskedFor) {
  JsonKeys keys(kObject, "read a thing", "thing.json");
  for (const char* key : {"name", "list", "count", "absent"}) (void)keys.find(key);
  const ErrorParts parts = testing::errorOf([&] { keys.refuseOthers(); });
  EXPECT_EQ(parts.what, "read a thing");
  EXPECT_EQ(parts.where, "thing.json");
  EXPECT_THAT(parts.why, HasSubstr("\"seed\""));
  EXPECT_THAT(parts.remedy, HasSubstr("name, list, count, absent"));
}

TEST(JsonKeys, RefuseAnotherTypeNamingTheKey) {
  JsonKeys keys(kObject, "read a thing", "thing.json");
  std::string text;
  std::vector<std::string> texts;
  int number = 0;
  const auto why = [](const std::function<void()>& action) { return testing::errorOf(action).why; };
  EXPECT_THAT(why([&] { keys.text("count", text); }), HasSubstr("count = 7 must be text"));
  EXPECT_THAT(why([&] { keys.texts("more", texts); }), HasSubstr("more = [1] must be a list of texts"));
  EXPECT_THAT(why([&] { keys.texts("name", texts); }), HasSubstr("name"));
  EXPECT_THAT(why([&] { keys.integer("count", number, 6); }), HasSubstr("a whole number from 0 to 6"));
  EXPECT_THAT(why([&] { keys.integer("name", number, 6); }), HasSubstr("name"));
  const Json negative = {{"n", -1}, {"real", 1.5}, {"huge", UINT64_MAX}};
  JsonKeys others(negative, "read a thing", "thing.json");
  EXPECT_THAT(why([&] { others.integer("n", number, 6); }), HasSubstr("n = -1"));
  EXPECT_THAT(why([&] { others.integer("huge", number, 6); }), HasSubstr("huge"));
  EXPECT_THAT(why([&] { others.integer("real", number, 6); }), HasSubstr("real = 1.5"));
  EXPECT_THAT(why([] { JsonKeys(Json::array(), "read a thing", "thing.json"); }), HasSubstr("array"));
}

}  // namespace
}  // namespace corticast
