#include "widgets/plots/decimate.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace corticast {
namespace {

void add(CurvePoints& points, const std::vector<double>& values, size_t i) {
  points.x.push_back(static_cast<double>(i + 1));
  points.y.push_back(values[i]);
}

}  // namespace

CurvePoints decimate(const std::vector<double>& values, size_t most) {
  CurvePoints points;
  const size_t stretches = std::max<size_t>(1, most / 2);
  if (values.size() <= std::max<size_t>(most, 2)) {
    for (size_t i = 0; i < values.size(); ++i) add(points, values, i);
    return points;
  }
  for (size_t stretch = 0; stretch < stretches; ++stretch) {
    const size_t first = stretch * values.size() / stretches;
    const size_t end = (stretch + 1) * values.size() / stretches;
    size_t least = first, greatest = first;
    std::set<size_t> kept;
    for (size_t i = first; i < end; ++i) {
      if (std::isnan(values[i])) {
        kept.insert(i);
        continue;
      }
      if (!(values[i] >= values[least])) least = i;
      if (!(values[i] <= values[greatest])) greatest = i;
    }
    // One gap per stretch is enough to break the line.
    while (kept.size() > 1) kept.erase(std::prev(kept.end()));
    kept.insert({least, greatest});
    if (stretch == 0) kept.insert(0);
    if (stretch + 1 == stretches) kept.insert(values.size() - 1);
    for (const size_t i : kept) add(points, values, i);
  }
  return points;
}

}  // namespace corticast
