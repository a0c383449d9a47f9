#include "widgets/compare/scatter_points.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/text.h"
#include "widgets/plots/csv.h"

namespace corticast {
namespace {

/// Per column of a hemisphere, which of `keys` it belongs to (the smallest), or -1.
std::vector<int> roiOfColumns(const HemisphereData& hemisphere, const std::vector<RoiKey>& keys) {
  std::vector<int> owner(hemisphere.vertices.size(), -1);
  std::vector<size_t> size(hemisphere.vertices.size(), std::numeric_limits<size_t>::max());
  for (size_t i = 0; i < keys.size(); ++i)
    for (const Roi& roi : hemisphere.rois) {
      if (keys[i] != RoiKey{hemisphere.hemisphere, roi.roiClass, roi.name}) continue;
      for (const uint32_t column : roi.columns)
        if (roi.columns.size() < size[column]) {
          owner[column] = static_cast<int>(i);
          size[column] = roi.columns.size();
        }
    }
  return owner;
}

}  // namespace

ScatterPoints scatterPoints(const Compared& compared, const std::set<Hemisphere>& shown, const std::set<RoiKey>& rois,
                            bool isRoisOnly) {
  const PairOptions& pair = compared.pair.options;
  const RunComparison& comparison = *compared.comparison;
  ScatterPoints result{.rois = {rois.begin(), rois.end()},
                       .points = {},
                       .firstName = comparison.runs[pair.first].name,
                       .secondName = comparison.runs[pair.second].name};
  const Subject& subject = compared.study->subject(compared.subject.toStdString());
  for (size_t h = 0; h < comparison.hemispheres.size(); ++h) {
    const HemisphereComparison& each = comparison.hemispheres[h];
    const HemisphereData* hemisphere = subject.hemisphere(each.hemisphere);
    if (!hemisphere || !shown.contains(each.hemisphere)) continue;
    const std::vector<int> owner = roiOfColumns(*hemisphere, result.rois);
    for (size_t i = 0; i < each.columns.size(); ++i) {
      const uint32_t column = each.columns[i];
      const float first = each.r[pair.first][i], second = each.r[pair.second][i];
      if (std::isnan(first) || std::isnan(second) || (isRoisOnly && owner[column] < 0)) continue;
      result.points.push_back({first,
                               second,
                               {each.hemisphere, hemisphere->vertices[column]},
                               owner[column],
                               compared.pair.hemispheres[h].q[i] < pair.alpha});
    }
  }
  return result;
}

std::string scatterAsCsv(const ScatterPoints& points) {
  std::string table = csvRow({"hemisphere", "vertex", "roi", "r_a", "r_b", "significant"});
  for (const ScatterPoint& point : points.points)
    table += csvRow({toString(point.vertex.hemisphere), std::to_string(point.vertex.vertex),
                     point.roi < 0 ? std::string() : points.rois[static_cast<size_t>(point.roi)].name,
                     shortest(point.first), shortest(point.second), point.isSignificant ? "1" : "0"});
  return table;
}

}  // namespace corticast
