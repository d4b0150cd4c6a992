// SPDX-License-Identifier: BSD-3-Clause
// Bounds for counts drawn with fixed seeds: far enough out that a correct rule practically never
// fails (5 standard deviations, one in 1.7 million), close enough that a wrong rate does.
#pragma once

#include <cmath>
#include <span>

namespace marrow::test {

inline constexpr double five_sigma = 5.0;

/// Standard deviations between a binomial count and its mean; 0 < p < 1.
inline double z_score(double count, double trials, double p) {
  return (count - trials * p) / std::sqrt(trials * p * (1.0 - p));
}

inline double chi_square(std::span<const double> observed, std::span<const double> expected) {
  double sum = 0;
  for (std::size_t i = 0; i < observed.size(); ++i) {
    sum += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
  }
  return sum;
}

/// Chi-square of equal chances.
inline double chi_square(std::span<const double> observed) {
  double total = 0;
  for (const double o : observed) total += o;
  const double mean = total / static_cast<double>(observed.size());
  double sum = 0;
  for (const double o : observed) sum += (o - mean) * (o - mean) / mean;
  return sum;
}

/// The value that chi-square with so many degrees of freedom exceeds as rarely as a normal variate
/// exceeds five_sigma (Wilson and Hilferty 1931).
inline double chi_square_limit(std::size_t degrees) {
  const auto k = static_cast<double>(degrees);
  const double cube_root = 1.0 - 2.0 / (9.0 * k) + five_sigma * std::sqrt(2.0 / (9.0 * k));
  return k * cube_root * cube_root * cube_root;
}

}  // namespace marrow::test
