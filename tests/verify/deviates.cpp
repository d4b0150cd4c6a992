// SPDX-License-Identifier: BSD-3-Clause
// The samplers of core/random/deviates against the laws they are named after.
#include "core/random/deviates.hpp"

#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"

#include <array>
#include <numbers>

namespace marrow::verify {
namespace {

constexpr Draws draw(4711);

Bits128 word(std::uint64_t sample, std::uint32_t part = 0) {
  return draw(Purpose::measurement, Entity::patient, sample, 0, part);
}

/// Both deviates of a pair through the normal distribution function: uniform in every second pair,
/// and independent of each other in an 8 by 8 table of the others.
void normals(Verifier& verify, std::uint64_t n) {
  std::array<double, 64> first{};
  std::array<double, 64> second{};
  std::array<double, 64> both{};
  const auto rank = [](double z) {
    return static_cast<std::size_t>(63.999999 * 0.5 * std::erfc(-z / std::numbers::sqrt2));
  };
  for (std::uint64_t i = 0; i < n; ++i) {
    const NormalPair z = normal_pair(word(i));
    const std::size_t a = rank(z.first);
    const std::size_t b = rank(z.second);
    if (i % 2 == 0) {
      ++first[a];
      ++second[b];
    } else {
      ++both[a / 8 * 8 + b / 8];
    }
  }
  ChiSquare sum = chi_square(first);
  sum += chi_square(second);
  sum += chi_square(both);
  verify.random("draws", "normal pairs: chi-square^(1/3)", "64 ranks each, 8 by 8 together",
                sum.theory(), sum.measured());
}

void poissons(Verifier& verify, std::uint64_t n) {
  ChiSquare sum;
  for (const double mean : {0.03, 1.0, 15.9, 40.0}) {
    std::vector<std::int64_t> values(n);
    for (std::uint64_t i = 0; i < n; ++i) {
      values[i] = poisson(mean, [&](std::uint32_t part) { return word(i, part).first; });
    }
    const auto chance = [mean](std::int64_t k) {
      const auto x = static_cast<double>(k);
      return std::exp(x * std::log(mean) - mean - std::lgamma(x + 1.0));
    };
    sum += chi_square_of_integers(values, chance, 0);
  }
  verify.random("draws", "Poisson: chi-square^(1/3)", "means 0.03, 1, 15.9, 40", sum.theory(),
                sum.measured());
}

void geometrics(Verifier& verify, std::uint64_t n) {
  ChiSquare sum;
  for (const double mean : {1.2, 3.0, 60.0}) {
    std::vector<std::int64_t> values(n);
    for (std::uint64_t i = 0; i < n; ++i) values[i] = geometric(mean, word(i).second);
    const auto chance = [mean](std::int64_t k) {
      return std::pow(1.0 - 1.0 / mean, static_cast<double>(k - 1)) / mean;
    };
    sum += chi_square_of_integers(values, chance, 1);
  }
  verify.random("draws", "geometric: chi-square^(1/3)", "means 1.2, 3, 60", sum.theory(),
                sum.measured());
}

void roundings(Verifier& verify, std::uint64_t n) {
  double sum = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    sum += static_cast<double>(round_at_random(2.3, word(i).first));
  }
  const auto all = static_cast<double>(n);
  verify.random("draws", "mean of numbers rounded at random", "2.3", 2.3,
                {sum / all, std::sqrt(0.3 * 0.7 / all), static_cast<std::int64_t>(n)});
}

}  // namespace

void deviates(Verifier& verify) {
  const auto n = static_cast<std::uint64_t>(verify.effort(1 << 17, 1 << 22));
  normals(verify, n);
  poissons(verify, n);
  geometrics(verify, n);
  roundings(verify, n);
}

}  // namespace marrow::verify
