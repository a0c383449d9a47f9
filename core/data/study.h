#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/data/problem.h"
#include "core/data/responses.h"
#include "core/data/roi.h"
#include "core/data/stimulus.h"

namespace corticast {

/// Vertices of one hemisphere of the full fsaverage template, the length of every fsaverage-space mask.
inline constexpr size_t kFsaverageVertices = 163842;

/// One hemisphere of one subject. "Column" j is its j-th vertex in the challenge space.
struct HemisphereData {
  Hemisphere hemisphere{};
  std::vector<uint32_t> vertices;             ///< fsaverage index of each column, ascending
  std::vector<Roi> rois;                      ///< absent ones too; class by class, labels ascending
  std::shared_ptr<const Responses> training;  ///< [training images x columns]; never null
  std::shared_ptr<const Responses> test;      ///< [test images x columns]; null in the public release
  std::vector<float> noiseCeiling;            ///< per column, fraction of variance 0..1; empty when not given

  [[nodiscard]] const Roi* roi(std::string_view name) const;  ///< null when no class knows the name
};

/// One subject with what is usable of it: at least one training image and one hemisphere, and every response matrix
/// has as many rows as there are images and as many columns as there are vertices.
struct Subject {
  std::string id;                        ///< "subj01"
  std::vector<Stimulus> trainingImages;  ///< in row order of the responses
  std::vector<Stimulus> testImages;      ///< may be empty
  std::vector<HemisphereData> hemispheres;

  [[nodiscard]] const HemisphereData* hemisphere(Hemisphere which) const;  ///< null when left out
};

/// A data set folder as opened. Parts that are damaged are not in `subjects`, but each is explained in `problems`.
struct Study {
  std::filesystem::path root;
  std::vector<Subject> subjects;  ///< by id, ascending
  std::vector<Problem> problems;

  /// Throws Error naming the subjects there are.
  [[nodiscard]] const Subject& subject(std::string_view id) const;
};

/// Opens a study in the layout of Algonauts 2023 (subjNN/training_split, test_split, roi_masks). `root` is that
/// folder, or one that holds it as `algonauts_2023_challenge_data`, or one subject's folder. Reads masks, label maps
/// and headers; responses are mapped, not read; of the pictures the names, and the first one's header.
/// Files that only organisers have (test_split/test_fmri, test_split/noise_ceiling) are used where present.
/// Throws Error when no subject is usable.
[[nodiscard]] Study openStudy(const std::filesystem::path& root);

/// As openStudy, but returns also a study without any usable subject, so that all its problems can be shown.
/// Throws Error when `root` is no readable folder or holds nothing like a study.
[[nodiscard]] Study scanStudy(const std::filesystem::path& root);

/// The slow part of looking at a study: every response value (not finite, constant columns) and every picture
/// (decodes, is of one size). Returns what it finds beyond `study.problems`. Throws Cancelled.
[[nodiscard]] std::vector<Problem> checkStudy(const Study& study, ProgressReporter& progress);

}  // namespace corticast
