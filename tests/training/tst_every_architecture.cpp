#include <cmath>
#include <nlohmann/json.hpp>

#include "core/models/internal/network_tensors.h"
#include "core/training/network_trainer.h"
#include "tests/testing/testing.h"
#include "tests/training/toy.h"

// What every architecture of the catalogue has to do, whoever adds it.
namespace corticast {
namespace {

testing::Toy toyFor(const Architecture& kind) {
  testing::Toy toy = testing::makeToy({.train = 40, .validation = 12, .columns = {7}});
  toy.groups[0].settings = groupSettingsFromJson({{"architecture", kind.id}, {"batchSize", 16}}, kind.id);
  VertexPositions positions;
  positions.relative = Matrix<float>(7, 3);
  Philox random(6);
  for (float& value : positions.relative.values()) value = static_cast<float>(random.uniform());
  toy.data.positions = {positions};
  return toy;
}

Matrix<float> somePictures() {
  Matrix<float> pictures(5, 9);
  Philox random(7);
  for (float& value : pictures.values()) value = static_cast<float>(random.normal());
  return pictures;
}

class EveryArchitecture : public ::testing::TestWithParam<std::string> {
 protected:
  const Architecture& kind = architecture(GetParam());
  testing::Toy toy = toyFor(kind);
  Matrix<float> pictures = somePictures();
};

TEST_P(EveryArchitecture, TrainsSavesLoadsAndPredictsTheSame) {
  NetworkTrainer trainer(toy.data, toy.groups, {});
  const Matrix<float> before = trainer.predict(0, std::as_const(pictures).view());
  const EpochResult result = trainer.runEpoch({});
  EXPECT_TRUE(std::isfinite(result.groups[0].trainLoss));
  EXPECT_TRUE(std::isfinite(result.groups[0].validationLoss));
  const Matrix<float> after = trainer.predict(0, std::as_const(pictures).view());
  EXPECT_FALSE(std::ranges::equal(before.values(), after.values())) << "an epoch has to change something";

  NetworkTrainer restored(toy.data, toy.groups, {});
  restored.restore(trainer.save());
  EXPECT_TRUE(std::ranges::equal(restored.predict(0, std::as_const(pictures).view()).values(), after.values()));

  const testing::TempDir dir;
  writeSafetensors(dir / "model.safetensors", trainer.bestModel(0));
  const auto network = kind.build({.imageShape = {9}, .targets = 7, .positions = toy.data.positions[0].relative},
                                  toy.groups[0].settings.model);
  loadState(*network, SafetensorsFile(dir / "model.safetensors").readAll());
  NetworkTrainer other(toy.data, toy.groups, {.seed = 99});
  TrainerState state = other.save();
  for (NamedTensor& tensor : state.tensors)
    if (const std::string best = "group0/best/"; tensor.name.starts_with(best)) {
      const auto values = namedState(*network, best);
      tensor = tensorNamed(values, tensor.name);
    }
  other.restore(state);
  EXPECT_TRUE(std::ranges::equal(other.predict(0, std::as_const(pictures).view()).values(), after.values()));
}

TEST_P(EveryArchitecture, PredictsOnCudaAsOnTheCpu) {
  if (cudaStatus().devices.empty()) GTEST_SKIP() << "no CUDA device: " << cudaStatus().reason;
  NetworkTrainer cpu(toy.data, toy.groups, {}), cuda(toy.data, toy.groups, {.device = chooseDevice("cuda")});
  (void)cpu.runEpoch({});
  TrainerState state = cuda.save(), trained = cpu.save();
  for (NamedTensor& tensor : state.tensors)
    if (!tensor.name.ends_with("generator")) tensor = tensorNamed(trained.tensors, std::string(tensor.name));
  cuda.restore(state);
  const Matrix<float> a = cpu.predict(0, std::as_const(pictures).view()),
                      b = cuda.predict(0, std::as_const(pictures).view());
  double largest = 0;
  for (size_t i = 0; i < a.values().size(); ++i)
    largest = std::max(largest, std::abs(static_cast<double>(a.values()[i]) - static_cast<double>(b.values()[i])));
  EXPECT_LT(largest, 1e-4);
  EXPECT_TRUE(std::isfinite(cuda.runEpoch({}).groups[0].validationLoss));
}

std::vector<std::string> ids() {
  std::vector<std::string> all;
  for (const Architecture& each : architectures()) all.push_back(each.id);
  return all;
}
INSTANTIATE_TEST_SUITE_P(All, EveryArchitecture, ::testing::ValuesIn(ids()), [](const auto& each) {
  std::string name = each.param;
  std::ranges::replace(name, '-', '_');
  return name;
});

}  // namespace
}  // namespace corticast
