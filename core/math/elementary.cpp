// SPDX-License-Identifier: BSD-3-Clause
#include "core/math/elementary.hpp"

#include <bit>
#include <cstdint>
#include <limits>

static_assert(std::numeric_limits<double>::is_iec559);

namespace marrow {
namespace {

constexpr double log2_e = 0x1.71547652b82fep+0;
// ln 2 in two parts; the first has 42 bits, so its product with an exponent is exact.
constexpr double ln2_high = 0x1.62e42fefa3800p-1;
constexpr double ln2_low = 0x1.ef35793c76730p-45;
constexpr double rounding_grid = 0x1.8p52;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

/// 2^k for -1022 <= k <= 1023.
double power_of_two(int k) {
  return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52);
}

/// x = k ln 2 + head + tail with |head| <= 0.35 and e^(head + tail) = 1 + head + rest.
struct ReducedExponential {
  int k;
  double head;
  double rest;
};

ReducedExponential reduce(double x) {
  const double k = (x * log2_e + rounding_grid) - rounding_grid;
  const double high = x - k * ln2_high;
  const double low = k * ln2_low;
  const double r = high - low;
  const double tail = (high - r) - low;

  // 1/n!, the Taylor series of (e^r - 1 - r - r^2/2)/r^3; what is cut off is below 2^-62.
  double q = 1.0 / 87178291200.0;
  q = q * r + 1.0 / 6227020800.0;
  q = q * r + 1.0 / 479001600.0;
  q = q * r + 1.0 / 39916800.0;
  q = q * r + 1.0 / 3628800.0;
  q = q * r + 1.0 / 362880.0;
  q = q * r + 1.0 / 40320.0;
  q = q * r + 1.0 / 5040.0;
  q = q * r + 1.0 / 720.0;
  q = q * r + 1.0 / 120.0;
  q = q * r + 1.0 / 24.0;
  q = q * r + 1.0 / 6.0;
  const double square = r * r;
  const double rest = 0.5 * square + (q * (square * r) + (tail + tail * r));
  return {static_cast<int>(k), r, rest};
}

/// a + b + rest with |a| >= |b|: the rounding error of the first sum is carried along.
double compensated_sum(double a, double b, double rest) {
  const double sum = a + b;
  const double error = (a - sum) + b;
  return sum + (error + rest);
}

}  // namespace

double det_exp(double x) {
  if (x != x) return x;
  if (x > 710.0) return infinity;
  if (x < -746.0) return 0.0;
  const ReducedExponential e = reduce(x);
  const double mantissa = compensated_sum(1.0, e.head, e.rest);
  // Two factors: 2^k alone may lie outside the range of doubles, and only the last product rounds.
  const int half = e.k / 2;
  return mantissa * power_of_two(half) * power_of_two(e.k - half);
}

double det_expm1(double x) {
  if (x != x || x == 0.0) return x;
  if (x > 710.0) return infinity;
  if (x < -40.0) return -1.0;
  const ReducedExponential e = reduce(x);
  if (e.k == 0) return e.head + e.rest;
  if (e.k > 56) return det_exp(x);  // the 1 is below half a unit in the last place
  const double scale = power_of_two(e.k);
  if (e.k > 53) return compensated_sum(scale, scale * e.head, scale * e.rest - 1.0);
  return compensated_sum(scale - 1.0, scale * e.head, scale * e.rest);
}

double det_log(double x) {
  if (x != x || x == infinity) return x;
  if (x == 0.0) return -infinity;
  if (x < 0.0) return not_a_number;
  int k = 0;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    k = -54;
  }
  // x = 2^k * m with sqrt(1/2) <= m < sqrt(2).
  constexpr std::uint64_t root_half = std::bit_cast<std::uint64_t>(0x1.6a09e667f3bcdp-1);
  constexpr std::uint64_t fraction = (std::uint64_t{1} << 52) - 1;
  const std::uint64_t shifted = std::bit_cast<std::uint64_t>(x) - root_half;
  k += static_cast<int>(static_cast<std::int64_t>(shifted) >> 52);
  const double f = std::bit_cast<double>((shifted & fraction) + root_half) - 1.0;

  // With s = f/(2 + f): log(1 + f) = 2 artanh(s) = f - f^2/2 + s (f^2/2 + R),
  // R = 2 (s^2/3 + s^4/5 + ...); what is cut off is below 2^-60.
  const double s = f / (2.0 + f);
  const double z = s * s;
  double r = 2.0 / 25.0;
  r = r * z + 2.0 / 23.0;
  r = r * z + 2.0 / 21.0;
  r = r * z + 2.0 / 19.0;
  r = r * z + 2.0 / 17.0;
  r = r * z + 2.0 / 15.0;
  r = r * z + 2.0 / 13.0;
  r = r * z + 2.0 / 11.0;
  r = r * z + 2.0 / 9.0;
  r = r * z + 2.0 / 7.0;
  r = r * z + 2.0 / 5.0;
  r = r * z + 2.0 / 3.0;
  r = r * z;
  const double half_square = 0.5 * f * f;
  const double exponent = static_cast<double>(k);
  const double correction = s * (half_square + r) + exponent * ln2_low;
  return compensated_sum(exponent * ln2_high, f, correction - half_square);
}

}  // namespace marrow
