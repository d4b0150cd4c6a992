// SPDX-License-Identifier: BSD-3-Clause
// Distributions of patients' parameters: exact quantiles, moments by integration over quantiles,
// mixtures against their definition, correlation matrices against hand calculation.
#include "core/random/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace {

using marrow::cholesky;
using marrow::cumulative;
using marrow::Distribution;
using marrow::quantile;
using Kind = Distribution::Kind;

Distribution make(Kind kind, double a, double b) {
  Distribution d;
  d.kind = kind;
  d.a = a;
  d.b = b;
  return d;
}

struct Moments {
  double mean = 0.0;
  double sd = 0.0;
};

/// Mean and SD of the quantile function at the middles of n equal parts.
Moments moments_of(const Distribution& d, int n = 20000) {
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < n; ++i) {
    const double x = quantile(d, (i + 0.5) / n);
    sum += x;
    squares += x * x;
  }
  return {sum / n, std::sqrt(squares / n - sum / n * (sum / n))};
}

TEST(Distribution, KnownQuantiles) {
  EXPECT_EQ(quantile(make(Kind::fixed, 3.5, 0), 0.7), 3.5);
  EXPECT_EQ(quantile(make(Kind::uniform, 2, 4), 0.25), 2.5);
  EXPECT_EQ(quantile(make(Kind::normal, 7, 2), 0.5), 7.0);
  EXPECT_NEAR(quantile(make(Kind::normal, 7, 2), 0.975), 7 + 2 * 1.9599639845400545, 1e-14);
  EXPECT_NEAR(quantile(make(Kind::lognormal, 0.06, 0.7), 0.5), 0.06, 1e-17);
  EXPECT_NEAR(quantile(make(Kind::lognormal, 0.06, 0.7), 0.975),
              0.06 * std::exp(0.7 * 1.9599639845400545), 1e-15);
}

TEST(Distribution, MomentsAreThoseOfTheLaw) {
  const Moments normal = moments_of(make(Kind::normal, 3, 2));
  EXPECT_NEAR(normal.mean, 3.0, 1e-9);
  EXPECT_NEAR(normal.sd, 2.0, 2e-3);
  const Moments lognormal = moments_of(make(Kind::lognormal, 1, 0.5));
  EXPECT_NEAR(lognormal.mean, std::exp(0.125), 1e-3);
  EXPECT_NEAR(lognormal.sd, std::sqrt((std::exp(0.25) - 1) * std::exp(0.25)), 1e-2);
}

TEST(Distribution, LimitsTakeWhatLiesBeyond) {
  Distribution d = make(Kind::normal, 0.26, 0.25);
  d.lowest = 0.0;
  d.highest = 1.0;
  EXPECT_EQ(quantile(d, 0.01), 0.0);
  EXPECT_EQ(quantile(d, 0.9999), 1.0);
  EXPECT_EQ(cumulative(d, 1.0), 1.0);
  EXPECT_EQ(cumulative(d, -1e-9), 0.0);
  EXPECT_NEAR(cumulative(d, 0.26), 0.5, 1e-15);
}

TEST(Distribution, AMixtureIsCutAtItsWeights) {
  Distribution ages;
  ages.kind = Kind::mixture;
  ages.weights = {0.25, 0.75};
  ages.parts = {make(Kind::uniform, 15, 25), make(Kind::uniform, 60, 80)};
  EXPECT_NEAR(quantile(ages, 0.125), 20.0, 1e-12);
  EXPECT_NEAR(quantile(ages, 0.25), 25.0, 1e-12);
  EXPECT_NEAR(quantile(ages, 0.625), 70.0, 1e-12);
  const Moments m = moments_of(ages);
  EXPECT_NEAR(m.mean, 0.25 * 20 + 0.75 * 70, 1e-3);
  for (double u = 0.0005; u < 1.0; u += 0.001) {
    EXPECT_NEAR(cumulative(ages, quantile(ages, u)), u, 1e-12);
  }
}

TEST(Distribution, AMixtureWithAPointTakesIt) {
  Distribution zero_or_more;
  zero_or_more.kind = Kind::mixture;
  zero_or_more.weights = {0.4, 0.6};
  zero_or_more.parts = {make(Kind::fixed, 0, 0), make(Kind::normal, 5, 1)};
  EXPECT_EQ(quantile(zero_or_more, 0.2), 0.0);
  EXPECT_NEAR(quantile(zero_or_more, 0.7), 5.0, 1e-12);
}

TEST(Distribution, CategoriesAreCutAtTheirWeights) {
  Distribution d;
  d.kind = Kind::categories;
  d.weights = {0.0, 0.4, 0.6, 0.0};
  EXPECT_EQ(quantile(d, 1e-16), 1.0);
  EXPECT_EQ(quantile(d, 0.399), 1.0);
  EXPECT_EQ(quantile(d, 0.401), 2.0);
  EXPECT_EQ(quantile(d, 1 - 1e-16), 2.0);
}

TEST(Cholesky, IsTheFactor) {
  const std::vector<double> matrix = {1, 0.6, 0.2, 0.6, 1, -0.3, 0.2, -0.3, 1};
  const std::vector<double> l = cholesky(matrix, 3);
  ASSERT_EQ(l.size(), 9U);
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      double sum = 0.0;
      for (std::size_t k = 0; k < 3; ++k) sum += l[3 * i + k] * l[3 * j + k];
      EXPECT_NEAR(sum, matrix[3 * i + j], 1e-15);
    }
  }
}

TEST(Cholesky, TakesFullCorrelationAndRefusesContradictions) {
  const std::vector<double> same = cholesky(std::vector<double>{1, 1, 1, 1}, 2);
  EXPECT_EQ(same, (std::vector<double>{1, 0, 1, 0}));
  EXPECT_TRUE(cholesky(std::vector<double>{1, 0.9, 0.9, 0.9, 1, -0.9, 0.9, -0.9, 1}, 3).empty());
  EXPECT_TRUE(cholesky(std::vector<double>{1, 1, 0, 1, 1, 0.5, 0, 0.5, 1}, 3).empty());
}

}  // namespace
