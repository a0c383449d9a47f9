#pragma once
#include <span>
#include <string>
#include <vector>

namespace corticast {

/// How p-values of many tests become q-values.
enum class FdrMethod {
  BenjaminiHochberg,  ///< independent or positively dependent tests (Benjamini & Hochberg 1995)
  BenjaminiYekutieli  ///< any dependence, at the cost of power (Benjamini & Yekutieli 2001)
};
/// Reads "bh" or "by". Throws Error.
[[nodiscard]] FdrMethod fdrMethodFrom(const std::string& text);

/// Step-up adjusted p-values: with the m defined p-values in ascending order,
///
///     q(i) = min over j >= i of  min(1, p(j) * m * c / j),   c = 1 (BH) or 1 + 1/2 + ... + 1/m (BY),
///
/// so that rejecting where q < alpha keeps the expected share of false rejections below alpha. NaN (a test that could
/// not be made) stays NaN and does not count in m. Equal to statsmodels' multipletests(method="fdr_bh" / "fdr_by").
[[nodiscard]] std::vector<double> qValues(std::span<const double> p, FdrMethod method = FdrMethod::BenjaminiHochberg);

}  // namespace corticast
