#pragma once
#include <cstdint>
#include <vector>

#include "core/training/prepare.h"

namespace corticast {

/// The order of the training rows in an epoch (prepare.h, TrainerOptions::order). Throws Error when an order that was
/// given is no permutation.
[[nodiscard]] std::vector<uint32_t> epochOrder(const TrainerOptions& options, int epoch, size_t rows);

/// The batch size that all groups share. Throws Error when they differ.
[[nodiscard]] size_t commonBatchSize(const std::vector<TargetGroup>& groups);

}  // namespace corticast
