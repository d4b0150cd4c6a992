// SPDX-License-Identifier: BSD-3-Clause
#include "core/math/normal.hpp"

#include "core/math/elementary.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>

namespace marrow {
namespace {

/// c[0] + c[1] x + c[2] x^2 + …
template <std::size_t n>
double polynomial(const std::array<double, n>& c, double x) {
  double sum = c[n - 1];
  for (std::size_t i = n - 1; i-- > 0;) sum = sum * x + c[i];
  return sum;
}

/// P(Z > x) for x >= 0.
double upper_tail(double x) {
  constexpr std::array<double, 7> above = {220.206867912376,  221.213596169931, 112.079291497871,
                                           33.912866078383,   6.37396220353165, 0.700383064443688,
                                           0.0352624965998911};
  constexpr std::array<double, 8> below = {440.413735824752, 793.826512519948,  637.333633378831,
                                           296.564248779674, 86.7807322029461,  16.064177579207,
                                           1.75566716318264, 0.0883883476483184};
  constexpr double rational_below = 7.07106781186547;
  constexpr double root_of_two_pi = 2.5066282746310002;
  constexpr double most_terms = 40.0;  // of the continued fraction: enough from 7 on
  constexpr double farthest = 37.0;
  if (x > farthest) return 0.0;
  const double density = det_exp(-0.5 * x * x);
  if (x < rational_below) return density * polynomial(above, x) / polynomial(below, x);
  double fraction = x;
  for (double k = most_terms; k > 0.0; k -= 1.0) fraction = x + k / fraction;
  return density / (fraction * root_of_two_pi);
}

/// |z| for a tail of probability p < 0.075.
double far_quantile(double p) {
  constexpr std::array<double, 8> near_above = {
      1.42343711074968357734e0,  4.63033784615654529590e0, 5.76949722146069140550e0,
      3.64784832476320460504e0,  1.27045825245236838258e0, 2.41780725177450611770e-1,
      2.27238449892691845833e-2, 7.74545014278341407640e-4};
  constexpr std::array<double, 8> near_below = {1.0,
                                                2.05319162663775882187e0,
                                                1.67638483018380384940e0,
                                                6.89767334985100004550e-1,
                                                1.48103976427480074590e-1,
                                                1.51986665636164571966e-2,
                                                5.47593808499534494600e-4,
                                                1.05075007164441684324e-9};
  constexpr std::array<double, 8> far_above = {
      6.65790464350110377720e0,  5.46378491116411436990e0,  1.78482653991729133580e0,
      2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
      2.71155556874348757815e-5, 2.01033439929228813265e-7};
  constexpr std::array<double, 8> far_below = {1.0,
                                               5.99832206555887937690e-1,
                                               1.36929880922735805310e-1,
                                               1.48753612908506148525e-2,
                                               7.86869131145613259100e-4,
                                               1.84631831751005468180e-5,
                                               1.42151175831644588870e-7,
                                               2.04426310338993978564e-15};
  const double r = std::sqrt(-det_log(p));
  if (r <= 5.0) return polynomial(near_above, r - 1.6) / polynomial(near_below, r - 1.6);
  return polynomial(far_above, r - 5.0) / polynomial(far_below, r - 5.0);
}

}  // namespace

double normal_cdf(double z) { return z < 0.0 ? upper_tail(-z) : 1.0 - upper_tail(z); }

double normal_quantile(double u) {
  constexpr std::array<double, 8> above = {3.3871328727963666080e0, 1.3314166789178437745e2,
                                           1.9715909503065514427e3, 1.3731693765509461125e4,
                                           4.5921953931549871457e4, 6.7265770927008700853e4,
                                           3.3430575583588128105e4, 2.5090809287301226727e3};
  constexpr std::array<double, 8> below = {1.0,
                                           4.2313330701600911252e1,
                                           6.8718700749205790830e2,
                                           5.3941960214247511077e3,
                                           2.1213794301586595867e4,
                                           3.9307895800092710610e4,
                                           2.8729085735721942674e4,
                                           5.2264952788528545610e3};
  if (!(u > 0.0)) return -std::numeric_limits<double>::infinity();
  if (u >= 1.0) return std::numeric_limits<double>::infinity();
  const double q = u - 0.5;
  if (std::fabs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(above, r) / polynomial(below, r);
  }
  const double far = far_quantile(q < 0.0 ? u : 1.0 - u);
  return q < 0.0 ? -far : far;
}

}  // namespace marrow
