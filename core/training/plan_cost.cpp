#include "core/training/plan_cost.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>

#include "core/base/parallel.h"
#include "core/base/text.h"
#include "core/data/study.h"
#include "core/linalg/aligned_matrix.h"
#include "core/linalg/blas.h"
#include "core/models/architecture.h"
#include "core/training/cohort_features.h"
#include "core/training/plan.h"
#include "core/training/position_check.h"
#include "core/training/prepare.h"
#include "core/training/vertex_positions.h"

namespace corticast {
namespace {

constexpr double kFloat = sizeof(float);
constexpr double kProgramBytes = 180e6;  // code, libraries and their buffers, measured
constexpr double kCacheBytes = kResponseCacheBytes;
constexpr double kStepsPerThread = 2.5e9;      // weights that AdamW updates per second and thread, measured
constexpr double kNetworkEfficiency = 0.5;     // of the products' speed, in networks: their matrices are small
constexpr double kActivationsPerThread = 8e7;  // values between layers per second and thread, forth and back
// Of values between layers: they themselves, and as much again for gradients on their way and for what the allocator
// keeps of earlier, smaller groups; one to two are measured.
constexpr double kPassCopies = 2;
constexpr double kDoubleSlower = 2;  // products in double against float

uint64_t availableMemory() {
  std::ifstream info("/proc/meminfo");
  std::string key;
  uint64_t kilobytes = 0;
  for (std::string unit; info >> key >> kilobytes; std::getline(info, unit))
    if (key == "MemAvailable:") return kilobytes * 1024;
  return 0;
}

NetworkInput inputOf(const TargetGroup& group, const CohortSize& size) {
  const Architecture& kind = architecture(group.settings.architecture);
  NetworkInput input{.imageShape = size.imageShape.empty() ? std::vector<int64_t>{static_cast<int64_t>(size.features)}
                                                           : size.imageShape,
                     .targets = static_cast<int64_t>(group.outputCount()),
                     .positions = {}};
  if (kind.surfaceParam.empty()) return input;
  GroupVertices seen = groupVertices(group);
  input.positions = Matrix<float>(seen.vertices.size(), 3);
  if (PositionCheckTrainer::isMeant(group.settings)) {
    input.targets = 3 * static_cast<int64_t>(seen.vertices.size());
  } else {
    input.heads = seen.heads;
    input.answers = std::move(seen.answers);
  }
  return input;
}

ModelCost modelCost(const TargetGroup& group, const CohortSize& size) {
  return architecture(group.settings.architecture).cost(inputOf(group, size), group.settings.model);
}

struct CohortCost {
  double memory = 0, disk = 0, epoch = 0, total = 0;
};

bool isHeld(double values) {
  return values * kFloat <= static_cast<double>(kFeaturesInMemoryBytes);
}

/// Bytes of the reduced features of all pictures, where they are not read from disk batch by batch.
double heldFeatures(const CohortSize& size) {
  const double values =
      static_cast<double>(size.trainingImages + size.validationImages) * static_cast<double>(size.features);
  return isHeld(values) ? values * kFloat : 0;
}

/// Bytes while features are read and reduced: as stored, their training rows once more, and the result.
double whilePreparing(const CohortSize& size) {
  const uint64_t stored = size.storedFeatures > 0 ? size.storedFeatures : size.features;
  const double values = static_cast<double>(size.trainingImages + size.validationImages) * static_cast<double>(stored);
  return heldFeatures(size) + (isHeld(values) ? 2 * values * kFloat : 0);
}

CohortCost costOfSteps(double columns, double epochs, const GroupSettings& s, const CohortSize& size,
                       const Machine& machine) {
  const auto rows = static_cast<double>(size.trainingImages), held = static_cast<double>(size.validationImages);
  const double weights = columns * static_cast<double>(size.features + 1);
  const double steps = std::ceil(rows / s.batchSize);
  CohortCost cost;
  // Four sets (weights, two moments, best) and their copy while a checkpoint is written.
  cost.memory = 8 * weights * kFloat + 3 * (rows + held) * static_cast<double>(size.features) * kFloat +
                std::min(kCacheBytes, columns * (rows + held) * kFloat) +
                machine.threads * 128 * (rows + held) * kFloat;
  cost.disk = 3 * 4 * weights * kFloat + epochs * columns * kFloat;
  cost.epoch =
      (4 * rows + 2 * held) * weights / machine.flopsPerSecond + steps * weights / (kStepsPerThread * machine.threads);
  cost.total = cost.epoch * epochs;
  return cost;
}

/// Networks of a cohort, as many at once as there are threads.
CohortCost costOfNetworks(const std::vector<const TargetGroup*>& groups, const CohortSize& size,
                          const Machine& machine) {
  const auto rows = static_cast<double>(size.trainingImages), held = static_cast<double>(size.validationImages);
  const auto features = static_cast<double>(size.features);
  CohortCost cost;
  double columns = 0;
  std::vector<double> passes;
  for (const TargetGroup* group : groups) {
    const GroupSettings& s = group->settings;
    const ModelCost model = modelCost(*group, size);
    const double batch = std::min<double>(s.batchSize, rows), steps = std::ceil(rows / batch);
    const auto weights = static_cast<double>(model.weights), own = static_cast<double>(group->outputCount());
    columns += own;
    // Weights, two moments and the best of every group, and the same again while a checkpoint is written.
    cost.memory += 8 * weights * kFloat;
    // Of a group at work: the minibatch's pictures, what its pass keeps, the gradient, its validation's predictions.
    passes.push_back((batch * features + kPassCopies * (batch * model.activations + model.activationsPerStep) +
                      weights + held * own) *
                     kFloat);
    cost.disk += 3 * 4 * weights * kFloat + s.maxEpochs * own * kFloat;
    const double forward = 2 * (rows * model.multiplyAdds + steps * model.multiplyAddsPerStep);
    const double epoch =
        (3 * forward + 2 * held * model.multiplyAdds) / (kNetworkEfficiency * machine.flopsPerSecond) +
        (rows * model.activations + steps * model.activationsPerStep) / (kActivationsPerThread * machine.threads) +
        steps * weights / (kStepsPerThread * machine.threads);
    cost.epoch += epoch;
    cost.total += epoch * s.maxEpochs;
  }
  std::ranges::sort(passes, std::greater<>());
  for (size_t i = 0; i < std::min<size_t>(passes.size(), machine.threads); ++i) cost.memory += passes[i];
  cost.memory += heldFeatures(size) + std::min(kCacheBytes, columns * (rows + held) * kFloat);
  return cost;
}

CohortCost costOfClosedForm(double columns, const CohortSize& size, const Machine& machine) {
  const auto rows = static_cast<double>(size.trainingImages), held = static_cast<double>(size.validationImages);
  const auto features = static_cast<double>(size.features);
  const double order = std::min(rows, features), weights = columns * (features + 1);
  CohortCost cost;
  cost.memory = 4 * weights * kFloat + 2 * (rows + held) * features * kFloat + 4 * order * order * sizeof(double) +
                machine.threads * 512 * (features <= rows ? 12 * features : 4 * rows) * sizeof(double);
  cost.disk = 2 * 2 * weights * kFloat + columns * kFloat;
  cost.epoch = kDoubleSlower *
               (2 * rows * features * order + 9 * std::pow(order, 3) + (2 * rows + 4 * order) * features * columns) /
               machine.flopsPerSecond;
  cost.total = cost.epoch;
  return cost;
}

}  // namespace

Machine measureMachine(unsigned threads) {
  Machine machine;
  machine.threads = threads == 0 ? availableThreads() : threads;
  machine.freeMemoryBytes = availableMemory();
  constexpr size_t kRows = 256, kInner = 512, kColumns = 128, kRounds = 24;
  double best = 0;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto started = std::chrono::steady_clock::now();
    parallelFor(machine.threads, machine.threads, [&](size_t) {
      const SingleThreadedBlas guard;
      AlignedMatrix a(kRows, kInner), b(kColumns, kInner), c(kRows, kColumns);
      for (size_t i = 0; i < kRounds; ++i)
        gemm(Transpose::No, Transpose::Yes, 1.0F, a.view(), b.view(), 0.0F, c.view());
    });
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    best = std::max(best, 2.0 * kRows * kInner * kColumns * kRounds * machine.threads / seconds);
  }
  machine.flopsPerSecond = best;
  return machine;
}

