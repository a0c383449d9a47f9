#pragma once
#include <string>
#include <vector>

#include "core/features/backbone.h"

namespace corticast {

/// "block.1" .. "block.N", each with that label and shape, as catalogue layers behind `layers`.
inline std::vector<BackboneLayer> withBlocks(std::vector<BackboneLayer> layers, int64_t depth, const std::string& what,
                                             const std::vector<size_t>& shape) {
  for (int64_t i = 1; i <= depth; ++i)
    layers.push_back({"block." + std::to_string(i), what + " after block " + std::to_string(i), shape});
  return layers;
}

}  // namespace corticast
