// SPDX-License-Identifier: BSD-3-Clause
// The series against the functions that they stand for, on a fine grid of the spectrum.
#include "core/signals/resolvent_series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace marrow {
namespace {

double value_at(const ChebyshevSeries& series, double x) {
  const double t = x / 6.0 - 1.0;
  double b1 = 0.0;
  double b2 = 0.0;
  for (std::size_t k = series.coefficients.size(); k-- > 1;) {
    const double b = 2.0 * t * b1 - b2 + series.coefficients[k];
    b2 = b1;
    b1 = b;
  }
  return t * b1 - b2 + series.coefficients[0];
}

template <class Function>
double worst_error(const ChebyshevSeries& series, const Function& f) {
  constexpr int points = 20000;
  double worst = 0.0;
  for (int i = 0; i <= points; ++i) {
    // Denser towards the ends, where the function and the polynomial turn fastest.
    const double x = 6.0 - 6.0 * std::cos(3.14159265358979 * i / points);
    worst = std::max(worst, std::fabs(value_at(series, x) - f(x)));
  }
  return worst;
}

class Series : public testing::TestWithParam<double> {};

TEST_P(Series, OneResolventKeepsItsBoundTightly) {
  for (const double s : {25.0, 1.0, 0.3265, 0.1111, 0.04, 0.01, 0.0004}) {
    const ChebyshevSeries series = resolvent_series(s, GetParam());
    const double worst = worst_error(series, [s](double x) { return s / (x + s); });
    EXPECT_LE(series.bound, GetParam());
    EXPECT_LE(worst, series.bound + 1e-13) << "s = " << s;
    // Two degrees per step, and the angle of the worst point is not free: within a small factor.
    EXPECT_GE(worst, 0.5 * series.bound) << "s = " << s;
    EXPECT_EQ(series.coefficients.size() % 2, 0U);
    EXPECT_NEAR(value_at(series, 0.0), 1.0, 1e-12) << "the total is not kept";
  }
}

TEST_P(Series, TwoResolventsKeepTheirBound) {
  for (const double s : {25.0, 0.3265, 0.04, 0.001}) {
    for (const double t : {25.0, 0.3265, 0.3264999, 0.04, 0.001}) {
      const ChebyshevSeries series = induced_series(s, t, GetParam());
      const double worst =
          worst_error(series, [s, t](double x) { return s / (x + s) * (t / (x + t)); });
      EXPECT_LE(series.bound, GetParam());
      EXPECT_LE(worst, series.bound + 1e-12) << s << " and " << t;
      EXPECT_NEAR(value_at(series, 0.0), 1.0, 1e-12);
      EXPECT_EQ(series.coefficients, induced_series(t, s, GetParam()).coefficients);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Tolerances, Series, testing::Values(0.3, 1e-3, 1e-6, 1e-9));

TEST(Series, DegreesOfTheDefaultLengths) {
  // About ln(2/tolerance/(1 + r)) over -ln r, r = z - sqrt(z^2 - 1), z = 1 + s/6; then to odd.
  const double ifn = 20.0 * 20.0 / (35.0 * 35.0);
  const double z = 1.0 + ifn / 6.0;
  const double r = z - std::sqrt(z * z - 1.0);
  const std::size_t degree = resolvent_series(ifn, 1e-3).coefficients.size() - 1;
  const double needed = std::log(1e3) / -std::log(r);
  EXPECT_GE(static_cast<double>(degree), needed - 2.0);
  EXPECT_LE(static_cast<double>(degree), needed + 3.0);
  EXPECT_LE(induced_series(ifn, 0.04, 1e-3).coefficients.size() - 1, 63U);
}

}  // namespace
}  // namespace marrow
