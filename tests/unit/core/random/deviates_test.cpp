// SPDX-License-Identifier: BSD-3-Clause
// The variates against the laws they are named after; the laws by the C library.
#include "core/random/deviates.hpp"

#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace {

using marrow::Bits128;
using marrow::Draws;
using marrow::Entity;
using marrow::geometric;
using marrow::normal_pair;
using marrow::NormalPair;
using marrow::poisson;
using marrow::poisson_from_word;
using marrow::Purpose;
using marrow::round_at_random;
using marrow::test::chi_square;
using marrow::test::chi_square_limit;
using marrow::test::five_sigma;

constexpr std::uint64_t all_ones = ~std::uint64_t{0};
constexpr int trials = 200'000;

Bits128 bits(std::uint64_t index, std::uint32_t substep = 0) {
  return Draws(7)(Purpose::measurement, Entity::clone, index, 0, substep);
}

/// A word whose uniform number is u, to 2^-53.
std::uint64_t word_of(double u) { return static_cast<std::uint64_t>(u * 0x1p53) << 11; }

double normal_below(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double poisson_chance(double mean, int n) {
  return std::exp(n * std::log(mean) - mean - std::lgamma(n + 1.0));
}

/// Counts of 0 … expected.size()-2 against chances, the last bin for all that is larger.
template <class Variate>
double chi_square_of(const std::vector<double>& chances, const Variate& variate) {
  std::vector<double> expected;
  double rest = trials;
  for (const double chance : chances) {
    expected.push_back(chance * trials);
    rest -= expected.back();
  }
  expected.push_back(rest);
  std::vector<double> observed(expected.size());
  for (std::uint64_t i = 0; i < trials; ++i) {
    const auto bin = static_cast<std::size_t>(variate(i));
    observed[std::min(bin, expected.size() - 1)] += 1;
  }
  return chi_square(observed, expected);
}

TEST(NormalPair, HasTheNormalLawInBothOfItsParts) {
  const std::vector<double> cuts = {-2.5, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.5};
  std::vector<double> chances;
  for (std::size_t i = 0; i < cuts.size(); ++i) {
    chances.push_back(normal_below(cuts[i]) - (i == 0 ? 0.0 : normal_below(cuts[i - 1])));
  }
  const auto bin = [&](double z) { return std::ranges::upper_bound(cuts, z) - cuts.begin(); };
  EXPECT_LT(chi_square_of(chances, [&](auto i) { return bin(normal_pair(bits(i)).first); }),
            chi_square_limit(cuts.size()));
  EXPECT_LT(chi_square_of(chances, [&](auto i) { return bin(normal_pair(bits(i)).second); }),
            chi_square_limit(cuts.size()));
}

TEST(NormalPair, HasIndependentParts) {
  double product = 0;
  double squares = 0;
  for (std::uint64_t i = 0; i < trials; ++i) {
    const NormalPair z = normal_pair(bits(i));
    product += z.first * z.second;
    squares += z.first * z.first * z.second * z.second - 1.0;
  }
  EXPECT_LT(std::abs(product), five_sigma * std::sqrt(1.0 * trials));
  EXPECT_LT(std::abs(squares), five_sigma * std::sqrt(8.0 * trials));  // 3·3 - 1
}

TEST(NormalPair, IsFiniteForEveryWord) {
  const NormalPair none = normal_pair({all_ones, 0});
  EXPECT_EQ(std::abs(none.first) + std::abs(none.second), 0.0);
  EXPECT_NEAR(normal_pair({0, 0}).first, std::sqrt(2.0 * 53.0 * std::log(2.0)), 1e-14);
  EXPECT_NEAR(normal_pair({0, std::uint64_t{1} << 62}).second, 8.571674348652905, 1e-14);
}

TEST(Poisson, HasItsLaw) {
  for (const double mean : {0.3, 3.0, 16.0, 40.0, 100.0}) {
    std::vector<double> chances;
    const int last = static_cast<int>(mean + 4.0 * std::sqrt(mean) + 2.0);
    const int first = std::max(0, static_cast<int>(mean - 4.0 * std::sqrt(mean)));
    double below = 0;
    for (int n = 0; n < first; ++n) below += poisson_chance(mean, n);
    for (int n = first; n <= last; ++n) {
      chances.push_back(poisson_chance(mean, n) + (n == first ? below : 0.0));
    }
    const auto variate = [&](std::uint64_t i) {
      const std::int64_t n = poisson(mean, [&](std::uint32_t part) { return bits(i, part).first; });
      return std::max<std::int64_t>(0, n - first);
    };
    EXPECT_LT(chi_square_of(chances, variate), chi_square_limit(chances.size())) << mean;
  }
}

TEST(Poisson, IsTheInverseOfItsDistribution) {
  for (const double mean : {1e-9, 0.01, 1.0, 7.5, 16.0}) {
    double below = 0;
    for (int n = 0; n < 12; ++n) {
      below += poisson_chance(mean, n);
      if (below < 1e-9 || below > 1.0 - 1e-9) continue;
      EXPECT_EQ(poisson_from_word(mean, word_of(below - 1e-12)), n) << mean;
      EXPECT_EQ(poisson_from_word(mean, word_of(below + 1e-12)), n + 1) << mean;
    }
  }
}

TEST(Poisson, EndsForEveryWordAndMean) {
  for (double mean = 0.0; mean <= 16.0; mean += 0.0625) {
    EXPECT_EQ(poisson_from_word(mean, 0), 0);
    EXPECT_LT(poisson_from_word(mean, all_ones), 80);
  }
  EXPECT_EQ(poisson_from_word(0.0, all_ones), 0);
}

TEST(Geometric, HasItsLaw) {
  for (const double mean : {1.25, 1.5, 4.0, 30.0}) {
    std::vector<double> chances;
    const double q = 1.0 / mean;
    for (int n = 1; n <= 3.0 * mean; ++n) chances.push_back(q * std::pow(1.0 - q, n - 1));
    const auto variate = [&](std::uint64_t i) { return geometric(mean, bits(i).first) - 1; };
    EXPECT_LT(chi_square_of(chances, variate), chi_square_limit(chances.size())) << mean;
  }
}

TEST(Geometric, BecomesExponentialForLargeMeans) {
  for (const double mean : {1e4, 1e5, 1e7, 1e12}) {
    double sum = 0;
    for (std::uint64_t i = 0; i < trials; ++i) {
      sum += static_cast<double>(geometric(mean, bits(i).first)) / mean;
    }
    EXPECT_LT(std::abs(sum - trials), five_sigma * std::sqrt(1.0 * trials)) << mean;
    const auto half = static_cast<double>(geometric(mean, std::uint64_t{1} << 63));
    EXPECT_NEAR(half / (mean * std::log(2.0)), 1.0, 1e-4) << mean;
  }
}

TEST(Geometric, InvertsItsDistributionFarOut) {
  // The word 0 stands for 2^-53: the size is 1 + floor(53 ln 2 / -ln(1 - q)).
  for (const double mean : {3.0, 5e4, 1.2e5, 2e5, 1e7}) {
    const double exact = 1.0 + 53.0 * std::log(0.5) / std::log1p(-1.0 / mean);
    EXPECT_NEAR(static_cast<double>(geometric(mean, 0)), exact, 1.0) << mean;
  }
}

TEST(Geometric, StaysWithinItsBounds) {
  EXPECT_EQ(geometric(1.0, 0), 1);
  EXPECT_EQ(geometric(0.0, 0), 1);
  for (const double mean : {1.0 + 0x1p-52, 2.0, 1e9, 1e17, 1e300}) {
    EXPECT_EQ(geometric(mean, all_ones), 1) << mean;
    EXPECT_LE(geometric(mean, 0), std::int64_t{1} << 53) << mean;
    EXPECT_GE(geometric(mean, 0), 1) << mean;
  }
}

TEST(RoundAtRandom, KeepsTheMean) {
  for (const double x : {0.002, 0.5, 3.25, 1e6 + 0.75}) {
    double above = 0;
    for (std::uint64_t i = 0; i < trials; ++i) {
      const std::int64_t n = round_at_random(x, bits(i).first);
      ASSERT_LT(std::abs(static_cast<double>(n) - x), 1.0);
      above += static_cast<double>(n) > x ? 1 : 0;
    }
    EXPECT_LT(std::abs(marrow::test::z_score(above, trials, x - std::floor(x))), five_sigma) << x;
  }
  EXPECT_EQ(round_at_random(8.0, 0), 8);
  EXPECT_EQ(round_at_random(8.0, all_ones), 8);
}

}  // namespace
