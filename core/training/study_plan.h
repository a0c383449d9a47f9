#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/training/plan.h"

namespace corticast {

/// One training of a study plan: one or several rows of its results table.
struct StudyRow {
  std::string preset;     ///< id of the preset
  std::string name;       ///< of the experiment; the preset's label where the file names none
  std::string embedding;  ///< BACKBONE, BACKBONE:LAYER or a folder
  Json settings;          ///< object: keys of groupParams() that differ from the preset's
};

/// The trainings of a whole study, without the data that they are for. As JSON (version 1):
///
///     { "version": 1, "name": "Chimisso et al. 2023", "source": "...",
///       "rows": [{"preset": "clip-linear-roi", "embedding": "clip-vit-b32", "settings": {"patience": 5}}] }
struct StudyPlan {
  std::string name;
  std::string source;  ///< where it is published; may be empty
  std::vector<StudyRow> rows;
};

/// Throws Error naming the row and the key that is unknown, missing or wrong; `where` names the origin.
[[nodiscard]] StudyPlan studyPlanFromJson(const Json& json, const std::string& where);
[[nodiscard]] StudyPlan readStudyPlan(const std::filesystem::path& path);
/// Those that come with the program (resources/studies/).
[[nodiscard]] const std::vector<StudyPlan>& studyPlans();

/// A row's plan for a dataset. The rest of the plan (subjects, device...) is the caller's to set.
[[nodiscard]] Plan planOf(const StudyRow& row, const std::filesystem::path& dataset);

/// Takes an embedding for all groups: an existing folder, or BACKBONE or BACKBONE:LAYER, which is looked up in the
/// workspace when training starts. Throws Error for a folder that is not there.
void setEmbedding(Plan& plan, const std::string& embedding);

}  // namespace corticast
