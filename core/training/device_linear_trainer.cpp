#include "core/training/device_linear_trainer.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <c10/core/InferenceMode.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"
#include "core/training/internal/adamw_step.h"
#include "core/training/internal/epoch_order.h"
#include "core/training/internal/linear_state.h"
#include "core/training/internal/torch_scope.h"
#include "core/training/schedule.h"

namespace corticast {
namespace {

// Columns sent to the device at a time: the host holds no more of the responses.
constexpr size_t kUploadColumns = 1024;

// Nothing here asks for gradients.
template <typename Work>
auto withoutGradients(const Device& device, const char* what, const Work& work) {
  return onDevice(device, what, [&] {
    const c10::InferenceMode guard;
    return work();
  });
}

at::Tensor upload(MatrixView<const float> values, c10::Device device) {
  at::Tensor host = at::empty({static_cast<int64_t>(values.rows()), static_cast<int64_t>(values.cols())}, at::kFloat);
  for (size_t r = 0; r < values.rows(); ++r)
    std::ranges::copy(values.row(r), host.data_ptr<float>() + r * values.cols());
  return host.to(device);
}

at::Tensor uploadRows(const FeatureSource& values, std::span<const uint32_t> rows, c10::Device device) {
  const size_t features = values.featureCount();
  at::Tensor host = at::empty({static_cast<int64_t>(rows.size()), static_cast<int64_t>(features)}, at::kFloat);
  values.gather(rows, MatrixView<float>(host.data_ptr<float>(), rows.size(), features));
  return host.to(device);
}

template <typename Integer>
at::Tensor uploadIndices(const std::vector<Integer>& values, c10::Device device) {
  const std::vector<int64_t> wide(values.begin(), values.end());
  return at::from_blob(const_cast<int64_t*>(wide.data()), {static_cast<int64_t>(wide.size())}, at::kLong)
      .clone()
      .to(device);
}

struct Weights {
  at::Tensor weight;  // [columns x features]
  at::Tensor bias;    // [columns]
};

Weights uploadWeights(const LinearWeights& from, c10::Device device) {
  return {upload(from.weight.view(), device),
          upload(MatrixView<const float>(from.bias.data(), 1, from.bias.size()), device).squeeze(0)};
}

void download(const Weights& from, LinearWeights& to) {
  const at::Tensor weight = from.weight.cpu().contiguous(), bias = from.bias.cpu().contiguous();
  const size_t features = to.weight.cols();
  for (size_t r = 0; r < to.weight.rows(); ++r)
    std::copy_n(weight.data_ptr<float>() + r * features, features, to.weight.row(r).begin());
  std::copy_n(bias.data_ptr<float>(), to.bias.size(), to.bias.begin());
}

// kernels::AdamwStep as rows of a tensor [8 x columns], or [8 x columns x 1] for weights.
void adamw(at::Tensor& w, at::Tensor& m, at::Tensor& v, const at::Tensor& gradient, const at::Tensor& step) {
  const at::Tensor g = gradient * step[0];
  m.add_((g - m) * step[2]);
  v.mul_(step[3]).add_(g * g * step[4]);
  w.mul_(step[1]).sub_(m / (v.sqrt() * step[6] + step[7]) * step[5]);
}

}  // namespace

struct DeviceLinearTrainer::Impl {
  Impl(CohortData data, std::vector<TargetGroup> targetGroups, TrainerOptions trainerOptions)
      : options(std::move(trainerOptions)),
        state(data, std::move(targetGroups)),
        batchSize(commonBatchSize(state.groups)),
        trainRows(data.split.train.size()),
        validationRows(data.split.validation.size()),
        device(c10::Device(options.device.id())) {
    state.initialise(options);
    withoutGradients(options.device, "prepare a training", [&] {
      x = uploadRows(*data.features, data.split.train, device);
      heldX = uploadRows(*data.features, data.split.validation, device);
      uploadResponses(data);
      send();
    });
  }

