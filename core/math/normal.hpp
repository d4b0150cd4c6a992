// SPDX-License-Identifier: BSD-3-Clause
// The standard normal distribution and its inverse, with the same bits on every machine: rational
// functions, square root and the project's own exponential and logarithm. Knows nothing of the
// model.
#pragma once

namespace marrow {

/// P(Z <= z) of a standard normal Z; absolute error below 1e-15, relative error below 1e-8 for
/// z > -37. NaN gives NaN. (Hart 1968, algorithm 5666, below 7.07 SD;
/// beyond, Laplace's continued fraction.)
double normal_cdf(double z);

/// z with P(Z <= z) = u, 0 < u < 1; relative error about 1e-16. u <= 0 gives -inf, u >= 1 +inf.
/// (Wichura 1988 Appl Statist 37:477, AS 241, PPND16.)
double normal_quantile(double u);

}  // namespace marrow
