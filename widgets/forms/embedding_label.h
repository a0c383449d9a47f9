#pragma once
#include <string>
#include <vector>

#include "core/features/embedding.h"

namespace corticast {

/// "Gabor pyramid, contrast energy", "Own array, clip"
[[nodiscard]] std::string embeddingLabel(const std::string& backbone, const std::string& layer);

/// For embeddings of one backbone and layer: a label each that tells what makes it another than the rest. Of what is
/// stored that is said always ("AlexNet, features.2, mean 8 x 8, 64 components, float16"), of parameters and weights
/// where they differ. No two labels are equal.
[[nodiscard]] std::vector<std::string> variantLabels(const std::vector<EmbeddingInfo>& variants);

}  // namespace corticast