  [[nodiscard]] size_t steps() const { return (trainRows + batchSize - 1) / batchSize; }
  void uploadResponses(const CohortData& data);
  void send();
  void fetch() const;
  [[nodiscard]] std::vector<uint32_t> activeColumns() const;
  [[nodiscard]] at::Tensor adamwSteps(size_t k, size_t count) const;
  [[nodiscard]] std::vector<GroupMeasure> runEpoch(const std::stop_token& stop);
  void validate(const std::vector<uint32_t>& active, const Weights& weights, const at::Tensor& y,
                std::vector<GroupMeasure>& measures);
  void readLosses(const std::vector<uint32_t>& active, const at::Tensor& squares,
                  std::vector<GroupMeasure>& measures) const;

  TrainerOptions options;
  mutable LinearState state;  // its weights are those of the device after fetch()
  size_t batchSize, trainRows, validationRows;
  c10::Device device;
  at::Tensor x, heldX;  // [rows x features]
  at::Tensor y, heldY;  // [rows x columns]
  Weights now, moment1, moment2, best;
  mutable bool isFetched = true;
  bool isTorn = false;
};

void DeviceLinearTrainer::Impl::uploadResponses(const CohortData& data) {
  const auto columns = static_cast<int64_t>(state.columns());
  const auto floats = at::TensorOptions().dtype(at::kFloat).device(device);
  y = at::empty({static_cast<int64_t>(trainRows), columns}, floats);
  heldY = at::empty({static_cast<int64_t>(validationRows), columns}, floats);
  for (size_t g = 0; g < state.groups.size(); ++g) {
    const TargetSource& source = *data.sources[g];
    for (size_t first = 0; first < source.columns(); first += kUploadColumns) {
      const size_t count = std::min(kUploadColumns, source.columns() - first);
      const auto put = [&](const std::vector<uint32_t>& rows, at::Tensor& to) {
        Matrix<float> block(rows.size(), count);
        source.gather(rows, first, block.view());
        to.narrow(1, static_cast<int64_t>(state.offsets[g] + first), static_cast<int64_t>(count))
            .copy_(upload(block.view(), device));
      };
      put(data.split.train, y);
      put(data.split.validation, heldY);
    }
    source.release();
  }
}

void DeviceLinearTrainer::Impl::send() {
  now = uploadWeights(state.now, device);
  moment1 = uploadWeights(state.moment1, device);
  moment2 = uploadWeights(state.moment2, device);
  best = uploadWeights(state.best, device);
  isFetched = true;
}

void DeviceLinearTrainer::Impl::fetch() const {
  if (isTorn)
    throw Error({.what = "go on with a training",
                 .where = "epoch " + std::to_string(state.epoch + 1),
                 .why = "it was interrupted half done",
                 .remedy = "restore the trainer from its last saved state first"});
  if (isFetched) return;
  withoutGradients(options.device, "fetch weights", [&] {
    download(now, state.now);
    download(moment1, state.moment1);
    download(moment2, state.moment2);
    download(best, state.best);
  });
  isFetched = true;
}

std::vector<uint32_t> DeviceLinearTrainer::Impl::activeColumns() const {
  std::vector<uint32_t> active;
  for (size_t g = 0; g < state.groups.size(); ++g)
    if (state.progress[g].isTraining())
      for (size_t c = state.offsets[g]; c < state.offsets[g + 1]; ++c) active.push_back(static_cast<uint32_t>(c));
  return active;
}

at::Tensor DeviceLinearTrainer::Impl::adamwSteps(size_t k, size_t count) const {
  const auto groups = static_cast<int64_t>(state.groups.size());
  at::Tensor table = at::empty({8, groups}, at::kFloat);
  float* const values = table.data_ptr<float>();
  const auto time = static_cast<int64_t>(state.epoch) * static_cast<int64_t>(steps()) + static_cast<int64_t>(k) + 1;
  for (size_t g = 0; g < state.groups.size(); ++g) {
    const GroupSettings& s = state.groups[g].settings;
    const auto columns = static_cast<double>(state.offsets[g + 1] - state.offsets[g]);
    const kernels::AdamwStep step =
        kernels::adamwStep(learningRateAt(s, state.epoch + 1), s.weightDecay, s.beta1, s.beta2, s.epsilon, time,
                           2.0 / (static_cast<double>(count) * columns));
    const float row[] = {step.gradientScale, step.keep,     step.oneMinusBeta1,      step.beta2,
                         step.oneMinusBeta2, step.stepSize, step.inverseCorrection2, step.epsilon};
    for (size_t i = 0; i < 8; ++i) values[i * state.groups.size() + g] = row[i];
  }
  return table.to(device);
}

std::vector<GroupMeasure> DeviceLinearTrainer::Impl::runEpoch(const std::stop_token& stop) {
  const std::vector<uint32_t> active = activeColumns();
  const bool isWhole = active.size() == state.columns();
  const at::Tensor columns = uploadIndices(active, device);
  const auto pick = [&](const at::Tensor& from, int64_t dimension) {
    return isWhole ? from : from.index_select(dimension, columns);
  };
  Weights w{pick(now.weight, 0), pick(now.bias, 0)}, m{pick(moment1.weight, 0), pick(moment1.bias, 0)},
      v{pick(moment2.weight, 0), pick(moment2.bias, 0)};
  const at::Tensor targets = pick(y, 1);
  std::vector<size_t> groupOf;
  for (const uint32_t column : active) groupOf.push_back(state.groupOfColumn(column));
  const at::Tensor groups = uploadIndices(groupOf, device);
  const at::Tensor order = uploadIndices(epochOrder(options, state.epoch + 1, trainRows), device);
  std::vector<at::Tensor> squares;
  for (size_t k = 0; k < steps(); ++k) {
    if (stop.stop_requested()) throw Cancelled();
    const size_t first = k * batchSize, count = std::min(batchSize, trainRows - first);
    const at::Tensor rows = order.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(count));
    const at::Tensor batch = x.index_select(0, rows);
    const at::Tensor residual = at::addmm(w.bias, batch, w.weight.t()) - targets.index_select(0, rows);
    squares.push_back(residual.square().sum(0));
    const at::Tensor step = adamwSteps(k, count).index_select(1, groups);
    adamw(w.weight, m.weight, v.weight, at::mm(residual.t(), batch), step.unsqueeze(2));
    adamw(w.bias, m.bias, v.bias, residual.sum(0), step);
  }
  if (!isWhole) {
    const auto put = [&](Weights& to, const Weights& from) {
      to.weight.index_copy_(0, columns, from.weight);
      to.bias.index_copy_(0, columns, from.bias);
    };
    put(now, w);
    put(moment1, m);
    put(moment2, v);
  }
  std::vector<GroupMeasure> measures(state.groups.size());
  readLosses(active, at::stack(squares), measures);
  validate(active, w, pick(heldY, 1), measures);
  return measures;
}

