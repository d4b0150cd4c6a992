// SPDX-License-Identifier: BSD-3-Clause
// The normal distribution and its inverse against the C library's error function, which is good to
// the last digits but differs between machines.
#include "core/math/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace {

using marrow::normal_cdf;
using marrow::normal_quantile;

TEST(Normal, DistributionIsThatOfTheErrorFunction) {
  for (double z = -36.0; z <= 36.0; z += 0.0317) {
    const double expected = 0.5 * std::erfc(-z / std::sqrt(2.0));
    EXPECT_NEAR(normal_cdf(z), expected, 1e-15) << z;
    EXPECT_NEAR(normal_cdf(z) / expected, 1.0, 1e-8) << z;
  }
  EXPECT_EQ(normal_cdf(0.0), 0.5);
}

TEST(Normal, QuantileInvertsTheDistribution) {
  for (double z = -8.0; z <= 4.0; z += 0.0173) {
    const double u = 0.5 * std::erfc(-z / std::sqrt(2.0));
    EXPECT_NEAR(normal_quantile(u), z, 2e-12 * (1.0 + std::exp(0.5 * z * z) * (z > 0 ? 1.0 : 0.0)))
        << z;
  }
}

TEST(Normal, KnownQuantiles) {
  EXPECT_EQ(normal_quantile(0.5), 0.0);
  EXPECT_NEAR(normal_quantile(0.975), 1.9599639845400545, 1e-15);
  EXPECT_NEAR(normal_quantile(0.25), -0.6744897501960817, 1e-15);  // Wichura 1988, table
  EXPECT_NEAR(normal_quantile(0.001), -3.090232306167813, 1e-14);  // Wichura 1988, table
  EXPECT_NEAR(normal_quantile(1e-20), -9.262340089798408, 1e-13);  // Wichura 1988, table
  EXPECT_EQ(normal_quantile(0.0), -std::numeric_limits<double>::infinity());
  EXPECT_EQ(normal_quantile(1.0), std::numeric_limits<double>::infinity());
}

}  // namespace
