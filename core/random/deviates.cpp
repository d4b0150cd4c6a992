// SPDX-License-Identifier: BSD-3-Clause
#include "core/random/deviates.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

/// A uniform double in (0, 1], so that its logarithm is finite.
double uniform_above_zero(std::uint64_t word) {
  return (static_cast<double>(word >> 11) + 1.0) * 0x1p-53;
}

/// ln(1 - q) for 0 <= q < 1: of a small q the rounded 1 - q would keep too few digits.
double log_one_minus(double q) {
  constexpr double series_is_exact_below = 1e-5;
  if (q < series_is_exact_below) return -q * (1.0 + q * (1.0 / 2.0 + q * (1.0 / 3.0)));
  return det_log(1.0 - q);
}

}  // namespace

NormalPair normal_pair(Bits128 bits) {
  const double radius = std::sqrt(-2.0 * det_log(uniform_above_zero(bits.first)));
  const SinCos angle = sincos_turns(uniform_unit(bits.second));
  return {radius * angle.cos, radius * angle.sin};
}

std::int64_t poisson_from_word(double mean, std::uint64_t word) {
  const double u = uniform_unit(word);
  double term = det_exp(-mean);
  double below = term;
  std::int64_t n = 0;
  // Beyond the mean the terms fall; one that no longer changes the sum ends the search.
  while (u >= below && (static_cast<double>(n) < mean || below + term > below)) {
    ++n;
    term *= mean / static_cast<double>(n);
    below += term;
  }
  return n;
}

std::int64_t geometric(double mean, std::uint64_t word) {
  if (!(mean > 1.0)) return 1;
  constexpr double largest = 0x1p53;
  const double q = 1.0 / std::min(mean, largest);
  const double failures = det_log(uniform_above_zero(word)) / log_one_minus(q);
  return 1 + static_cast<std::int64_t>(std::floor(std::min(failures, largest - 1.0)));
}

std::int64_t round_at_random(double x, std::uint64_t word) {
  const double whole = std::floor(x);
  return static_cast<std::int64_t>(whole) + (Threshold::of(x - whole).happens(word) ? 1 : 0);
}

}  // namespace marrow