void DeviceLinearTrainer::Impl::readLosses(const std::vector<uint32_t>& active, const at::Tensor& squares,
                                           std::vector<GroupMeasure>& measures) const {
  const at::Tensor host = squares.cpu().contiguous();
  const float* const values = host.data_ptr<float>();
  std::vector<double> losses(state.groups.size());
  for (size_t k = 0; k < steps(); ++k) {
    std::ranges::fill(losses, 0.0);
    for (size_t i = 0; i < active.size(); ++i)
      losses[state.groupOfColumn(active[i])] += static_cast<double>(values[k * active.size() + i]);
    const auto rows = static_cast<double>(std::min(batchSize, trainRows - k * batchSize));
    for (size_t g = 0; g < losses.size(); ++g)
      measures[g].addStep(static_cast<int>(k) + 1,
                          losses[g] / (rows * static_cast<double>(state.offsets[g + 1] - state.offsets[g])));
  }
  for (GroupMeasure& measure : measures) measure.trainLoss /= static_cast<double>(steps());
}

void DeviceLinearTrainer::Impl::validate(const std::vector<uint32_t>& active, const Weights& weights,
                                         const at::Tensor& targets, std::vector<GroupMeasure>& measures) {
  for (GroupMeasure& measure : measures) measure.hasValidation = validationRows > 0;
  if (validationRows == 0) return;
  const at::Tensor p = at::mm(heldX, weights.weight.t());
  const at::Tensor error = (p + weights.bias - targets).to(at::kDouble).square().sum(0).cpu();
  const at::Tensor a = p.to(at::kDouble) - p.to(at::kDouble).mean(0);
  const at::Tensor b = targets.to(at::kDouble) - targets.to(at::kDouble).mean(0);
  const at::Tensor r =
      ((a * b).sum(0) / (a.square().sum(0) * b.square().sum(0)).sqrt()).clamp(-1, 1).to(at::kFloat).cpu();
  const at::Tensor varies = p.ne(p[0]).any(0).logical_and(targets.ne(targets[0]).any(0)).cpu();
  std::vector<double> errors(state.groups.size());
  for (size_t i = 0; i < active.size(); ++i) {
    const bool isDefined = varies.data_ptr<bool>()[i] && std::isfinite(r.data_ptr<float>()[i]);
    state.correlation[active[i]] = isDefined ? r.data_ptr<float>()[i] : std::numeric_limits<float>::quiet_NaN();
    errors[state.groupOfColumn(active[i])] += error.data_ptr<double>()[i];
  }
  for (size_t g = 0; g < measures.size(); ++g) {
    const auto columns = static_cast<double>(state.offsets[g + 1] - state.offsets[g]);
    measures[g].validationLoss = errors[g] / (columns * static_cast<double>(validationRows));
    measures[g].meanCorrelation = state.meanCorrelation(g);
  }
}

