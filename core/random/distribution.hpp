// SPDX-License-Identifier: BSD-3-Clause
// Distributions of the parameters of virtual patients, as quantile functions: one uniform number
// decides the value, so that a keyed draw gives the same value on every machine, and correlated
// numbers give correlated values. Knows no parameter.
#pragma once

#include <cstddef>
#include <limits>
#include <span>
#include <vector>

namespace marrow {

/// Plain data. What a and b are depends on the kind: fixed a; uniform a..b; normal mean a, SD b;
/// lognormal median a > 0, SD b of the natural logarithm. Mixtures and categories use weights.
struct Distribution {
  enum class Kind { fixed, uniform, normal, lognormal, mixture, categories };
  Kind kind = Kind::fixed;
  double a = 0.0;
  double b = 0.0;
  /// What lies beyond is set to them.
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
  std::vector<double> weights;      // of the parts or categories, each >= 0, their sum above 0
  std::vector<Distribution> parts;  // of a mixture, no categories among them
};

/// The value at the quantile u, 0 < u < 1. Of categories the number of the category that u falls
/// into. Of a mixture the least value x with P(X <= x) >= u, to neighbouring doubles.
double quantile(const Distribution& distribution, double u);

/// P(X <= x). Not for categories.
double cumulative(const Distribution& distribution, double x);

/// The Cholesky factor L, row by row, of a symmetric n x n matrix with unit diagonal, row by row:
/// L L^T = matrix. Matrices of less than full rank are allowed (a correlation of 1). Empty when the
/// matrix is not positive semidefinite.
std::vector<double> cholesky(std::span<const double> matrix, std::size_t n);

}  // namespace marrow
