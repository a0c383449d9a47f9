#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/hemisphere.h"
#include "core/base/json.h"
#include "core/surface/template.h"
#include "widgets/cortex/value_range.h"
#include "widgets/state/workbench_state.h"

namespace corticast {

/// All that a figure of the cortex shows, as data: the same description gives the same figure in the window and by
/// `corticast --render FIGURE.json --out F.png|svg|pdf`. Written as JSON:
///
///     {"format": "corticast-figure", "version": 1, "dataset": "/data/algonauts", "subject": "subj01",
///      "run": "/workspace/runs/01J...", "map": "correlation", "epoch": 0, "surface": "inflated", "morph": 1,
///      "views": "lateral-medial", "hemispheres": ["lh", "rh"], "colourMap": "vik", "range": [-0.7, 0.7],
///      "threshold": 0, "rois": [{"hemisphere": "lh", "class": "floc-faces", "roi": "FFA-1"}], "title": "",
///      "colourBar": true, "viewLabels": true, "roiLegend": true, "transparent": false, "dark": false,
///      "widthMm": 180, "heightMm": 100, "dpi": 300}
///
/// What is left out has the values below; relative folders are relative to the description's own.
struct Figure {
  std::filesystem::path dataset;
  std::string subject;        ///< empty = the study's first
  std::filesystem::path run;  ///< run folder; needed for the correlation map only
  MapKind map = MapKind::Ceiling;
  int epoch = 0;  ///< 1-based; 0 = each model's best epoch
  SurfaceKind surface = SurfaceKind::Inflated;
  double morph = 1;  ///< 0 = folded (white matter), 1 = the surface
  std::string views = "lateral-medial";
  std::vector<Hemisphere> hemispheres{Hemisphere::Left, Hemisphere::Right};
  std::string colourMap;            ///< empty = vik for signed maps, viridis for others
  std::optional<ValueRange> range;  ///< none = fitted to the map
  double threshold = 0;             ///< of |value|
  std::vector<RoiKey> rois;         ///< outlined (or painted, in the map of labels)
  std::string title;
  bool hasColourBar = true;
  bool hasViewLabels = true;
  bool hasRoiLegend = true;
  bool isTransparent = false;
  bool isDark = false;
  double widthMm = 180;
  double heightMm = 100;
  double dpi = 300;

  /// Of the picture: lengths in mm at `dpi`, rounded.
  [[nodiscard]] int widthPixels() const;
  [[nodiscard]] int heightPixels() const;
};

[[nodiscard]] Json toJson(const Figure& figure);
/// Throws Error naming `where` and the key for anything unknown, of the wrong type or out of range. `folder` is what
/// relative paths are relative to.
[[nodiscard]] Figure figureFromJson(const Json& json, const std::string& where, const std::filesystem::path& folder);
[[nodiscard]] Figure readFigure(const std::filesystem::path& file);

/// "correlation", "ceiling", "labels", "none"
[[nodiscard]] std::string toString(MapKind map);

}  // namespace corticast
