#pragma once
#include <string>
#include <vector>

#include "core/features/backbone.h"

namespace corticast {

// One function per file <name>_backbone.cpp; backbones.cpp lists them. Families come in several sizes.
[[nodiscard]] BackboneInfo gaborBackbone();
[[nodiscard]] BackboneInfo alexnetBackbone();
[[nodiscard]] std::vector<BackboneInfo> clipBackbones();
[[nodiscard]] std::vector<BackboneInfo> samBackbones();
[[nodiscard]] std::vector<BackboneInfo> dinov2Backbones();
[[nodiscard]] BackboneInfo torchscriptBackbone();

/// Every backbone that computes embeddings from pictures. (Embeddings made elsewhere: precomputed.h.)
[[nodiscard]] const std::vector<BackboneInfo>& backbones();

/// Null when there is none of that name.
[[nodiscard]] const BackboneInfo* findBackbone(const std::string& id);

/// Throws Error naming the backbones there are.
[[nodiscard]] const BackboneInfo& backbone(const std::string& id);

}  // namespace corticast
