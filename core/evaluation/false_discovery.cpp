#include "core/evaluation/false_discovery.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/error.h"

namespace corticast {

FdrMethod fdrMethodFrom(const std::string& text) {
  if (text == "bh") return FdrMethod::BenjaminiHochberg;
  if (text == "by") return FdrMethod::BenjaminiYekutieli;
  throw Error({.what = "choose how false discoveries are controlled",
               .where = text,
               .why = "there is no such method",
               .remedy = "use bh (Benjamini-Hochberg) or by (Benjamini-Yekutieli)"});
}

std::vector<double> qValues(std::span<const double> p, FdrMethod method) {
  std::vector<size_t> order;
  for (size_t i = 0; i < p.size(); ++i)
    if (!std::isnan(p[i])) order.push_back(i);
  std::ranges::sort(order, {}, [&](size_t i) { return p[i]; });
  const auto count = static_cast<double>(order.size());
  double factor = count;
  if (method == FdrMethod::BenjaminiYekutieli) {
    double harmonic = 0;
    for (size_t i = 1; i <= order.size(); ++i) harmonic += 1 / static_cast<double>(i);
    factor *= harmonic;
  }
  std::vector<double> q(p.size(), std::numeric_limits<double>::quiet_NaN());
  double least = 1;
  for (size_t rank = order.size(); rank > 0; --rank) {
    least = std::min(least, p[order[rank - 1]] * factor / static_cast<double>(rank));
    q[order[rank - 1]] = least;
  }
  return q;
}

}  // namespace corticast
