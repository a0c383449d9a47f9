#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/matrix.h"
#include "core/base/params.h"

namespace corticast {

class Network;

/// How an architecture is trained, which decides the trainer that drives it.
enum class ModelKind {
  Linear,   ///< columns never interact: all groups of a cohort are one blocked computation, or a closed form
  Network,  ///< a network per group, by automatic differentiation
};

/// What one model takes and gives.
struct NetworkInput {
  std::vector<int64_t> imageShape;  ///< of one picture's embedding: {D}, or a map {C, H, W}
  int64_t targets = 0;  ///< columns of the output; the group's vertices, unless the architecture or `answers` say other
  /// [vertices x 3]: the coordinates of the group's vertices on the architecture's surface, moved and scaled to [0, 1]
  /// per axis over the vertices of the group (training/vertex_positions.h). Empty when the architecture has no
  /// surfaceParam.
  Matrix<float> positions;
  /// [vertices] the group's vertices one after another along the surface. Empty where `positions` is.
  std::vector<uint32_t> order = {};
  /// Of an architecture with a surfaceParam, whose last layer is the same for all vertices: above 1, it has so many
  /// (one per subject), each vertex so many answers.
  int64_t heads = 1;
  /// [targets] with several heads: the answer that each target is, as vertex * heads + head. Empty with one.
  std::vector<int64_t> answers = {};

  /// Values of one picture's embedding: the product of imageShape.
  [[nodiscard]] int64_t features() const;
};

/// What one model takes to train, for the estimate before a run starts. May be right to a factor of two.
struct ModelCost {
  uint64_t weights = 0;            ///< trainable numbers; exact
  double multiplyAdds = 0;         ///< of the forward pass of one picture
  double multiplyAddsPerStep = 0;  ///< of the forward pass of a minibatch, however many pictures it has
  double activations = 0;          ///< numbers kept per picture of a minibatch until its gradient is known
  double activationsPerStep = 0;   ///< the same, however many pictures
};

/// A kind of model as data: what a form, the command line and the table need to know of it. Its parameters are
/// values of the plan like any other and may differ per ROI.
struct Architecture {
  std::string id;     ///< as plans write it: "linear"
  std::string label;  ///< "Linear"
  std::string help;   ///< one or two sentences: what it computes
  ModelKind kind = ModelKind::Linear;
  std::vector<Param> params;  ///< beyond the settings that every architecture has; ids are unique over the catalogue
  /// Of its params, the one that names the surface ("white", "pial", ...) on which vertices have their positions;
  /// empty: it needs no positions.
  std::string surfaceParam;
  /// Whether these parameter values ask for the vertices' own positions instead of responses; `targets` is then three
  /// per vertex: x of all vertices, then y, then z. Empty: never.
  std::function<bool(const Json& values)> returnsPositions = {};
  /// `values`: of all its params. Positions are not looked at beyond their number of rows.
  std::function<ModelCost(const NetworkInput& input, const Json& values)> cost;
  /// The network, its weights not yet drawn (internal/network.h). Throws Error when the parameter values contradict
  /// each other or do not go with the input. Linear models have one too.
  std::function<std::shared_ptr<Network>(const NetworkInput& input, const Json& values)> build;
};

/// Every architecture, in the order shown to a person. Adding one: a file beside this one and a line in catalogue.cpp.
[[nodiscard]] std::span<const Architecture> architectures();

/// Throws Error naming the known ids.
[[nodiscard]] const Architecture& architecture(std::string_view id);

}  // namespace corticast
