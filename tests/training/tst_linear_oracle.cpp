#include <nlohmann/json.hpp>

#include "core/formats/safetensors.h"
#include "core/training/linear_trainer.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

// Reference: tests/oracles/linear_training.py (PyTorch: one nn.Linear per group, AdamW, StepLR, early stopping).
namespace corticast {
namespace {

class LinearOracle : public ::testing::Test {
 protected:
  LinearOracle()
      : file(testing::testFile("training/data/linear_training.safetensors")),
        plan(parseJson(file.metadata().at("plan"), "oracle")) {
    const auto train = plan.at("train").get<uint32_t>();
    for (uint32_t row = 0; row < train + plan.at("validation").get<uint32_t>(); ++row)
      (row < train ? data.split.train : data.split.validation).push_back(row);
    data.features = featureSource(matrix("features"));
    for (const auto& [id, values] : plan.at("groups").items()) {
      TargetGroup group = testing::toyGroup(id, plan.at("batchSize").get<int>());
      group.settings.maxEpochs = plan.at("maxEpochs").get<int>();
      group.settings.learningRate = values.at("learningRate").get<double>();
      group.settings.decayFactor = values.at("decayFactor").get<double>();
      group.settings.decayEvery = values.at("decayEvery").get<int>();
      group.settings.weightDecay = values.at("weightDecay").get<double>();
      group.settings.patience = values.at("patience").get<int>();
      group.settings.minDelta = values.at("minDelta").get<double>();
      groups.push_back(group);
      data.sources.push_back(targetSource(matrix(id + "/responses")));
    }
    options.order = [this](int epoch, size_t rows) {
      const NamedTensor orders = file.read("orders");
      const auto all = orders.int64s().subspan(static_cast<size_t>(epoch - 1) * rows, rows);
      return std::vector<uint32_t>(all.begin(), all.end());
    };
    options.initialise = [this](const TargetGroup& group, MatrixView<float> weight, std::span<float> bias) {
      const NamedTensor w = file.read(group.id + "/weight"), b = file.read(group.id + "/bias");
      for (size_t r = 0; r < weight.rows(); ++r) std::ranges::copy(w.matrix().row(r), weight.row(r).begin());
      std::ranges::copy(b.floats(), bias.begin());
    };
  }

  Matrix<float> matrix(const std::string& name) const {
    const NamedTensor tensor = file.read(name);
    const auto view = tensor.matrix();
    return {view.rows(), view.cols(), std::vector<float>(tensor.floats().begin(), tensor.floats().end())};
  }
  std::vector<double> doubles(const std::string& name) const {
    const NamedTensor tensor = file.read(name);
    return {tensor.doubles().begin(), tensor.doubles().end()};
  }

  SafetensorsFile file;
  Json plan;
  CohortData data;
  std::vector<TargetGroup> groups;
  TrainerOptions options;
};

double largestDifference(std::span<const float> a, std::span<const double> b) {
  double largest = 0;
  for (size_t i = 0; i < a.size(); ++i) largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
  return largest;
}

TEST_F(LinearOracle, StepsEpochsAndBestWeightsAreThoseOfSeparatePyTorchModels) {
  LinearTrainer trainer(data, groups, options);
  std::vector<std::vector<double>> steps(groups.size()), validation(groups.size());
  std::vector<std::vector<float>> correlation(groups.size());
  EpochResult result;
  while (!trainer.isFinished()) {
    std::vector<bool> wasTraining;
    for (size_t g = 0; g < groups.size(); ++g)
      wasTraining.push_back(result.groups.empty() || result.groups[g].state == GroupState::Training);
    result = trainer.runEpoch({});
    size_t column = 0;
    for (size_t g = 0; g < groups.size(); ++g) {
      const size_t columns = data.sources[g]->columns();
      if (wasTraining[g]) {
        for (size_t k = 0; k < trainer.stepLosses().rows(); ++k) steps[g].push_back(trainer.stepLosses()(k, g));
        validation[g].push_back(result.groups[g].validationLoss);
        for (size_t c = 0; c < columns; ++c) correlation[g].push_back(result.correlation[column + c]);
      }
      column += columns;
    }
  }
  for (size_t g = 0; g < groups.size(); ++g) {
    const std::string id = groups[g].id;
    SCOPED_TRACE(id);
    const Json& expected = plan.at("groups").at(id);
    EXPECT_EQ(validation[g].size(), expected.at("epochs").get<size_t>());
    EXPECT_EQ(result.groups[g].bestEpoch, expected.at("best_epoch").get<int>());
    const auto reference = doubles(id + "/f64/steps"), single = doubles(id + "/f32/steps");
    ASSERT_EQ(steps[g].size(), reference.size());
    // Losses: float32 sums of at most 16 x 24 products, so a few units in the last place (6e-8) each.
    for (size_t k = 0; k < reference.size(); ++k) {
      EXPECT_NEAR(steps[g][k] / reference[k], 1, 2e-6) << "step " << k;
      EXPECT_NEAR(steps[g][k] / single[k], 1, 2e-6) << "step " << k;
    }
    const auto validationReference = doubles(id + "/f64/validation");
    for (size_t e = 0; e < validationReference.size(); ++e)
      EXPECT_NEAR(validation[g][e] / validationReference[e], 1, 2e-6) << "epoch " << e + 1;
    const NamedTensor r = file.read(id + "/f64/correlation");
    ASSERT_EQ(correlation[g].size(), r.valueCount());
    for (size_t i = 0; i < correlation[g].size(); ++i) EXPECT_NEAR(correlation[g][i], r.floats()[i], 2e-6);
    // Weights: as far from the float64 ones as PyTorch's own float32 weights, times four: two float32 computations that
    // add in another order are two such errors apart, and the largest of many is compared.
    const auto model = trainer.bestModel(g);
    const NamedTensor exact = file.read(id + "/f64/best_weight"), torch32 = file.read(id + "/f32/best_weight");
    const double torchError = largestDifference(torch32.floats(), exact.doubles());
    const double ourError = largestDifference(model[0].floats(), exact.doubles());
    RecordProperty(id + "_weight_error", std::to_string(ourError) + " (PyTorch " + std::to_string(torchError) + ")");
    EXPECT_LT(ourError, std::max(4 * torchError, 1e-6));
    const NamedTensor exactBias = file.read(id + "/f64/best_bias");
    EXPECT_LT(largestDifference(model[1].floats(), exactBias.doubles()), std::max(4 * torchError, 1e-6));
  }
}

}  // namespace
}  // namespace corticast
