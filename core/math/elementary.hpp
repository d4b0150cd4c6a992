// SPDX-License-Identifier: BSD-3-Clause
// Elementary functions whose bits depend on nothing but their argument: only + - * /, comparisons
// and bit operations in a fixed order, so every CPU, compiler and optimisation level gives the same
// result. The C library's exp, log, sin, cos choose their code by CPU and differ in the last bit;
// core must not call them. Needs IEEE double in round-to-nearest without fused multiply-add. Knows
// nothing of the model.
#pragma once

#include <cmath>

#ifdef __FAST_MATH__
#error "core/math/elementary.hpp: -ffast-math would change the results; build without it"
#endif

namespace marrow {

/// e^x; error below 0.6 units in the last place (1.1 where the result is subnormal). inf, 0, NaN as
/// in IEEE 754.
double det_exp(double x);

/// e^x - 1 without cancellation; error below 1 unit in the last place.
double det_expm1(double x);

/// Natural logarithm; error below 1 unit in the last place. log(0) = -inf, log(x < 0) = NaN.
double det_log(double x);

/// 1 - e^-x: the chance that an event of rate r happens within dt, x = r*dt. Accurate for tiny x.
inline double one_minus_exp(double x) { return -det_expm1(-x); }

struct SinCos {
  double sin;
  double cos;
};

/// Sine and cosine of 2*pi*turns; error below 2 units in the last place for any finite argument
/// (the reduction is exact). The sign of an exact zero is not specified. Infinities and NaN give
/// NaN. Branch-free and inline, so that loops over many angles vectorise.
inline SinCos sincos_turns(double turns) {
  constexpr double integer_grid = 0x1p52;  // adding it rounds |x| < 2^52 to an integer
  constexpr double signed_grid = 0x1.8p52;
  const double size = std::fabs(turns);
  const double whole = (size + integer_grid) - integer_grid;
  // At and above 2^52 every double is a whole number of turns; 0*inf makes the NaN.
  const double part = size < integer_grid ? size - whole : 0.0 * size;
  const double quarter = (4.0 * part + signed_grid) - signed_grid;  // -2 .. 2
  const double r = part - 0.25 * quarter;                           // |r| <= 1/8, exact
  const double z = r * r;

  // Taylor coefficients (2 pi)^n / n! with alternating sign; the tails are below 2^-58.
  double s = 0x1.aaec32af93359p-4;
  s = s * z - 0x1.6fadb9f155744p-1;
  s = s * z + 0x1.e8f434d018d63p+1;
  s = s * z - 0x1.e3074fde8871fp+3;
  s = s * z + 0x1.50783487ee782p+5;
  s = s * z - 0x1.32d2cce62bd86p+6;
  s = s * z + 0x1.466bc6775aae2p+6;
  s = s * z - 0x1.4abbce625be53p+5;
  s = s * z + 0x1.1a62633145c07p-52;  // 2 pi beyond its double
  s = s * r + 0x1.921fb54442d18p+2 * r;

  double c = -0x1.2a0c591af8314p-5;
  c = c * z + 0x1.20c62c2f2d7f5p-2;
  c = c * z - 0x1.b6e24f44b128fp+0;
  c = c * z + 0x1.f9d38a3763cc3p+2;
  c = c * z - 0x1.a6d1f2a204a8cp+4;
  c = c * z + 0x1.e1f506891babbp+5;
  c = c * z - 0x1.55d3c7e3cbffap+6;
  c = c * z + 0x1.03c1f081b5ac4p+6;
  c = c * z - 0x1.3bd3cc9be45dep+4;
  c = c * z + 1.0;

  // Turn by `quarter` right angles: odd numbers swap sine and cosine, 2 changes both signs.
  const double step = std::fabs(quarter);
  const double flip = 1.0 - step;  // 1, 0, -1
  const bool swap = step == 1.0;
  const double sine = swap ? quarter * c : flip * s;
  const double cosine = swap ? -quarter * s : flip * c;
  return {std::copysign(1.0, turns) * sine, cosine};
}

}  // namespace marrow
