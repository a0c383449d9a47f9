#include "core/training/internal/network_data.h"

#include <ATen/ops/empty.h>
#include <ATen/ops/isnan.h>

#include <algorithm>
#include <numeric>

#include "core/base/error.h"

namespace corticast {
namespace {

// Beyond it, pictures are sent to a device batch by batch.
constexpr size_t kResidentBytes = size_t{8} << 30;

Error cannotPrepare(const std::string& where, const std::string& why) {
  return Error({.what = "prepare a training",
                .where = where,
                .why = why,
                .remedy = "check that embedding, responses and split are of the same pictures"});
}

void checkRows(const std::vector<uint32_t>& rows, size_t count, const char* side) {
  if (const auto wrong = std::ranges::find_if(rows, [&](uint32_t row) { return row >= count; }); wrong != rows.end())
    throw cannotPrepare(std::string(side) + " split",
                        "row " + std::to_string(*wrong) + " of features with " + std::to_string(count) + " rows");
}

at::Tensor indices(std::span<const uint32_t> rows, c10::Device device) {
  at::Tensor host = at::empty({static_cast<int64_t>(rows.size())}, at::kLong);
  std::ranges::copy(rows, host.data_ptr<int64_t>());
  return host.to(device);
}

MatrixView<float> viewOf(const at::Tensor& tensor) {
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.size(0)), static_cast<size_t>(tensor.size(1))};
}

}  // namespace

NetworkImages::NetworkImages(CohortData data, c10::Device device) : m_data(std::move(data)), m_device(device) {
  const size_t count = m_data.features ? m_data.features->rows() : 0;
  const size_t features = m_data.features ? m_data.features->featureCount() : 0;
  if (features == 0) throw cannotPrepare("features", "there is none");
  if (m_data.split.train.empty()) throw cannotPrepare("training split", "it has no pictures");
  checkRows(m_data.split.train, count, "training");
  checkRows(m_data.split.validation, count, "validation");
  m_shape.assign(m_data.features->shape().begin(), m_data.features->shape().end());
  // Features in this process's memory are copied for a device only; what lies on disk is read batch by batch.
  if (!m_data.features->isInMemory() || m_device.is_cpu() || count * features * sizeof(float) > kResidentBytes) return;
  std::vector<uint32_t> all(count);
  std::iota(all.begin(), all.end(), 0U);
  at::Tensor host = at::empty({static_cast<int64_t>(count), static_cast<int64_t>(features)}, at::kFloat);
  m_data.features->gather(all, viewOf(host));
  m_all = host.to(m_device);
}

at::Tensor NetworkImages::batch(std::span<const uint32_t> rows) const {
  std::vector<int64_t> shape{static_cast<int64_t>(rows.size())};
  shape.insert(shape.end(), m_shape.begin(), m_shape.end());
  if (m_all.defined()) return m_all.index_select(0, indices(rows, m_device)).view(shape);
  at::Tensor host =
      at::empty({static_cast<int64_t>(rows.size()), static_cast<int64_t>(m_data.features->featureCount())}, at::kFloat);
  m_data.features->gather(rows, viewOf(host));
  return host.to(m_device).view(shape);
}

NetworkResponses::NetworkResponses(std::shared_ptr<const TargetSource> source, c10::Device device, uint64_t cacheBytes)
    : m_source(std::move(source)), m_device(device) {
  if (m_source->rows() * m_source->columns() * sizeof(float) > cacheBytes) return;
  std::vector<uint32_t> all(m_source->rows());
  std::iota(all.begin(), all.end(), 0U);
  m_all = gather(all);
  m_source->release();
}

NetworkTargets NetworkResponses::batch(std::span<const uint32_t> rows) const {
  if (!m_all.values.defined()) return gather(rows);
  const at::Tensor index = indices(rows, m_device);
  return {.values = m_all.values.index_select(0, index),
          .present = m_all.present.defined() ? m_all.present.index_select(0, index) : at::Tensor()};
}

NetworkTargets NetworkResponses::gather(std::span<const uint32_t> rows) const {
  at::Tensor host =
      at::empty({static_cast<int64_t>(rows.size()), static_cast<int64_t>(m_source->columns())}, at::kFloat);
  m_source->gather(rows, 0, viewOf(host));
  const at::Tensor missing = at::isnan(host);
  if (!missing.any().item<bool>()) return {.values = host.to(m_device), .present = {}};
  host.masked_fill_(missing, 0);
  return {.values = host.to(m_device), .present = missing.logical_not().to(at::kFloat).to(m_device)};
}

}  // namespace corticast
