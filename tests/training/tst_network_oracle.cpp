#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/formats/safetensors.h"
#include "core/training/network_trainer.h"
#include "core/training/schedule.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

// Reference: tests/oracles/networks.py (PyTorch, one epoch of three minibatches from given weights).
namespace corticast {
namespace {

const SafetensorsFile& oracle() {
  static const SafetensorsFile file(testing::testFile("training/data/networks.safetensors"));
  return file;
}

Matrix<float> matrixOf(const NamedTensor& tensor) {
  const auto view = tensor.matrix();
  return {view.rows(), view.cols(), std::vector<float>(tensor.floats().begin(), tensor.floats().end())};
}

class NetworkOracle : public ::testing::TestWithParam<std::string> {
 protected:
  NamedTensor read(const std::string& name) const { return oracle().read(GetParam() + "/" + name); }
  Json plan = parseJson(oracle().metadata().at("cases"), "oracle").at(GetParam());
};

double largestDifference(const NamedTensor& a, const NamedTensor& b) {
  EXPECT_EQ(a.shape, b.shape);
  EXPECT_EQ(a.type, b.type);
  if (a.type != TensorType::Float32) return a.data == b.data ? 0 : 1;
  double largest = 0;
  for (size_t i = 0; i < a.valueCount(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.floats()[i]) - static_cast<double>(b.floats()[i])));
  return largest;
}

TEST_P(NetworkOracle, ThreeStepsAndPredictionsAreThoseOfPyTorch) {
  const Matrix<float> features = matrixOf(read("features"));
  testing::Toy toy = testing::makeToy({.train = plan.at("train").get<size_t>(),
                                       .validation = features.rows() - plan.at("train").get<size_t>(),
                                       .features = features.cols(),
                                       .columns = {1}});
  toy.data.features = featureSource(features);
  toy.data.sources = {targetSource(matrixOf(read("responses")))};
  toy.groups[0].settings = groupSettingsFromJson(plan.at("settings"), GetParam());
  TrainerOptions options{.threads = 1};
  options.order = [&](int, size_t) {
    const NamedTensor order = read("order");
    return std::vector<uint32_t>(order.int64s().begin(), order.int64s().end());
  };
  NetworkTrainer trainer(toy.data, toy.groups, options);

  TrainerState state = trainer.save();
  const std::string prefix = toy.groups[0].id + "/";
  for (NamedTensor& tensor : state.tensors) {
    const std::string before = tensor.name;
    if (tensor.name.starts_with(prefix + "now/"))
      tensor = read("first/" + tensor.name.substr(prefix.size() + 4));
    else if (tensor.name == prefix + "generator")
      tensor = read("generator");
    tensor.name = before;
  }
  trainer.restore(state);
  const EpochResult result = trainer.runEpoch({});

  // Float32 in another order of sums: a few units in the last place of losses near 1. AdamW's first steps divide a
  // gradient by its own size, which magnifies the difference of tiny gradients up to the step of 0.01.
  EXPECT_NEAR(result.groups[0].trainLoss, plan.at("train_loss").get<double>(), 3e-6);
  EXPECT_NEAR(result.groups[0].validationLoss, plan.at("validation_loss").get<double>(), 1e-5);
  double largest = 0;
  const TrainerState after = trainer.save();
  for (const NamedTensor& tensor : after.tensors)
    if (tensor.name.starts_with(prefix + "now/"))
      largest = std::max(largest, largestDifference(tensor, read("last/" + tensor.name.substr(prefix.size() + 4))));
  EXPECT_LT(largest, 2e-5);

  Matrix<float> held(toy.data.split.validation.size(), features.cols());
  for (size_t i = 0; i < held.rows(); ++i)
    std::ranges::copy(features.row(toy.data.split.validation[i]), held.row(i).begin());
  const Matrix<float> predicted = trainer.predict(0, std::as_const(held).view());
  const double predictions =
      largestDifference(NamedTensor::of("predicted", std::as_const(predicted).view()), read("predicted"));
  EXPECT_LT(predictions, 2e-5);
  RecordProperty("largest_difference_of_weights", shortest(largest));
  RecordProperty("largest_difference_of_predictions", shortest(predictions));
}

std::vector<std::string> cases() {
  std::vector<std::string> names;
  const Json all = parseJson(oracle().metadata().at("cases"), "oracle");
  for (const auto& [name, values] : all.items()) names.push_back(name);
  return names;
}
INSTANTIATE_TEST_SUITE_P(All, NetworkOracle, ::testing::ValuesIn(cases()), [](const auto& each) {
  std::string name = each.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

TEST(Schedules, AreThoseOfPyTorch) {
  const Json rates = parseJson(oracle().metadata().at("schedules"), "oracle");
  EXPECT_EQ(rates.size(), schedules().size());
  for (const Schedule& each : schedules()) {
    GroupSettings settings;
    settings.schedule = each.id;
    settings.learningRate = 0.1;
    settings.maxEpochs = 10;
    settings.decayEvery = 3;
    settings.decayFactor = 0.5;
    settings.finalShare = 0.02;
    settings.cyclePeak = 0.4;
    settings.cycleRise = 5;
    for (int epoch = 1; epoch <= 10; ++epoch)
      EXPECT_NEAR(learningRateAt(settings, epoch), rates.at(each.id)[static_cast<size_t>(epoch) - 1].get<double>(),
                  1e-15)
          << each.id << " " << epoch;
  }
}

TEST(Schedules, AWarmUpRisesEvenlyAndPutsTheScheduleOff) {
  GroupSettings settings;
  settings.learningRate = 0.8;
  settings.decayEvery = 1;
  settings.decayFactor = 0.5;
  settings.warmupEpochs = 3;
  const std::vector<double> expected = {0.2, 0.4, 0.6, 0.8, 0.4, 0.2};
  for (int epoch = 1; epoch <= 6; ++epoch)
    EXPECT_DOUBLE_EQ(learningRateAt(settings, epoch), expected[static_cast<size_t>(epoch) - 1]);
}

}  // namespace
}  // namespace corticast
