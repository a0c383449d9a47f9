#include "core/evaluation/student_t.h"

#include <cmath>
#include <initializer_list>

namespace corticast {
namespace {

constexpr double kTiny = 1e-300;  // keeps a zero denominator from dividing
constexpr double kPrecision = 1e-15;
constexpr int kMostTerms = 500;  // converges in O(sqrt(max(a, b))) terms

double awayFromZero(double value) {
  return std::abs(value) < kTiny ? kTiny : value;
}

/// The continued fraction of I_x(a, b), for x below (a + 1) / (a + b + 2).
double betaFraction(double a, double b, double x) {
  double c = 1, d = 1 / awayFromZero(1 - (a + b) * x / (a + 1)), value = d;
  for (int m = 1; m <= kMostTerms; ++m) {
    const double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    double change = 1;
    for (const double term : {even, odd}) {
      d = 1 / awayFromZero(1 + term * d);
      c = awayFromZero(1 + term / c);
      change = c * d;
      value *= change;
    }
    if (std::abs(change - 1) < kPrecision) break;
  }
  return value;
}

// std::lgamma keeps its sign in a global, which several threads would write.
double logGamma(double x) {
  int sign = 0;
  return ::lgamma_r(x, &sign);
}

}  // namespace

double incompleteBeta(double a, double b, double x) {
  if (std::isnan(x)) return x;
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * std::log(x) + b * std::log1p(-x));
  return x < (a + 1) / (a + b + 2) ? front * betaFraction(a, b, x) / a : 1 - front * betaFraction(b, a, 1 - x) / b;
}

double studentTwoSided(double t, double degrees) {
  if (std::isnan(t)) return t;
  if (std::isinf(t)) return 0;
  return incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t));
}

}  // namespace corticast
