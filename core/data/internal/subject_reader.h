#pragma once
#include <filesystem>
#include <optional>

#include "core/data/internal/problem_list.h"
#include "core/data/study.h"

namespace corticast::internal {

/// Reads one subject's folder; nullopt when nothing of it can train a model. Every part left out is in `problems`.
[[nodiscard]] std::optional<Subject> readSubject(const std::filesystem::path& folder, ProblemList& problems);

/// Reads one hemisphere: which vertices, responses, ROIs, ceiling.
struct HemisphereSource {
  std::filesystem::path folder;  ///< of the subject
  std::string subject;
  Hemisphere hemisphere{};
  std::optional<size_t> trainingImages;  ///< nullopt: unknown, the pictures are damaged
  std::optional<size_t> testImages;
};
[[nodiscard]] std::optional<HemisphereData> readHemisphere(const HemisphereSource& source,
                                                           const std::vector<struct RoiClassNames>& classes,
                                                           ProblemList& problems);

}  // namespace corticast::internal
