// SPDX-License-Identifier: BSD-3-Clause
// What several subjects need to turn counts into rows. Test code; uses the C library's functions.
#pragma once

#include "tests/verify/verifier.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow::verify {

/// Pearson's chi-square, alone or summed over independent tables. As a row it is
/// (value/freedom)^(1/3), which is nearly normal with mean 1 - 2/(9f) and variance 2/(9f) (Wilson &
/// Hilferty 1931), far into the tails for f from about 5 on.
struct ChiSquare {
  double value = 0;
  double freedom = 0;
  std::int64_t samples = 0;

  ChiSquare& operator+=(const ChiSquare& other) {
    value += other.value;
    freedom += other.freedom;
    samples += other.samples;
    return *this;
  }
  [[nodiscard]] double theory() const { return 1.0 - 2.0 / (9.0 * freedom); }
  [[nodiscard]] Measurement measured() const {
    return {std::cbrt(value / freedom), std::sqrt(2.0 / (9.0 * freedom)), samples};
  }
};

/// `expected`: the counts that theory gives, each at least 5 or so, with the same sum as `counts`.
inline ChiSquare chi_square(std::span<const double> counts, std::span<const double> expected) {
  ChiSquare c{0, static_cast<double>(counts.size()) - 1, 0};
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double off = counts[i] - expected[i];
    c.value += off * off / expected[i];
    c.samples += static_cast<std::int64_t>(counts[i]);
  }
  return c;
}

/// Against equal chances of all bins.
inline ChiSquare chi_square(std::span<const double> counts) {
  double samples = 0;
  for (const double c : counts) samples += c;
  return chi_square(
      counts, std::vector<double>(counts.size(), samples / static_cast<double>(counts.size())));
}

/// Against the chances of 0, 1, 2, …; what is rarer than `least` expected counts joins the last bin
/// before it. `chance(n)` must fall beyond its mode.
template <class Chance>
ChiSquare chi_square_of_integers(std::span<const std::int64_t> values, const Chance& chance,
                                 std::int64_t first, double least = 10.0) {
  const auto all = static_cast<double>(values.size());
  std::vector<double> expected;
  double rest = all;
  for (std::int64_t n = first; rest > least; ++n) {
    expected.push_back(all * chance(n));
    rest -= expected.back();
  }
  expected.back() += rest;
  // Rare bins below the mode join their neighbour.
  std::int64_t lowest = first;
  while (expected.front() < least) {
    expected[1] += expected[0];
    expected.erase(expected.begin());
    ++lowest;
  }
  std::vector<double> counts(expected.size());
  for (const std::int64_t n : values) {
    const std::int64_t bin = std::clamp<std::int64_t>(n - lowest, 0, std::ssize(counts) - 1);
    ++counts[static_cast<std::size_t>(bin)];
  }
  return chi_square(counts, expected);
}

/// Neighbouring bins of `counts` joined until theory expects at least `least` in each.
inline std::vector<double> pooled(std::span<const double> counts, std::span<const double> expected,
                                  double least = 10.0) {
  std::vector<double> bins;
  double sum = 0;
  double sum_expected = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    sum += counts[i];
    sum_expected += expected[i];
    if (sum_expected < least) continue;
    bins.push_back(sum);
    sum = sum_expected = 0;
  }
  bins.back() += sum;
  return bins;
}

/// A share of `of` trials, with the standard error and skewness of the binomial law.
inline Measurement share(double count, double of, double theory) {
  const double variance = theory * (1.0 - theory);
  const double skewness = variance > 0.0 ? (1.0 - 2.0 * theory) / std::sqrt(variance * of) : 0.0;
  return {count / of, std::sqrt(variance / of), static_cast<std::int64_t>(of), skewness};
}

/// What was found against a theory that is itself a measurement, independent of it: the error and
/// skewness of their difference, and the degrees of freedom of the smaller sample (Welch 1947: at
/// least so many).
inline Measurement against(const Measurement& found, const Measurement& theory) {
  const double error = std::hypot(found.standard_error, theory.standard_error);
  const auto third = [error](const Measurement& m) {
    return m.skewness * std::pow(m.standard_error / error, 3.0);
  };
  return {found.mean, error, found.samples, third(found) - third(theory),
          std::min(found.freedom, theory.freedom)};
}

/// A count that theory gives as Poisson of this mean.
inline Measurement poisson_count(double count, double theory) {
  return {count, std::sqrt(theory), static_cast<std::int64_t>(theory), 1.0 / std::sqrt(theory)};
}

/// Moments of one sample that theory gives.
struct Law {
  double mean = 0;
  double variance = 0;
  double third = 0;  // central moment
};

/// The mean of samples, with the standard error and skewness that theory gives.
inline Measurement mean_by_law(double sum, std::int64_t samples, const Law& law) {
  const auto n = static_cast<double>(samples);
  return {sum / n, std::sqrt(law.variance / n), samples,
          law.third / std::pow(law.variance, 1.5) / std::sqrt(n)};
}
inline Measurement mean_by_law(std::span<const double> samples, const Law& law) {
  double sum = 0;
  for (const double x : samples) sum += x;
  return mean_by_law(sum, std::ssize(samples), law);
}

}  // namespace marrow::verify
