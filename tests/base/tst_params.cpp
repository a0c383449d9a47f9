#include <nlohmann/json.hpp>

#include "core/base/params.h"
#include "tests/testing/testing.h"

using namespace corticast;
using corticast::testing::errorOf;

namespace {

struct Config {
  double learningRate = 1e-4;
  int patience = 10;
  bool standardise = true;
  std::string solver = "adamw";
  std::vector<int> widths = {256, 128};
  double alpha = 1;

  static Fields<Config> fields() {
    Fields<Config> f;
    f.section("Optimiser");
    f.real("learningRate", "Learning rate", &Config::learningRate).range(1e-8, 10).logarithmic();
    f.integer("patience", "Patience", &Config::patience).range(1, 1000).unit("epochs");
    f.boolean("standardise", "Standardise", &Config::standardise);
    f.choice("solver", "Solver", &Config::solver).choice("adamw", "AdamW").choice("ridge", "Ridge");
    f.integers("widths", "Widths", &Config::widths).range(1, 4096);
    f.real("alpha", "Alpha", &Config::alpha).range(0, 1e9).relevantIf("solver", {"ridge"});
    return f;
  }
};

}  // namespace

TEST(Params, roundTripThroughJson) {
  const auto fields = Config::fields();
  Config config;
  config.learningRate = 3e-4;
  config.widths = {8, 4};
  const Json json = fields.toJson(config);
  const Config back = fields.fromJson(json, "test");
  EXPECT_EQ(back.learningRate, 3e-4);
  EXPECT_EQ(back.widths, (std::vector{8, 4}));
  EXPECT_EQ(fields.toJson(back), json);
  EXPECT_EQ(defaultsOf(fields.params()), fields.toJson(Config{}));
}

TEST(Params, refuseWrongValuesWithTheReason) {
  const auto fields = Config::fields();
  const auto why = [&](const Json& json) { return errorOf([&] { (void)fields.fromJson(json, "plan.json"); }).why; };
  EXPECT_EQ(why({{"patience", 0}}), "patience = 0 must lie between 1 and 1000 epochs");
  EXPECT_EQ(why({{"patience", 2.5}}), "patience = 2.5 must be a whole number");
  EXPECT_EQ(why({{"solver", "sgd"}}), "solver = \"sgd\" must be one of adamw, ridge");
  EXPECT_EQ(why({{"widths", {1, 0}}}), "widths = [1,0] each entry must lie between 1 and 4096");
  EXPECT_EQ(why({{"learningrate", 1}}), "there is no parameter \"learningrate\"");
  EXPECT_EQ(why({{"learningRate", "fast"}}), "learningRate = \"fast\" must be a number");
}

TEST(Params, readWhatAPersonTypes) {
  const auto fields = Config::fields();
  const auto& params = fields.params();
  EXPECT_EQ(parseParam(params[0], "1e-3"), Json(1e-3));
  EXPECT_EQ(parseParam(params[1], "20"), Json(20));
  EXPECT_EQ(parseParam(params[2], "no"), Json(false));
  EXPECT_EQ(parseParam(params[4], "64,32"), Json({64, 32}));
  EXPECT_EQ(errorOf([&] { (void)parseParam(params[0], "1e-3x"); }).why, "not a number");
}

TEST(Params, areRelevantOnlyUnderTheirConditions) {
  const auto fields = Config::fields();
  const auto& params = fields.params();
  EXPECT_FALSE(isRelevant(params[5], params, Json::object()));
  EXPECT_TRUE(isRelevant(params[5], params, {{"solver", "ridge"}}));
}
