#pragma once
#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <memory>
#include <span>
#include <vector>

#include "core/training/prepare.h"

namespace corticast {

/// The pictures that all networks of a cohort share, on their device where they fit.
class NetworkImages {
 public:
  /// Throws Error when split and features do not go together.
  NetworkImages(CohortData data, c10::Device device);

  [[nodiscard]] const CohortData& data() const { return m_data; }
  [[nodiscard]] c10::Device device() const { return m_device; }
  [[nodiscard]] size_t rows() const { return m_data.features->rows(); }
  [[nodiscard]] const std::vector<int64_t>& shape() const { return m_shape; }
  /// Pictures of these rows of the cohort: [rows x ...shape], as a network takes them.
  [[nodiscard]] at::Tensor batch(std::span<const uint32_t> rows) const;

 private:
  CohortData m_data;
  c10::Device m_device;
  std::vector<int64_t> m_shape;
  at::Tensor m_all;  // [rows x features] on the device; undefined when they are sent batch by batch
};

/// Responses of a minibatch on the device.
struct NetworkTargets {
  at::Tensor values;   ///< [B x columns], 0 where missing
  at::Tensor present;  ///< as LossInput::present
};

/// The responses of one group, kept on the device where they fit into `cacheBytes`.
class NetworkResponses {
 public:
  NetworkResponses(std::shared_ptr<const TargetSource> source, c10::Device device, uint64_t cacheBytes);

  [[nodiscard]] const TargetSource& source() const { return *m_source; }
  [[nodiscard]] uint64_t cachedBytes() const { return m_all.values.defined() ? m_all.values.nbytes() : 0; }
  [[nodiscard]] NetworkTargets batch(std::span<const uint32_t> rows) const;

 private:
  [[nodiscard]] NetworkTargets gather(std::span<const uint32_t> rows) const;
  std::shared_ptr<const TargetSource> m_source;
  c10::Device m_device;
  NetworkTargets m_all;
};

}  // namespace corticast
