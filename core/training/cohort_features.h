#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/split.h"
#include "core/features/reduction.h"
#include "core/training/feature_source.h"

namespace corticast {

class Embedding;
struct Subject;

/// A subject's training pictures in an embedding.
struct EmbeddedSubject {
  const Subject* subject = nullptr;
  std::shared_ptr<const Embedding> embedding;
  std::vector<std::optional<uint32_t>> rows;  ///< per training image; nothing where the picture was skipped as broken
};

/// Throws Error when the embedding lacks a picture that it does not say it skipped.
[[nodiscard]] EmbeddedSubject embeddedSubject(const Subject& subject, std::shared_ptr<const Embedding> embedding);

/// Takes rows without an embedding out of both sides of a split; rows count through all subjects. Says in the log how
/// many.
void leaveOutSkipped(Split& split, const std::vector<EmbeddedSubject>& subjects);

/// Throws Error when an embedding consists of components that were fitted on pictures which `split` validates on.
void requireUnseenValidation(const Split& split, const std::vector<EmbeddedSubject>& subjects);

/// Raw features of more bytes than this are read from disk when they are needed and never held whole.
inline constexpr uint64_t kFeaturesInMemoryBytes = uint64_t{1} << 30;

struct CohortFeatures {
  std::shared_ptr<const FeatureSource> features;  ///< one subject's rows after another's
  std::shared_ptr<const Reduction> reduction;     ///< fitted on the split's training rows
};

/// Features of all rows, reduced. Those that do not fit `inMemoryBytes` are fitted out of core (reduction.h) and,
/// unless the reduction leaves few enough to be held, gathered from the embedding's shards. `where` names the cohort in
/// errors. Throws Error when the subjects' embeddings differ in shape or hold values that are not finite.
[[nodiscard]] CohortFeatures cohortFeatures(std::vector<EmbeddedSubject> subjects, const Split& split,
                                            const ReductionConfig& config, const std::string& where,
                                            uint64_t inMemoryBytes = kFeaturesInMemoryBytes);

}  // namespace corticast
