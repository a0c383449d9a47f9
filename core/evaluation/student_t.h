#pragma once

namespace corticast {

/// Regularised incomplete beta function I_x(a, b) for a, b > 0 and 0 <= x <= 1, by Lentz's continued fraction (Press et
/// al. 2007, section 6.4); relative accuracy about 1e-13.
[[nodiscard]] double incompleteBeta(double a, double b, double x);

/// Two-sided p-value of Student's t: P(|T| >= |t|) with `degrees` > 0 degrees of freedom. NaN for NaN. Equal to
/// 2 * scipy.stats.t.sf(abs(t), degrees), also far out in the tail.
[[nodiscard]] double studentTwoSided(double t, double degrees);

}  // namespace corticast
