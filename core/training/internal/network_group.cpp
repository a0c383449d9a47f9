#include "core/training/internal/network_group.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"
#include "core/models/internal/network_tensors.h"
#include "core/training/internal/loss_terms.h"
#include "core/training/internal/network_forward.h"
#include "core/training/schedule.h"

namespace corticast {
namespace {

constexpr size_t kScoredColumns = 1024;  // columns whose validation is in double at a time

at::Generator newGenerator(c10::Device device, uint64_t seed) {
  at::Generator generator =
      device.is_cpu() ? at::detail::createCPUGenerator(seed) : at::globalContext().defaultGenerator(device).clone();
  generator.set_current_seed(seed);
  return generator;
}

Error cannotTrain(const std::string& where, const std::string& why, const std::string& remedy) {
  return Error({.what = "prepare a training", .where = where, .why = why, .remedy = remedy});
}

bool normalisesBatches(const Network& network) {
  return std::ranges::any_of(network.named_buffers(),
                             [](const auto& each) { return each.key().ends_with("running_var"); });
}

NetworkInput inputOf(const NetworkImages& images, NetworkGroup::Parts& parts) {
  return {.imageShape = images.shape(),
          .targets = static_cast<int64_t>(parts.source->columns()),
          .positions = std::move(parts.positions.relative),
          .order = std::move(parts.positions.order),
          .heads = parts.positions.heads,
          .answers = std::move(parts.positions.answers)};
}

void drawFirstWeights(Network& network, const TargetGroup& group, const TrainerOptions& options) {
  if (options.initialise && architecture(group.settings.architecture).kind == ModelKind::Linear) {
    const at::NoGradGuard guard;
    at::Tensor weight = network.named_parameters()["weight"], bias = network.named_parameters()["bias"];
    options.initialise(
        group, {weight.data_ptr<float>(), static_cast<size_t>(weight.size(0)), static_cast<size_t>(weight.size(1))},
        {bias.data_ptr<float>(), static_cast<size_t>(bias.numel())});
    return;
  }
  Philox random(options.seed, streamOf(group.id));
  network.drawWeights(random);
}

}  // namespace

NetworkGroup::NetworkGroup(const NetworkImages& images, Parts parts, const TrainerOptions& options)
    : m_images(images),
      m_group(std::move(parts.group)),
      m_responses(parts.source, images.device(), parts.cacheBytes),
      m_targets(m_group, images.data(), parts.source->columns()),
      m_progress(m_group.settings),
      m_loss(loss(m_group.settings.loss)),
      m_optimiser(optimiser(m_group.settings.solver)),
      m_correlation(m_targets.columns(), std::numeric_limits<float>::quiet_NaN()) {
  if (parts.source->rows() != images.rows())
    throw cannotTrain(m_group.id,
                      "features have " + std::to_string(images.rows()) + " rows, responses have " +
                          std::to_string(parts.source->rows()),
                      "check that embedding, responses and split are of the same pictures");
  if (outputs() == 0) throw cannotTrain(m_group.id, "it has no vertices", "choose another target group");
  takeNoise(parts.ceiling);
  const Architecture& kind = architecture(m_group.settings.architecture);
  const NetworkInput input = inputOf(images, parts);
  m_network = kind.build(input, m_group.settings.model);
  m_best = kind.build(input, m_group.settings.model);
  drawFirstWeights(*m_network, m_group, options);
  m_network->to(images.device());
  m_best->to(images.device());
  m_best->eval();
  loadState(*m_best, namedState(*m_network));
  Philox dropout(options.seed, streamOf(m_group.id + " dropout"));
  m_network->setGenerator(newGenerator(images.device(), dropout.next64()));
  m_isNormalising = normalisesBatches(*m_network);
  m_isMixed = m_group.settings.mixedPrecision && images.device().is_cuda();
  if (m_isNormalising && (m_group.settings.batchSize < 2 || images.data().split.train.size() < 2))
    throw cannotTrain(m_group.id, "\"" + kind.label + "\" normalises over the pictures of a batch, which has only one",
                      "take a batch size of at least 2");
  m_state.parameters = m_network->parameters();
  m_state.moments.resize(m_optimiser.moments.size());
  for (auto& moment : m_state.moments)
    for (const at::Tensor& parameter : m_state.parameters) moment.push_back(at::zeros_like(parameter.detach()));
}

void NetworkGroup::takeNoise(const std::vector<float>& ceiling) {
  if (!m_loss.needsCeiling) return;
  if (ceiling.size() != outputs())
    throw cannotTrain(m_group.id,
                      "the loss \"" + m_loss.label + "\" needs the noise ceiling, and the study has none here",
                      "choose another loss, or put the noise ceiling into the study");
  const std::vector<uint32_t>& rows = m_images.data().split.train;
  at::Tensor variance = at::empty({static_cast<int64_t>(outputs())}, at::kDouble);
  for (size_t first = 0; first < outputs(); first += kScoredColumns) {
    const size_t count = std::min(kScoredColumns, outputs() - first);
    Matrix<float> block(rows.size(), count);
    m_responses.source().gather(rows, first, block.view());
    const at::Tensor values =
        at::from_blob(block.data(), {static_cast<int64_t>(rows.size()), static_cast<int64_t>(count)}, at::kFloat)
            .to(at::kDouble);
    const at::Tensor centred = values - values.nanmean(0);
    variance.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(count)).copy_(centred.square().nanmean(0));
  }
  const at::Tensor known =
      at::from_blob(const_cast<float*>(ceiling.data()), {static_cast<int64_t>(outputs())}, at::kFloat).to(at::kDouble);
  m_noise = noiseWeights(variance, known).to(at::kFloat).to(m_images.device());
}

