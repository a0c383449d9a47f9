#pragma once
#include <string>
#include <vector>

#include "core/base/params.h"
#include "core/models/architecture.h"
#include "core/models/internal/position_encoding.h"

namespace corticast {

/// Parameters of the positional architecture.
struct PositionalConfig {
  std::string output = "responses";  ///< "responses", "positions"
  std::string trunk = "identity";    ///< "identity", "linear", "conv2d"
  int areaWidth = 256;               ///< of the area vector that a linear or conv2d trunk makes
  std::vector<int> trunkChannels = {128, 64, 32};
  std::string surface = "white";                       ///< "white", "pial", "inflated", "sphere"
  std::string input = "concatenate";                   ///< "concatenate", "gate"
  std::vector<int> channels = {256, 128, 64, 32, 16};  ///< of all Conv1d but the last
  int kernel = 1;
  int encodingWidth = 32;
  double encodingScale = 100;
  double encodingBase = 10000;
  double dropout = 0.2;
  int dropoutEvery = 2;
  bool residual = false;
  double slope = 0.01;

  [[nodiscard]] static Fields<PositionalConfig> fields();
  /// Throws Error also for values that do not go together or with `input`.
  [[nodiscard]] static PositionalConfig from(const NetworkInput& input, const Json& values);

  [[nodiscard]] bool isGated() const { return input == "gate"; }
  [[nodiscard]] PositionEncoding encoding() const {
    return {.width = encodingWidth, .scale = encodingScale, .base = encodingBase};
  }
  /// Values of the area vector.
  [[nodiscard]] int64_t areaValues(const NetworkInput& network) const;
  /// Channels after each Conv1d, the last one with its values per vertex for every head.
  [[nodiscard]] std::vector<int64_t> outputs(const NetworkInput& network) const;
  /// Values that the network gives per vertex.
  [[nodiscard]] int64_t valuesPerVertex() const { return output == "positions" ? 3 : 1; }
  /// Whether dropout follows this Conv1d (0-based), which is not the last.
  [[nodiscard]] bool isDropoutAfter(size_t layer) const { return (layer + 1) % static_cast<size_t>(dropoutEvery) == 0; }
};

}  // namespace corticast