DeviceLinearTrainer::DeviceLinearTrainer(CohortData data, std::vector<TargetGroup> groups, TrainerOptions options)
    : m_impl(std::make_unique<Impl>(std::move(data), std::move(groups), std::move(options))) {}
DeviceLinearTrainer::~DeviceLinearTrainer() = default;

const std::vector<TargetGroup>& DeviceLinearTrainer::groups() const {
  return m_impl->state.groups;
}
bool DeviceLinearTrainer::isFinished() const {
  return m_impl->state.isFinished();
}
int DeviceLinearTrainer::epoch() const {
  return m_impl->state.epoch;
}

EpochResult DeviceLinearTrainer::runEpoch(std::stop_token stop) {
  Impl& impl = *m_impl;
  if (impl.isTorn) impl.fetch();
  if (impl.state.isFinished()) return impl.state.result();
  impl.isTorn = true;
  impl.isFetched = false;
  withoutGradients(impl.options.device, "train", [&] {
    for (const size_t group : impl.state.endEpoch(impl.runEpoch(stop))) {
      const auto first = static_cast<int64_t>(impl.state.offsets[group]);
      const auto count = static_cast<int64_t>(impl.state.offsets[group + 1]) - first;
      impl.best.weight.narrow(0, first, count).copy_(impl.now.weight.narrow(0, first, count));
      impl.best.bias.narrow(0, first, count).copy_(impl.now.bias.narrow(0, first, count));
    }
  });
  impl.isTorn = false;
  return impl.state.result();
}

TrainerState DeviceLinearTrainer::save() const {
  m_impl->fetch();
  return m_impl->state.save();
}

void DeviceLinearTrainer::restore(const TrainerState& state) {
  m_impl->isTorn = true;
  m_impl->state.restore(state);
  withoutGradients(m_impl->options.device, "restore a training", [&] { m_impl->send(); });
  m_impl->isTorn = false;
}

Matrix<float> DeviceLinearTrainer::predict(size_t group, MatrixView<const float> features) const {
  m_impl->fetch();
  return m_impl->state.predict(group, features);
}

std::vector<NamedTensor> DeviceLinearTrainer::bestModel(size_t group) const {
  m_impl->fetch();
  return m_impl->state.bestModel(group);
}

}  // namespace corticast
