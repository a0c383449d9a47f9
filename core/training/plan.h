#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/json.h"
#include "core/data/split.h"
#include "core/training/group_settings.h"

namespace corticast {

/// Settings that differ for some target groups. Fields that are empty match anything; names are exact.
struct Override {
  std::string subject;     ///< "subj01"
  std::string hemisphere;  ///< "lh", "rh"
  std::string roi;         ///< "FFA-1"
  std::string id;          ///< a whole group id, "subj01-lh-FFA-1"
  Json settings;           ///< object: any keys of groupParams()
};

/// Everything that defines a training. As JSON (version 1), every key but `version` and `dataset` optional, an unknown
/// one refused:
///
///     { "version": 1, "name": "CLIP-Linear", "preset": "clip-linear-roi", "dataset": "/data/algonauts",
///       "subjects": ["subj01"], "hemispheres": ["lh", "rh"], "rois": [], "focus": "roi",
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
/// "hemisphere" (all vertices of the challenge space), "all-rois" (the union of the ROIs of a hemisphere, one model),
/// "roi" (one model per ROI).
[[nodiscard]] const std::vector<Focus>& focuses();

/// Throws Error naming the key that is unknown, missing or wrong; `where` names the origin.
[[nodiscard]] Plan planFromJson(const Json& json, const std::string& where);
[[nodiscard]] Plan readPlan(const std::filesystem::path& path);
/// Complete: reading it gives an equal plan.
[[nodiscard]] Json toJson(const Plan& plan);

/// Settings of all groups, without overrides.
[[nodiscard]] GroupSettings defaultSettings(const Plan& plan);

/// What overrides match a target group by.
struct GroupNames {
  std::string subject;
  std::string hemisphere;
  std::string roi;  ///< "" when the group is no single ROI
  std::string id;
};
[[nodiscard]] bool matches(const Override& override, const GroupNames& group);
/// What the plan sets for a group: its defaults with the matching overrides on top, in order.
[[nodiscard]] Json settingsFor(const Plan& plan, const GroupNames& group);

/// Changes one value as `--set KEY=VALUE` does. KEY is a setting ("learningRate", for all groups), `split.KEY`, one of
/// name, focus, device, threads, seed, or WHICH.SETTING for an override, where WHICH is an ROI ("OFA"), a hemisphere, a
/// subject, a group id, or several of them joined by "/" ("subj01/lh/OFA"). Throws Error.
void setInPlan(Plan& plan, const std::string& key, const std::string& value);

}  // namespace corticast
