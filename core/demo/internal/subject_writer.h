#pragma once
#include <filesystem>
#include <string>

#include "core/base/progress.h"
#include "core/demo/demo_study.h"
#include "core/surface/template.h"

namespace corticast::demo {

/// Writes subjNN and truth/subjNN below `root`; returns its lines of truth/ceiling.csv.
[[nodiscard]] std::string writeSubject(const std::filesystem::path& root, const Template& surface,
                                       const DemoOptions& options, int subject, ProgressReporter& progress);

void writeTruthReadme(const std::filesystem::path& truth);

}  // namespace corticast::demo
