#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/atomic_file.h"
#include "core/base/json.h"
#include "core/base/random.h"
#include "core/base/text.h"
#include "core/formats/npy.h"
#include "tests/testing/program.h"
#include "tests/testing/small_study.h"
#include "tests/testing/testing.h"

using namespace corticast;
using namespace corticast::testing;
using ::testing::HasSubstr;

namespace {

constexpr size_t kImages = 40, kTestImages = 4, kFeatures = 6;

/// Pictures' features by hand, the same for training and test rows.
Matrix<float> features(size_t first, size_t count) {
  Matrix<float> matrix(count, kFeatures);
  for (size_t row = 0; row < count; ++row) {
    Philox random(11, first + row);
    for (float& value : matrix.row(row)) value = static_cast<float>(random.normal());
  }
  return matrix;
}

/// The whole way of a user who brings an array: embed, plan, train, table, scores, predict, submit, check.
class Pipeline : public ::testing::Test {
 protected:
  void SetUp() override {
    const Matrix<float> all = features(0, kImages + kTestImages);
    // Responses that a linear model of two features predicts exactly.
    makeSmallStudy(
        study,
        {.images = kImages, .testImages = kTestImages, .response = [&](size_t, Hemisphere, size_t row, size_t column) {
           return all(row, column % kFeatures) - 0.5F * all(row, (column + 1) % kFeatures);
         }});
    writeNpy(folder / "train.npy", features(0, kImages).view());
    writeNpy(folder / "test.npy", features(kImages, kTestImages).view());
    expectDone({"embed", study, "--backbone", "precomputed", "--weights", (folder / "train.npy").string(),
                "--test-weights", (folder / "test.npy").string(), "--workspace", workspace});
  }

  std::string expectDone(const std::vector<std::string>& arguments) {
    const ProgramResult result = runProgram(CORTICAST_CLI, arguments);
    EXPECT_EQ(result.exitCode, 0) << join(arguments, " ") << "\n" << result.err;
    return result.out;
  }

  std::string train(const std::vector<std::string>& options) {
    std::vector<std::string> arguments = {"plan", "--dataset", study, "--embedding", "precomputed"};
    arguments.insert(arguments.end(), options.begin(), options.end());
    writeFile(folder / "plan.json", expectDone(arguments));
    const std::string out = expectDone({"train", (folder / "plan.json").string(), "--workspace", workspace});
    return split(out, '\n').front();
  }

  TempDir folder;
  std::string study = (folder / "study").string();
  std::string workspace = (folder / "workspace").string();
};

}  // namespace

TEST_F(Pipeline, endsInTableScoresPredictionsAndACheckedSubmission) {
  const std::string run =
      train({"--preset", "baseline-alexnet", "--set", "pca=0", "--set", "solver=ols", "--name", "OLS"});

  const Json table = Json::parse(expectDone({"table", "--workspace", workspace, "--format", "json"}));
  ASSERT_EQ(table.size(), 2U);
  EXPECT_EQ(table[0].at("run"), run);
  EXPECT_EQ(table[0].at("experiment"), "OLS");
  EXPECT_EQ(table[0].at("hemisphere"), "lh");
  EXPECT_EQ(table[0].at("vertices"), 40);
  // The responses are linear in the features without noise: only rounding keeps r from 1 and the loss from 0.
  EXPECT_GT(table[0].at("corr_mean").get<double>(), 0.99999);
  EXPECT_LT(table[1].at("v_loss").get<double>(), 1e-8);

  const Json inOfa = Json::parse(expectDone({"table", "--workspace", workspace, "--format", "json", "--roi", "OFA"}));
  ASSERT_EQ(inOfa.size(), 2U);
  EXPECT_EQ(inOfa[0].at("roi"), "OFA");
  EXPECT_LT(inOfa[0].at("vertices").get<int>(), 40);

  const std::string csv = (folder / "scores.csv").string();
  expectDone({"scores", run, "--workspace", workspace, "--format", "csv", "--out", csv});
  EXPECT_EQ(split(readTextFile(csv), '\n').size(), 1U + 40 + 44 + 1);
  expectDone({"scores", run, "--workspace", workspace, "--format", "npy", "--out", (folder / "maps").string()});
  EXPECT_EQ(readNpyVector<float>(folder / "maps" / "subj01-rh-correlation.npy").size(), 163842U);

  expectDone({"predict", run, "--workspace", workspace, "--split", "test", "--out", (folder / "predicted").string()});
  const Matrix<float> predicted = readNpyMatrix(folder / "predicted" / "subj01-lh-hemisphere.npy");
  ASSERT_EQ(predicted.rows(), kTestImages);
  const Matrix<float> all = features(kImages, kTestImages);
  for (size_t row = 0; row < kTestImages; ++row)
    EXPECT_NEAR(predicted(row, 7), all(row, 7 % kFeatures) - 0.5F * all(row, 8 % kFeatures), 1e-4);

  const std::string zip = (folder / "s.zip").string();
  const Json submitted = Json::parse(
      expectDone({"submit", "--workspace", workspace, "--run", run, "--out", zip, "--check", zip, "--json"}));
  EXPECT_TRUE(submitted.at("good").get<bool>());
  EXPECT_EQ(submitted.at("parts").at(0).at("covered"), 40);
}

