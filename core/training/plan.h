#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/json.h"
#include "core/data/split.h"
#include "core/training/group_settings.h"
#include "core/training/target_names.h"

namespace corticast {

/// Settings that differ for some target groups. Fields that are empty match anything; names are exact.
struct Override {
  std::string subject;     ///< "subj01"; "cross" for models of several subjects
  std::string hemisphere;  ///< "lh", "rh"
  std::string roi;         ///< "FFA-1", or the name of a group of ROIs or a vertex of the plan
  std::string id;          ///< a whole group id, "subj01-lh-FFA-1"
  Json settings;           ///< object: any keys of groupParams()
};

/// Everything that defines a training. As JSON (version 1), every key but `version` and `dataset` optional, an unknown
/// one refused:
///
///     { "version": 1, "name": "CLIP-Linear", "preset": "clip-linear-roi", "dataset": "/data/algonauts",
///       "subjects": ["subj01"], "hemispheres": ["lh", "rh"], "rois": [], "focus": "roi", "crossSubject": "no",
///       "vertices": ["lh:73122"], "groups": [{"name": "faces", "rois": ["OFA", "lh/FFA-1"]}],
///       "split": {"kind": "devkit"}, "defaults": {"backbone": "gabor", "learningRate": 1e-4},
///       "overrides": [{"roi": "OFA", "settings": {"learningRate": 3e-4}}],
///       "device": "auto", "threads": 0, "seed": 1 }
struct Plan {
  std::string name;
  std::string preset;                   ///< id of the preset it started from; "" for none
  std::filesystem::path dataset;        ///< folder of the study
  std::vector<std::string> subjects;    ///< empty: all of the study
  std::vector<Hemisphere> hemispheres;  ///< empty: both
  std::vector<std::string> rois;        ///< empty: all; names as the study has them
  std::string focus = "roi";            ///< id in focuses()
  std::vector<VertexName> vertices;     ///< of focus "vertex"
  std::vector<RoiGroup> groups;         ///< of focus "groups"
  std::string crossSubject = "no";      ///< id in crossSubjectModes()
  SplitConfig split;
  Json defaults;                    ///< object: settings of every group, keys of groupParams()
  std::vector<Override> overrides;  ///< applied in order; a later one wins
  std::string device = "auto";      ///< "auto", "cpu", "cuda", "cuda:N"
  int threads = 0;                  ///< 0: as many as the process may use
  uint64_t seed = 1;                ///< of initial weights and of the order of pictures

  Plan();
};

/// How target groups are cut.
struct Focus {
  std::string id;
  std::string label;
  std::string help;
};
/// "roi" (one model per ROI), "roi-pair" (the same ROI of both hemispheres), "all-rois" (the union of the ROIs of a
/// hemisphere, one model), "hemisphere" (all vertices of the challenge space), "groups" (the plan's groups of ROIs, of
/// either hemisphere), "vertex" (one model per vertex that the plan names).
[[nodiscard]] const std::vector<Focus>& focuses();
/// Whether subjects share models: "no", "shared-head" (one output per vertex of fsaverage for all), "subject-heads"
/// (outputs of each subject's own after a shared trunk).
[[nodiscard]] const std::vector<Focus>& crossSubjectModes();

/// Throws Error naming the key that is unknown, missing or wrong; `where` names the origin.
[[nodiscard]] Plan planFromJson(const Json& json, const std::string& where);
[[nodiscard]] Plan readPlan(const std::filesystem::path& path);
/// Complete: reading it gives an equal plan.
[[nodiscard]] Json toJson(const Plan& plan);

/// Settings of all groups, without overrides.
[[nodiscard]] GroupSettings defaultSettings(const Plan& plan);

/// What overrides match a target group by.
struct GroupNames {
  std::string subject;     ///< "cross" when subjects share the model
  std::string hemisphere;  ///< "" when the group is of both
  std::string roi;         ///< TargetGroup::name
  std::string id;
};
[[nodiscard]] bool matches(const Override& override, const GroupNames& group);
/// What the plan sets for a group: its defaults with the matching overrides on top, in order.
[[nodiscard]] Json settingsFor(const Plan& plan, const GroupNames& group);

/// Changes one value as `--set KEY=VALUE` does. KEY is a setting ("learningRate", for all groups), `split.KEY`, one of
/// name, focus, crossSubject, vertices ("lh:73122, rh:c512"), groups ("faces: OFA, FFA-1; places: PPA"), device,
/// threads, seed, or WHICH.SETTING for an override, where WHICH is an ROI ("OFA") or the name of a group of ROIs, a
/// hemisphere, a subject ("cross": models of several), a group id, or several of them joined by "/" ("subj01/lh/OFA").
/// Throws Error.
void setInPlan(Plan& plan, const std::string& key, const std::string& value);
/// Several, each as KEY=VALUE.
void setInPlan(Plan& plan, const std::vector<std::string>& settings);

}  // namespace corticast
