#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/json.h"
#include "core/formats/hdf5_file.h"
#include "core/formats/npy.h"
#include "tests/testing/program.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::HasSubstr;

namespace {

struct Fixture {
  TempDir folder;

  explicit Fixture(size_t subjects = 1) { makeSmallStudy(folder / "study", {.subjects = subjects}); }
  [[nodiscard]] ProgramResult embed(const std::vector<std::string>& more) const {
    std::vector<std::string> all = {"embed", (folder / "study").string(), "--workspace", (folder / "ws").string()};
    all.insert(all.end(), more.begin(), more.end());
    return runProgram(CORTICAST_CLI, all);
  }
};

}  // namespace

TEST(EmbedCommand, printsTheDocumentOfOneSubject) {
  const Fixture fixture;
  const ProgramResult result = fixture.embed({"--backbone", "gabor", "--json"});
  ASSERT_EQ(result.exitCode, 0) << result.err;
  const Json json = Json::parse(result.out);
  ASSERT_EQ(json.size(), 6U);
  EXPECT_EQ(json.at("dtype"), "float32");
  EXPECT_EQ(json.at("skipped"), Json::array());
  EXPECT_THAT(json.at("path").get<std::string>(), HasSubstr((fixture.folder / "ws/embeddings/gabor-energy-").string()));
  EXPECT_EQ(json.at("images"), 24);
  EXPECT_EQ(json.at("shape"), Json::array({1368}));
  ASSERT_EQ(json.at("shards").size(), 1U);
  EXPECT_TRUE(std::filesystem::exists(json.at("shards").at(0).get<std::string>()));
  EXPECT_EQ(fixture.embed({"--backbone", "gabor", "--json"}).out, result.out);
}

TEST(EmbedCommand, printsOneDocumentPerSubject) {
  const Fixture fixture(2);
  const Json json = Json::parse(fixture.embed({"--backbone", "gabor", "--json"}).out);
  ASSERT_EQ(json.at("embeddings").size(), 2U);
  EXPECT_EQ(json.at("embeddings").at(1).at("subject"), "subj02");
  EXPECT_EQ(json.at("path"), json.at("embeddings").at(0).at("path"));
  const Json second = Json::parse(fixture.embed({"--backbone", "gabor", "--subject", "subj02", "--json"}).out);
  EXPECT_EQ(second.at("path"), json.at("embeddings").at(1).at("path"));
}

TEST(EmbedCommand, setsParametersOfTheBackbone) {
  const Fixture fixture;
  const ProgramResult result = fixture.embed({"--backbone", "gabor", "--set", "cycles=2,4", "--set", "cells=1,2",
                                              "--set", "orientations=4", "--set", "colourCells=0", "--json"});
  ASSERT_EQ(result.exitCode, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("shape"), Json::array({4 * (1 + 4)}));
}

TEST(EmbedCommand, storesAPrecomputedArray) {
  const Fixture fixture;
  const std::vector<float> values(20 * 2 * 3, 0.5F);
  writeNpy(fixture.folder / "train.npy", std::span<const float>(values), {20, 2, 3});
  const std::string file = (fixture.folder / "train.npy").string();
  const ProgramResult result =
      fixture.embed({"--backbone", "precomputed", "--layer", "conv5", "--weights", file, "--json"});
  ASSERT_EQ(result.exitCode, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("shape"), Json::array({2, 3}));
  EXPECT_THAT(Json::parse(result.out).at("path").get<std::string>(), HasSubstr("precomputed-conv5-"));
}

TEST(ArrayCommand, saysWhatAFileHolds) {
  const TempDir folder;
  std::vector<float> values(70 * 2 * 3, 0.5F);
  values[400] = std::numeric_limits<float>::infinity();
  writeNpy(folder / "a.npy", std::span<const float>(values), {70, 2, 3});
  Hdf5File file = Hdf5File::create(folder / "b.h5");
  file.write("/embedding", std::span<const float>(values).first(8), {2, 4});
  file.writeTexts("/image", std::vector<std::string>{"x.png", "y.png"});
  file.close();
  const Json npy = Json::parse(runProgram(CORTICAST_CLI, {"array", (folder / "a.npy").string(), "--json"}).out);
  EXPECT_EQ(npy, Json({{"rows", 70}, {"shape", {2, 3}}, {"names", Json::array()}, {"not_finite", 1}}));
  EXPECT_EQ(runProgram(CORTICAST_CLI, {"array", (folder / "b.h5").string()}).out,
            "2 rows of 4 values, each with a picture's name; all finite\n");
  writeFile(folder / "c.h5", "no HDF5 at all");
  EXPECT_EQ(runProgram(CORTICAST_CLI, {"array", (folder / "c.h5").string()}).exitCode, 1);
}

// tests/oracles/crashes_hdf5.py made the file: one byte is wrong, and HDF5 1.10.8 crashes over the length of a name.
TEST(EmbedCommand, outlivesAFileThatCrashesTheHdf5Library) {
  const Fixture fixture;
  const std::string file = testFile("cli/data/crashes_hdf5.h5").string();
  const ProgramResult result = fixture.embed({"--backbone", "precomputed", "--weights", file});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_THAT(result.err, HasSubstr("error: read a precomputed embedding: " + file));
}

TEST(EmbedCommand, saysWhatIsWrongAndLeavesStdoutEmpty) {
  const Fixture fixture;
  struct Case {
    std::vector<std::string> arguments;
    std::string says;
    int exitCode = 1;
  };
  const std::vector<Case> cases = {
      {{"--backbone", "vgg"}, "there is no backbone of that name; use one of: gabor, alexnet, "},
      {{"--backbone", "gabor", "--set", "depth=3"}, "there is no parameter of that name; use one of: size, cycles"},
      {{"--backbone", "gabor", "--set", "size"}, "it is not KEY=VALUE"},
      {{"--backbone", "gabor", "--set", "size=7"}, "must lie between 16 and 512"},
      {{"--backbone", "gabor", "--subject", "subj09"}, "choose one of subj01"},
      {{"--backbone", "gabor", "--device", "gpu"}, "known are auto, cpu, cuda, cuda:N"},
      {{"--backbone", "gabor", "--device", "cuda:99"}, "choose a device: cuda:99: "},
      {{"--backbone", "precomputed"}, "no array is given"},
      {{"--backbone", "precomputed", "--weights", "absent.npy"}, "absent.npy"},
      {{}, "--backbone is required", 2},
  };
  for (const Case& one : cases) {
    std::vector<std::string> arguments = one.arguments;
    arguments.emplace_back("--json");
    const ProgramResult result = fixture.embed(arguments);
    EXPECT_EQ(result.exitCode, one.exitCode) << one.says;
    EXPECT_THAT(result.err, HasSubstr(one.says));
    EXPECT_EQ(result.out, "");
  }
}
