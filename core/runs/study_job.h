#pragma once
#include <filesystem>

#include "core/runs/run_job.h"

namespace corticast {

struct GroupSettings;

/// Jobs of plans for real studies: opens the plan's data set, cuts its target groups, and prepares each cohort with
/// the embeddings of `workspace`.
///
/// The fingerprint covers, per hemisphere used, the responses (size, type and 256 samples of 64 KiB spread evenly, so
/// that a night's training does not start with minutes of reading), the names of the pictures, and each embedding's
/// hash. Threads and embedding folders are settled by the run's first worker and kept by later ones.
[[nodiscard]] MakeJob studyJobs(std::filesystem::path workspace);

/// Under which name RunJob::choices() keep, in "embeddings", the folder of a subject's embedding (relative to the
/// workspace where it lies in it) for target groups of these settings.
[[nodiscard]] std::string embeddingChoice(const GroupSettings& settings, const std::string& subject);

}  // namespace corticast
