#pragma once
#include <span>
#include <string>
#include <string_view>

namespace corticast {

struct GroupSettings;
struct LossInput;
struct LossTerms;

/// What a training makes small. A loss is a mean of terms that belong to one target column each, so that a column or
/// a picture without a value drops out by itself.
struct Loss {
  std::string id;  ///< "mse"
  std::string label;
  std::string help;
  bool needsCeiling = false;                   ///< the noise ceiling of every column has to be known
  LossTerms (*terms)(const LossInput& input);  ///< internal/loss_terms.h
};

/// mse (the default and the paper's), pearson, smooth-l1, noise-mse.
[[nodiscard]] std::span<const Loss> losses();
/// Throws Error naming the known ids.
[[nodiscard]] const Loss& loss(std::string_view id);

}  // namespace corticast
