#pragma once
#include <string>

#include "core/base/error.h"
#include "core/export/submission.h"

namespace corticast {

struct HemisphereData;

[[nodiscard]] Error cannotSubmit(const std::string& where, const std::string& why, const std::string& remedy);

/// Fills choice, shares and correlation of a part by the plan's options.
void chooseSources(const SubmissionPlan& plan, const HemisphereData& hemisphere, SubmissionPart& part);
/// Fills what follows from choice and correlation: columnsOfRun, mean and median, score.
void summarisePart(const SubmissionPlan& plan, const HemisphereData& hemisphere, SubmissionPart& part);

}  // namespace corticast