CohortSize cohortSize(const Plan& plan, const Study& study, const TargetGroup& group) {
  const std::vector<SplitConfig> folds = foldsOf(plan.split);
  std::vector<std::span<const Stimulus>> pictures;
  CohortSize size{.folds = folds.size()};
  for (const std::string& id : group.subjects()) {
    pictures.emplace_back(study.subject(id).trainingImages);
    size.testImages += study.subject(id).testImages.size();
  }
  // Of several folds the last one has the fewest pictures to validate, so the most to train on.
  for (const Split& split : makeSharedSplits(folds.back(), pictures)) {
    size.trainingImages += split.train.size();
    size.validationImages += split.validation.size();
  }
  return size;
}

void setFeatures(CohortSize& size, std::span<const size_t> shape, int components) {
  size.storedFeatures = 1;
  for (const size_t side : shape) size.storedFeatures *= side;
  const bool isReduced = components > 0;
  size.features = isReduced ? static_cast<uint64_t>(components) : size.storedFeatures;
  size.imageShape.clear();
  if (!isReduced && shape.size() > 1) size.imageShape.assign(shape.begin(), shape.end());
}

PlanCost planCost(const TargetGroups& cut, const std::function<CohortSize(const TargetGroup&)>& sizeOf,
                  const Machine& machine) {
  PlanCost cost;
  cost.models = cut.groups.size();
  cost.skipped = cut.skipped.size();
  for (const Cohort& cohort : cohortsOf(cut.groups)) {
    double columns = 0, outputs = 0, epochs = 0;
    const TargetGroup& first = cut.groups[cohort.groups.front()];
    const CohortSize size = sizeOf(first);
    std::vector<const TargetGroup*> groups;
    for (const size_t g : cohort.groups) {
      const TargetGroup& group = cut.groups[g];
      groups.push_back(&group);
      columns += static_cast<double>(group.columnCount());
      outputs += static_cast<double>(group.outputCount());
      epochs = std::max(epochs, static_cast<double>(group.settings.maxEpochs));
      cost.weights += size.folds * modelCost(group, size).weights;
    }
    const auto ownCost = [&] {
      switch (trainerKindOf(first.settings)) {
        case TrainerKind::ClosedForm:
          return costOfClosedForm(outputs, size, machine);
        case TrainerKind::Linear:
          return costOfSteps(outputs, epochs, first.settings, size, machine);
        case TrainerKind::Network:
          break;
      }
      return costOfNetworks(groups, size, machine);
    };
    const CohortCost own = ownCost();
    const auto folds = static_cast<double>(size.folds), subjects = static_cast<double>(cohort.subjects.size());
    // Every picture of a subject is predicted once for its own columns, whichever fold does it.
    const double images = folds * static_cast<double>(size.validationImages) + static_cast<double>(size.testImages);
    const double predictions = columns * images / std::max(1.0, subjects) * kFloat;
    cost.models += (size.folds - 1) * cohort.groups.size();
    cost.targets += static_cast<uint64_t>(columns);
    cost.memoryBytes =
        std::max(cost.memoryBytes, static_cast<uint64_t>(std::max(own.memory, whilePreparing(size)) + kProgramBytes));
    cost.diskBytes += static_cast<uint64_t>(folds * own.disk + predictions);
    cost.secondsPerEpoch += folds * own.epoch;
    cost.secondsAtMost += folds * own.total;
  }
  if (machine.freeMemoryBytes > 0 && cost.memoryBytes > machine.freeMemoryBytes)
    cost.refusal = "the training needs about " + byteSize(cost.memoryBytes) + " of memory, " +
                   byteSize(machine.freeMemoryBytes) +
                   " are free; choose fewer ROIs or subjects, or reduce the features by PCA";
  return cost;
}

}  // namespace corticast
