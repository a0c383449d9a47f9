#include <torch/optim/adamw.h>

#include <ATen/ATen.h>

#include <nlohmann/json.hpp>

#include "core/base/text.h"
#include "core/formats/safetensors.h"
#include "core/models/internal/network.h"
#include "tests/testing/testing.h"

// Reference: tests/oracles/positional.py (PyTorch, concatenations built explicitly, Conv1d, BatchNorm1d) and
// vertex_attention.py (torch.nn.MultiheadAttention), both in float64.
namespace corticast {
namespace {

struct Variant {
  std::string file;
  std::string name;
};
void PrintTo(const Variant& variant, std::ostream* stream) {
  *stream << variant.file << " " << variant.name;
}

double largestDifference(const at::Tensor& a, const at::Tensor& b) {
  EXPECT_EQ(a.sizes(), b.sizes());
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

class PositionModelsOracle : public ::testing::TestWithParam<Variant> {
 protected:
  PositionModelsOracle()
      : file(testing::testFile("models/data/" + GetParam().file + ".safetensors")),
        kind(architecture(file.metadata().at("architecture"))),
        variant(parseJson(file.metadata().at("variants"), "oracle").at(GetParam().name)) {}

  at::Tensor tensor(const std::string& name) const {
    const NamedTensor stored = file.read(GetParam().name + "/" + name);
    const auto type = stored.type == TensorType::Float64   ? at::kDouble
                      : stored.type == TensorType::Float32 ? at::kFloat
                                                           : at::kLong;
    return at::from_blob(const_cast<std::byte*>(stored.data.data()), stored.shape, type).clone();
  }

  std::shared_ptr<Network> network() const {
    const at::Tensor positions = tensor("positions"), order = tensor("order");
    const auto vertices = static_cast<size_t>(positions.size(0));
    NetworkInput input{.imageShape = variant.at("shape").get<std::vector<int64_t>>(),
                       .targets = tensor("targets").size(2) * heads(),
                       .positions = Matrix<float>(vertices, 3),
                       .heads = heads()};
    for (int64_t answer = 0; heads() > 1 && answer < input.targets; ++answer) input.answers.push_back(answer);
    std::copy_n(positions.data_ptr<float>(), positions.numel(), input.positions.data());
    for (size_t v = 0; v < vertices; ++v) input.order.push_back(static_cast<uint32_t>(order.data_ptr<int64_t>()[v]));
    Json values = defaultsOf(kind.params);
    values.update(variant.at("settings"));
    return kind.build(input, values);
  }

  int64_t heads() const { return variant.at("heads").get<int64_t>(); }

  /// [B x vertices]: each picture by the head of its subject.
  at::Tensor predicted(Network& net, const at::Tensor& images, const at::Tensor& subjects) const {
    const at::Tensor all = net.forward(images);
    if (heads() == 1) return all;
    const at::Tensor perHead = all.view({all.size(0), -1, heads()});
    return perHead.gather(2, subjects.view({-1, 1, 1}).expand({-1, perHead.size(1), 1})).squeeze(2);
  }

  std::map<std::string, at::Tensor> stateOf(const Network& network) const {
    std::map<std::string, at::Tensor> state;
    for (const auto& each : network.named_parameters()) state[each.key()] = each.value();
    for (const auto& each : network.named_buffers())
      if (each.key() != "positions" && each.key() != "place" && each.key() != "out.answers")
        state[each.key()] = each.value();
    return state;
  }

  SafetensorsFile file;
  const Architecture& kind;
  Json variant;
};

TEST_P(PositionModelsOracle, ThreeStepsAreThoseOfThePythonModel) {
  // Both in double, sums of at most a few hundred products in another order; in float a few units in the last place
  // (6e-8), grown by the three steps of AdamW, which divides by gradients however small.
  for (const auto& [type, said, after] : {std::tuple(at::kDouble, 1e-12, 1e-9), std::tuple(at::kFloat, 2e-5, 2e-3)}) {
    const auto net = network();
    net->to(type);
    std::set<std::string> stored;
    for (const SafetensorsFile::Entry& entry : file.entries())
      if (entry.name.starts_with(GetParam().name + "/first/"))
        stored.insert(entry.name.substr(GetParam().name.size() + 7));
    const auto state = stateOf(*net);
    ASSERT_EQ(state.size(), stored.size());
    {
      const at::NoGradGuard guard;
      for (const auto& [name, value] : state) {
        const at::Tensor first = tensor("first/" + name);
        ASSERT_EQ(first.numel(), value.numel()) << name;
        at::Tensor(value).copy_(first.view_as(value));  // counts are stored with a dimension
      }
    }
    const at::Tensor images = tensor("images").to(type), targets = tensor("targets").to(type);
    const at::Tensor subjects = tensor("subjects"), losses = tensor("losses");
    torch::optim::AdamW optimiser(net->parameters(), torch::optim::AdamWOptions(1e-2).weight_decay(1e-2));
    net->train();
    for (int64_t step = 0; step < targets.size(0); ++step) {
      optimiser.zero_grad();
      const at::Tensor out = predicted(*net, images[step], subjects[step]);
      if (step == 0) {
        EXPECT_LT(largestDifference(out, tensor("said")), said);
      }
      const at::Tensor loss = at::mse_loss(out, targets[step]);
      EXPECT_NEAR(loss.item<double>(), losses[step].item<double>(), after) << "step " << step;
      loss.backward();
      optimiser.step();
    }
    // Weights are compared in double only: the gradient of a bias before a normalisation, or of a key's, is zero but
    // for rounding, which AdamW makes a step of full length; losses and predictions do not feel it.
    double largest = 0;
    for (const auto& [name, value] : stateOf(*net)) {
      const double difference = largestDifference(value, tensor("last/" + name).view_as(value));
      largest = std::max(largest, difference);
      EXPECT_TRUE(type == at::kFloat || difference < after) << name << ": " << difference;
    }
    net->eval();
    const at::NoGradGuard guard;
    const at::Tensor out = predicted(*net, images[-1], subjects[-1]);
    const double predictions = largestDifference(out, tensor("evaluated"));
    EXPECT_LT(predictions, 10 * after);
    const std::string precision = type == at::kDouble ? "_in_double" : "_in_float";
    if (type == at::kDouble) RecordProperty("largest_difference_of_weights" + precision, shortest(largest));
    RecordProperty("largest_difference_of_predictions" + precision, shortest(predictions));
  }
}

std::vector<Variant> variants() {
  std::vector<Variant> all;
  for (const char* file : {"positional", "vertex_attention"}) {
    const SafetensorsFile stored(testing::testFile(std::string("models/data/") + file + ".safetensors"));
    const Json names = parseJson(stored.metadata().at("variants"), "oracle");
    for (const auto& [name, settings] : names.items()) all.push_back({file, name});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, PositionModelsOracle, ::testing::ValuesIn(variants()), [](const auto& variant) {
  std::string id = variant.param.file + "_" + variant.param.name;
  std::ranges::replace(id, '-', '_');
  return id;
});

}  // namespace
}  // namespace corticast