size_t NetworkGroup::steps() const {
  const size_t rows = m_images.data().split.train.size(), batch = static_cast<size_t>(m_group.settings.batchSize);
  const bool isLeftOut = m_isNormalising && rows > 1 && rows % batch == 1;
  return (rows + batch - 1) / batch - (isLeftOut ? 1 : 0);
}

void NetworkGroup::runEpoch(int epoch, std::span<const uint32_t> order, const std::stop_token& stop) {
  const std::vector<uint32_t>& train = m_images.data().split.train;
  const auto batch = static_cast<size_t>(m_group.settings.batchSize);
  const double learningRate = learningRateAt(m_group.settings, epoch);
  std::vector<at::Tensor> losses;
  for (size_t k = 0; k < steps(); ++k) {
    if (stop.stop_requested()) throw Cancelled();
    std::vector<uint32_t> rows;
    for (size_t i = k * batch; i < std::min(train.size(), (k + 1) * batch); ++i) rows.push_back(train[order[i]]);
    losses.push_back(step(rows, learningRate));
  }
  const at::Tensor host = at::stack(losses).to(at::kDouble).cpu();
  GroupMeasure measure;
  for (size_t k = 0; k < losses.size(); ++k) measure.addStep(static_cast<int>(k) + 1, host.data_ptr<double>()[k]);
  measure.trainLoss /= static_cast<double>(losses.size());
  validate(measure);
  m_responses.source().release();
  if (m_progress.add(epoch, measure)) {
    const auto from = stateOf(*m_network), to = stateOf(*m_best);
    const at::NoGradGuard guard;
    for (size_t i = 0; i < from.size(); ++i) at::Tensor(to[i].second).copy_(from[i].second);
  }
}

at::Tensor NetworkGroup::lossOf(const at::Tensor& prediction, const NetworkTargets& targets) const {
  const LossTerms terms = m_loss.terms({.settings = m_group.settings,
                                        .prediction = prediction,
                                        .target = targets.values,
                                        .present = targets.present,
                                        .weight = m_noise});
  return terms.sums.sum() / terms.counts.sum().clamp_min(1);
}

at::Tensor NetworkGroup::penalty() const {
  at::Tensor sum;
  for (const at::Tensor& parameter : m_state.parameters)
    if (parameter.dim() > 1) sum = sum.defined() ? sum + parameter.abs().sum() : parameter.abs().sum();
  return sum * m_group.settings.l1;
}

void NetworkGroup::clip(std::vector<at::Tensor>& gradients) const {
  std::vector<at::Tensor> norms;
  for (const at::Tensor& gradient : gradients) norms.push_back(gradient.norm());
  const at::Tensor scale = (m_group.settings.clipNorm / (at::stack(norms).norm() + 1e-6)).clamp_max(1);
  for (at::Tensor& gradient : gradients) gradient.mul_(scale);
}

at::Tensor NetworkGroup::step(std::span<const uint32_t> rows, double learningRate) {
  m_network->train();
  const at::Tensor value = lossOf(predicted(*m_network, m_images.batch(rows), m_isMixed), m_responses.batch(rows));
  (m_group.settings.l1 > 0 ? value + penalty() : value).backward();
  const at::NoGradGuard guard;
  for (at::Tensor& parameter : m_state.parameters) {
    m_state.gradients.push_back(parameter.grad().defined() ? parameter.grad() : at::zeros_like(parameter));
    parameter.mutable_grad().reset();
  }
  if (m_group.settings.clipNorm > 0) clip(m_state.gradients);
  m_state.learningRate = learningRate;
  ++m_state.time;
  m_optimiser.step(m_group.settings, m_state);
  m_state.gradients.clear();  // of many groups only a few are at work
  return value.detach();
}

