// SPDX-License-Identifier: BSD-3-Clause
// Random variates of named laws as pure functions of random words, so that a keyed draw gives the
// same variate on every machine: no C library, no state, no rejection of unknown length. Knows
// nothing of the model.
#pragma once

#include "core/random/draws.hpp"

#include <cstdint>

namespace marrow {

/// Two independent standard normal variates (Box & Muller 1958); |z| < 8.6.
struct NormalPair {
  double first;
  double second;
};
NormalPair normal_pair(Bits128 bits);

/// The largest mean that poisson_from_word serves.
inline constexpr double largest_poisson_mean = 16.0;
/// Poisson variate by inversion from 53 bits of one word; 0 <= mean <= largest_poisson_mean.
std::int64_t poisson_from_word(double mean, std::uint64_t word);

/// Poisson variate of any finite mean >= 0, as a sum of parts that one word each can serve.
/// `word(i)` is the i-th random word.
template <class Words>
std::int64_t poisson(double mean, const Words& word) {
  std::int64_t sum = 0;
  std::uint32_t part = 0;
  for (; mean > largest_poisson_mean; mean -= largest_poisson_mean) {
    sum += poisson_from_word(largest_poisson_mean, word(part++));
  }
  return sum + poisson_from_word(mean, word(part));
}

/// Geometric variate on 1, 2, …: P(n) = q (1 - q)^(n-1) with q = 1/mean; mean >= 1 (less counts as
/// 1). Never above 2^53, whatever the mean.
std::int64_t geometric(double mean, std::uint64_t word);

/// floor(x), or one more with the chance of the rest, so that the mean is x; 0 <= x < 2^53.
std::int64_t round_at_random(double x, std::uint64_t word);

}  // namespace marrow
