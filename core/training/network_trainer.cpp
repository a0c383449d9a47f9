#include "core/training/network_trainer.h"

#include <ATen/Context.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/training/internal/epoch_order.h"
#include "core/training/internal/network_group.h"
#include "core/training/internal/torch_scope.h"

namespace corticast {
namespace {

constexpr int kStateVersion = 1;

Error cannotRestore(const std::string& where, const std::string& why) {
  return Error({.what = "restore a training",
                .where = where,
                .why = why,
                .remedy = "the state belongs to another plan or build; use another checkpoint or start a new run"});
}

}  // namespace

struct NetworkTrainer::Impl {
  Impl(CohortData data, std::vector<TargetGroup> targetGroups, TrainerOptions trainerOptions);
  void requireWhole() const;
  /// Calls `work` for each group that still trains, side by side as the class says.
  void forEachActive(const std::function<void(NetworkGroup&)>& work);

  TrainerOptions options;
  std::vector<TargetGroup> groups;
  std::unique_ptr<NetworkImages> images;
  std::vector<std::unique_ptr<NetworkGroup>> networks;  // per group
  unsigned threads = 1;
  int threadsPerGroup = 1;
  int epoch = 0;
  bool isTorn = false;  // an epoch was left half done
};

NetworkTrainer::Impl::Impl(CohortData data, std::vector<TargetGroup> targetGroups, TrainerOptions trainerOptions)
    : options(std::move(trainerOptions)), groups(std::move(targetGroups)) {
  if (groups.empty() || data.sources.size() != groups.size())
    throw Error({.what = "prepare a training",
                 .where = "target groups",
                 .why = std::to_string(groups.size()) + " groups, responses for " + std::to_string(data.sources.size()),
                 .remedy = "give one target source per group, and at least one group"});
  threads = options.threads == 0 ? availableThreads() : options.threads;
  if (options.device.kind == DeviceKind::Cuda) threads = 1;
  threadsPerGroup = std::max(1, static_cast<int>(threads / groups.size()));
  at::globalContext().setBenchmarkCuDNN(false);
  if (options.device.kind == DeviceKind::Cuda) keepFloat32();
  onDevice(options.device, "prepare a training", [&] {
    const TorchThreads guard(threadsPerGroup);
    auto sources = data.sources;
    auto positions = std::move(data.positions);
    auto ceilings = std::move(data.ceilings);
    images = std::make_unique<NetworkImages>(std::move(data), c10::Device(options.device.id()));
    uint64_t cache = options.responseCacheBytes;
    for (size_t g = 0; g < groups.size(); ++g) {
      NetworkGroup::Parts parts{.group = groups[g],
                                .source = sources[g],
                                .positions = g < positions.size() ? std::move(positions[g]) : VertexPositions(),
                                .ceiling = g < ceilings.size() ? std::move(ceilings[g]) : std::vector<float>(),
                                .cacheBytes = cache};
      networks.push_back(std::make_unique<NetworkGroup>(*images, std::move(parts), options));
      cache -= networks.back()->cachedBytes();
    }
  });
}

void NetworkTrainer::Impl::requireWhole() const {
  if (isTorn)
    throw Error({.what = "go on with a training",
                 .where = "epoch " + std::to_string(epoch + 1),
                 .why = "it was interrupted half done",
                 .remedy = "restore the trainer from its last saved state first"});
}

void NetworkTrainer::Impl::forEachActive(const std::function<void(NetworkGroup&)>& work) {
  std::vector<NetworkGroup*> active;
  for (const auto& network : networks)
    if (network->progress().isTraining()) active.push_back(network.get());
  parallelFor(active.size(), threads, [&](size_t i) {
    const TorchThreads guard(threadsPerGroup);
    onDevice(options.device, "train", [&] { work(*active[i]); });
  });
}

NetworkTrainer::NetworkTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options)
    : m_impl(std::make_unique<Impl>(std::move(data), std::move(groups), std::move(options))) {}
