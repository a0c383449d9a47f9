#pragma once
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/params.h"

namespace corticast {

/// Everything about the training of one target group. Any of it may differ per ROI (plan.h, Override).
/// Settings where the paper is silent are marked so in their description and shown with that remark.
struct GroupSettings {
  // Model
  std::string architecture = "linear";  ///< id in the catalogue (models/architecture.h)
  std::string solver = "adamw";         ///< an optimiser (optimiser.h): "adamw", ...; or a closed form: "ols", "ridge"
  // Embedding
  std::string embedding;    ///< folder of an embedding (sibling_embedding.h); empty: found by backbone and layer
  std::string backbone;     ///< "gabor", "clip-vit-b32", ...
  std::string layer;        ///< empty: the backbone's default
  bool standardise = true;  ///< per feature, mean 0 and variance 1 on the training rows
  int pca = 0;              ///< components kept, fitted on the training rows; 0: none
  // Optimiser
  std::string loss = "mse";  ///< id in losses() (loss.h)
  double smoothL1Beta = 1;   ///< where "smooth-l1" turns from squared to absolute
  double learningRate = 1e-4;
  std::string schedule = "step";  ///< id in schedules() (schedule.h)
  double decayFactor = 0.75;      ///< learning rate times this ...
  int decayEvery = 10;            ///< ... after every so many epochs
  double finalShare = 0;          ///< of the learning rate, where "cosine" and "one-cycle" end
  double cyclePeak = 0.3;         ///< part of the epochs after which "one-cycle" is at its peak
  double cycleRise = 25;          ///< peak of "one-cycle" over its start
  int warmupEpochs = 0;           ///< the learning rate rises evenly before the schedule begins
  double weightDecay = 1e-2;
  double l1 = 0;        ///< times the sum of the absolute weights (not biases) is added to the loss
  double clipNorm = 0;  ///< the gradient of a model is scaled down to this length; 0: never
  int batchSize = 256;
  double momentum = 0.9;  ///< of "sgd"
  double beta1 = 0.9;
  double beta2 = 0.999;
  double epsilon = 1e-8;
  bool mixedPrecision = false;  ///< networks on CUDA: products in bfloat16
  // Stopping
  int maxEpochs = 100;
  int patience = 10;    ///< epochs without improvement before the group stops; 0: never stops early
  double minDelta = 0;  ///< least fall of the validation loss that counts as improvement for the patience
  // Closed form
  double ridgeAlpha = 1000;           ///< penalty alpha of |y - Xw|^2 + alpha |w|^2
  std::string ridgeChoice = "fixed";  ///< "fixed", "per-vertex" (cross-validated from the list below)
  double ridgeAlphaLow = 1;
  double ridgeAlphaHigh = 1e6;
  int ridgeAlphaCount = 13;  ///< spaced evenly in the logarithm
  int ridgeFolds = 5;
  /// Values of the architecture's own parameters (models/architecture.h), defaults filled in.
  Json model;

  [[nodiscard]] static Fields<GroupSettings> fields();
};

/// Descriptions of all settings: those of GroupSettings and, after them, each architecture's own parameters (relevant
/// only while that architecture is chosen). The form, `--set` and the plan reader all use this one list.
[[nodiscard]] const std::vector<Param>& groupParams();

/// Settings from JSON; missing keys keep the defaults. Throws Error naming an unknown key or an invalid value, and
/// for values that contradict each other (a closed form asked of an architecture that has none).
[[nodiscard]] GroupSettings groupSettingsFromJson(const Json& values, const std::string& where);
[[nodiscard]] Json toJson(const GroupSettings& settings);

/// What trains a group: decides which groups can be trained together.
enum class TrainerKind {
  ClosedForm,  ///< least squares or ridge
  Linear,      ///< linear models, all of a cohort as one computation
  Network,     ///< any architecture, loss and optimiser, one network per group
};
/// Linear models go by the fast way while loss and optimiser are of the kind it knows: squared error by AdamW.
[[nodiscard]] TrainerKind trainerKindOf(const GroupSettings& settings);

}  // namespace corticast