TEST_F(Pipeline, trainsEveryRoiThatIsThereAndListsTheRun) {
  const std::string run = train({"--preset", "clip-linear-roi", "--set", "maxEpochs=3", "--set", "batchSize=8", "--set",
                                 "OFA.learningRate=3e-3"});
  const Json runs = Json::parse(expectDone({"runs", "--workspace", workspace, "--json"}));
  EXPECT_THAT(runs.dump(), HasSubstr(run));
  const Json table = Json::parse(expectDone({"table", "--workspace", workspace, "--format", "json"}));
  EXPECT_GT(table.size(), 50U);
  for (const Json& row : table) {
    EXPECT_FALSE(row.at("v_loss").is_null());
    EXPECT_NE(row.at("hemisphere").get<std::string>() + row.at("roi").get<std::string>(), "lhaTL-faces");
    if (row.at("roi") == "OFA") {
      EXPECT_THAT(row.at("config").get<std::string>(), HasSubstr("learningRate 0.003"));
    }
  }
}

TEST_F(Pipeline, saysWhatIsWrongInOneLineWithARemedy) {
  const auto failure = [](const std::vector<std::string>& arguments) {
    const ProgramResult result = runProgram(CORTICAST_CLI, arguments);
    EXPECT_EQ(result.exitCode, 1) << join(arguments, " ");
    EXPECT_EQ(result.out, "");
    return result.err;
  };
  EXPECT_THAT(failure({"table", "--workspace", workspace, "--format", "xlsx"}),
              HasSubstr("use csv, markdown, latex or json"));
  EXPECT_THAT(failure({"table", "--workspace", study}), HasSubstr("error: "));
  EXPECT_THAT(failure({"scores", "nothing", "--workspace", workspace, "--out", "x"}), HasSubstr("nothing"));
  EXPECT_THAT(failure({"submit", "--check", (folder / "train.npy").string(), "--dataset", study}),
              HasSubstr("train.npy"));
  EXPECT_EQ(runProgram(CORTICAST_CLI, {"submit", "--nonsense"}).exitCode, 2);
}

TEST_F(Pipeline, trainsTheRowsOfAStudyPlanThroughTheQueue) {
  const Json rows = Json::parse(
      expectDone({"study", "--dataset", study, "--workspace", workspace, "--embedding", "precomputed", "--only",
                  "clip-linear-all", "--only", "clip-linear-roi", "--set", "maxEpochs=3", "--set", "pca=0", "--json"}));
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].at("preset"), "clip-linear-all");
  for (const Json& row : rows) {
    EXPECT_EQ(row.at("status"), "done") << row.dump();
    EXPECT_GT(row.at("seconds").get<double>(), 0);
    EXPECT_GT(row.at("memory_bytes").get<uint64_t>(), 1000000U);
  }
  const std::string table = expectDone({"table", "--workspace", workspace});
  EXPECT_THAT(table, HasSubstr("CLIP-Linear, all ROIs"));
}

TEST_F(Pipeline, startsNoRowOfAStudyWhenOneLacksItsEmbedding) {
  const ProgramResult result = runProgram(CORTICAST_CLI, {"study", "--dataset", study, "--workspace", workspace,
                                                          "--embedding", "clip-vit-b32=precomputed"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_THAT(result.err, AllOf(HasSubstr("alexnet:features.2"), HasSubstr("--embedding")));
  EXPECT_EQ(Json::parse(expectDone({"runs", "--workspace", workspace, "--json"})).size(), 0U);
}