NetworkTrainer::~NetworkTrainer() = default;

const std::vector<TargetGroup>& NetworkTrainer::groups() const {
  return m_impl->groups;
}
bool NetworkTrainer::isFinished() const {
  return std::ranges::none_of(m_impl->networks, [](const auto& each) { return each->progress().isTraining(); });
}
int NetworkTrainer::epoch() const {
  return m_impl->epoch;
}

EpochResult NetworkTrainer::runEpoch(std::stop_token stop) {
  Impl& impl = *m_impl;
  impl.requireWhole();
  if (!isFinished()) {
    impl.isTorn = true;
    const std::vector<uint32_t> order =
        epochOrder(impl.options, impl.epoch + 1, impl.images->data().split.train.size());
    impl.forEachActive([&](NetworkGroup& network) { network.runEpoch(impl.epoch + 1, order, stop); });
    ++impl.epoch;
    impl.isTorn = false;
  }
  EpochResult result{.epoch = impl.epoch, .groups = {}, .correlation = {}};
  for (const auto& network : impl.networks) {
    result.groups.push_back(network->progress().last());
    result.correlation.insert(result.correlation.end(), network->correlation().begin(), network->correlation().end());
  }
  return result;
}

TrainerState NetworkTrainer::save() const {
  m_impl->requireWhole();
  TrainerState state;
  state.scalars = {{"version", kStateVersion},
                   {"epoch", m_impl->epoch},
                   {"threads_per_group", m_impl->threadsPerGroup},
                   {"groups", Json::array()}};
  onDevice(m_impl->options.device, "save a training", [&] {
    for (const auto& network : m_impl->networks) {
      Json scalars;
      network->save(state.tensors, scalars);
      state.scalars["groups"].push_back(std::move(scalars));
    }
  });
  return state;
}

void NetworkTrainer::restore(const TrainerState& state) {
  Impl& impl = *m_impl;
  const auto saved = state.scalars.find("groups");
  if (state.scalars.value("version", 0) != kStateVersion || saved == state.scalars.end() ||
      !state.scalars.contains("threads_per_group"))
    throw cannotRestore("checkpoint", "it is of another version or another trainer");
  if (saved->size() != impl.networks.size())
    throw cannotRestore("checkpoint", "it has " + std::to_string(saved->size()) + " groups, this training has " +
                                          std::to_string(impl.networks.size()));
  for (size_t g = 0; g < impl.networks.size(); ++g)
    if (const auto id = (*saved)[g].value("id", ""); id != impl.groups[g].id)
      throw cannotRestore("checkpoint", "group " + std::to_string(g + 1) + " is \"" + id + "\", this training has \"" +
                                            impl.groups[g].id + "\"");
  impl.isTorn = true;
  onDevice(impl.options.device, "restore a training", [&] {
    for (size_t g = 0; g < impl.networks.size(); ++g) impl.networks[g]->restore(state.tensors, (*saved)[g]);
  });
  impl.epoch = state.scalars.value("epoch", 0);
  impl.threadsPerGroup = state.scalars.value("threads_per_group", 1);
  impl.isTorn = false;
}

Matrix<float> NetworkTrainer::predict(size_t group, MatrixView<const float> features) const {
  const size_t expected = m_impl->images->data().features->featureCount();
  if (features.cols() != expected)
    throw Error({.what = "predict",
                 .where = m_impl->groups.at(group).id,
                 .why = "the model takes " + std::to_string(expected) + " features, it was given " +
                        std::to_string(features.cols()),
                 .remedy = "use the embedding and reduction that the model was trained with"});
  return onDevice(m_impl->options.device, "predict", [&] {
    const TorchThreads guard(m_impl->threadsPerGroup);
    return m_impl->networks.at(group)->predict(features);
  });
}

std::vector<NamedTensor> NetworkTrainer::bestModel(size_t group) const {
  return onDevice(m_impl->options.device, "fetch weights", [&] { return m_impl->networks.at(group)->bestModel(); });
}

}  // namespace corticast
