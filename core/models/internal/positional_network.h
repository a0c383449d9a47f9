#pragma once
#include <memory>

#include "core/models/internal/positional_config.h"

namespace corticast {

/// The positional network. With a = trunk(picture) the same at all vertices, p the encoded positions, and h_0 = a:
///
///     concatenated   h_i = drop(LeakyReLU(BatchNorm(Conv1d_i [h_{i-1} ; p])))
///     gated          h_i = drop(LeakyReLU(BatchNorm(Conv1d_i(h_{i-1}) * sigmoid(W_i p + b_i))))
///     residual       every second h_i has + h_{i-2} (through a linear map where channels differ)
///     at last        Conv1d_n [h_{n-1} ; p] (gated: Conv1d_n(h_{n-1}) * sigmoid(...)), the value of the vertex
///
/// Nothing of size pictures x vertices x (trunk + positions) is ever built (split_conv.h).
/// Modules: `trunk`, `conv<i>`, `norm<i>`, `gate<i>`, `skip<pair>`; buffer `positions` [N x encoding], in the order
/// along the surface when the kernel is above 1, then with buffer `place` [N]: where each vertex stands in that order.
[[nodiscard]] std::shared_ptr<Network> positionalNetwork(const NetworkInput& input, const PositionalConfig& config);
[[nodiscard]] ModelCost positionalCost(const NetworkInput& input, const PositionalConfig& config);

}  // namespace corticast
