#pragma once
#include <vector>

#include "core/models/internal/network.h"

namespace corticast {

struct DeepShape {
  int blocks = 4;
  int width = 512;         ///< of the first block
  double growth = 1;       ///< width of a block over that of the one before, rounded
  int residualBlocks = 0;  ///< between two blocks
  double dropout = 0;      ///< after the activation of each block, not in residual ones
  double slope = 0.01;     ///< of LeakyReLU below 0

  /// Width of each block.
  [[nodiscard]] std::vector<int64_t> widths() const;
};

/// h_0 = the embedding; block i: h = dropout(LeakyReLU(BatchNorm(W h + b))); between two blocks, residual blocks
/// h = h + LeakyReLU(BatchNorm(W h + b)); at the end a linear layer to the targets.
/// Modules by name: block<i>.linear, block<i>.norm, residual<i>_<j>.linear, residual<i>_<j>.norm, out.
[[nodiscard]] std::shared_ptr<Network> deepNetwork(const NetworkInput& input, const DeepShape& shape);
[[nodiscard]] ModelCost deepCost(const NetworkInput& input, const DeepShape& shape);

}  // namespace corticast
