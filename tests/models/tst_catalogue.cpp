#include <nlohmann/json.hpp>
#include <set>

#include "core/models/architecture.h"
#include "tests/testing/testing.h"

namespace corticast {
namespace {

TEST(Catalogue, EveryEntryIsDescribedAndCountsItsWeights) {
  std::set<std::string> ids, params;
  for (const Architecture& entry : architectures()) {
    EXPECT_TRUE(ids.insert(entry.id).second) << entry.id;
    EXPECT_FALSE(entry.label.empty());
    EXPECT_FALSE(entry.help.empty());
    EXPECT_GT(entry.cost({.imageShape = {3}, .targets = 2, .positions = {}}, defaultsOf(entry.params)).weights, 0U);
    EXPECT_EQ(&architecture(entry.id), &entry);
    for (const Param& param : entry.params) EXPECT_TRUE(params.insert(param.id).second) << param.id;
  }
}

TEST(Catalogue, LinearHasOneWeightPerFeatureAndABiasPerTarget) {
  EXPECT_EQ(
      architecture("linear").cost({.imageShape = {512}, .targets = 7600, .positions = {}}, Json::object()).weights,
      513U * 7600);
}

TEST(Catalogue, AnUnknownArchitectureIsNamed) {
  const ErrorParts parts = testing::errorOf([] { (void)architecture("linaer"); });
  EXPECT_EQ(parts.where, "linaer");
  EXPECT_THAT(parts.remedy, ::testing::HasSubstr("linear"));
}

}  // namespace
}  // namespace corticast