void NetworkGroup::validate(GroupMeasure& measure) {
  const std::vector<uint32_t>& rows = m_images.data().split.validation;
  measure.hasValidation = !rows.empty();
  measure.validationLoss = measure.meanCorrelation = std::numeric_limits<double>::quiet_NaN();
  if (rows.empty()) return;
  const at::NoGradGuard guard;
  m_network->eval();
  const auto width = static_cast<int64_t>(outputs()), height = static_cast<int64_t>(rows.size());
  const at::Tensor prediction = at::empty({height, width}, at::kFloat);
  for (size_t first = 0; first < rows.size(); first += kPredictedRows) {
    const auto part = std::span(rows).subspan(first, std::min(kPredictedRows, rows.size() - first));
    prediction.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(part.size()))
        .copy_(predicted(*m_network, m_images.batch(part), m_isMixed));
  }
  const MatrixView<const float> p(prediction.data_ptr<float>(), rows.size(), outputs());
  const std::vector<float> noBias(outputs());
  std::vector<double> squaredError(outputs());
  double sums = 0, counts = 0, correlations = 0;
  size_t defined = 0;
  for (size_t first = 0; first < outputs(); first += kScoredColumns) {
    const size_t count = std::min(kScoredColumns, outputs() - first);
    Matrix<float> y(rows.size(), count);
    m_responses.source().gather(rows, first, y.view());
    m_targets.score(rows, first, p.block(0, first, rows.size(), count), std::span(noBias).first(count),
                    std::as_const(y).view(), squaredError, m_correlation);
    const at::Tensor target =
        at::from_blob(y.data(), {height, static_cast<int64_t>(count)}, at::kFloat).to(at::kDouble);
    const at::Tensor missing = target.isnan();
    const LossTerms terms = m_loss.terms(
        {.settings = m_group.settings,
         .prediction = prediction.narrow(1, static_cast<int64_t>(first), static_cast<int64_t>(count)).to(at::kDouble),
         .target = target.masked_fill(missing, 0),
         .present = missing.logical_not().to(at::kDouble),
         .weight =
             m_noise.defined()
                 ? m_noise.narrow(0, static_cast<int64_t>(first), static_cast<int64_t>(count)).cpu().to(at::kDouble)
                 : at::Tensor()});
    sums += terms.sums.sum().item<double>();
    counts += terms.counts.sum().item<double>();
  }
  for (const float r : m_correlation) {
    if (std::isnan(r)) continue;
    correlations += static_cast<double>(r);
    ++defined;
  }
  measure.validationLoss = sums / std::max(1.0, counts);
  if (defined > 0) measure.meanCorrelation = correlations / static_cast<double>(defined);
}

void NetworkGroup::save(std::vector<NamedTensor>& tensors, Json& scalars) const {
  const std::string prefix = m_group.id + "/";
  for (NamedTensor& each : namedState(*m_network, prefix + "now/")) tensors.push_back(std::move(each));
  for (NamedTensor& each : namedState(*m_best, prefix + "best/")) tensors.push_back(std::move(each));
  const auto named = m_network->named_parameters();
  for (size_t m = 0; m < m_state.moments.size(); ++m)
    for (size_t i = 0; i < named.size(); ++i)
      tensors.push_back(toNamed(prefix + m_optimiser.moments[m] + "/" + named[i].key(), m_state.moments[m][i]));
  tensors.push_back(toNamed(prefix + "generator", m_network->generator().get_state()));
  tensors.push_back(NamedTensor::of(prefix + "correlation", std::span<const float>(m_correlation)));
  scalars = m_progress.toJson();
  scalars["id"] = m_group.id;
  scalars["time"] = m_state.time;
}

void NetworkGroup::restore(std::span<const NamedTensor> tensors, const Json& scalars) {
  const std::string prefix = m_group.id + "/";
  m_progress.restore(scalars);
  m_state.time = scalars.value("time", int64_t{0});
  loadState(*m_network, tensors, prefix + "now/");
  loadState(*m_best, tensors, prefix + "best/");
  const auto named = m_network->named_parameters();
  for (size_t m = 0; m < m_state.moments.size(); ++m)
    for (size_t i = 0; i < named.size(); ++i)
      copyTo(tensorNamed(tensors, prefix + m_optimiser.moments[m] + "/" + named[i].key()), m_state.moments[m][i]);
  const NamedTensor& drawn = tensorNamed(tensors, prefix + "generator");
  at::Tensor state = at::empty(drawn.shape, at::kByte);
  copyTo(drawn, state);
  at::Generator generator = m_network->generator();
  generator.set_state(state);
  const std::span<const float> correlation = tensorNamed(tensors, prefix + "correlation").floats();
  m_correlation.assign(correlation.begin(), correlation.end());
}

Matrix<float> NetworkGroup::predict(MatrixView<const float> features) const {
  return predictAll(*m_best, features, m_images.shape(), m_images.device(), m_isMixed);
}

std::vector<NamedTensor> NetworkGroup::bestModel() const {
  return namedState(*m_best);
}

}  // namespace corticast
