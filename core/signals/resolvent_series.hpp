// SPDX-License-Identifier: BSD-3-Clause
// Chebyshev series of the response of a screened diffusion, in closed form. Pure arithmetic.
#pragma once

#include <vector>

namespace marrow {

/// A polynomial on [0, 12], the spectrum of the graph Laplacian of a cubic grid:
/// p(x) = sum_k coefficients[k] T_k(x/6 - 1).
struct ChebyshevSeries {
  std::vector<double> coefficients;  // an even number of them: the degree is odd
  double bound = 0;                  // |p(x) - f(x)| is at most this on all of [0, 12]
};

/// f(x) = s/(x + s): what remains of a mode x of the source in the field of one cytokine, s the
/// square of cell edge over screening length. The lowest odd degree at which the analytic bound is
/// at most `tolerance`. p(0) = 1: the total is kept whatever the tolerance.
ChebyshevSeries resolvent_series(double screening, double tolerance);

/// f(x) = s/(x + s) * t/(x + t): the same for a cytokine that the first one induces. Equal
/// screenings are allowed.
ChebyshevSeries induced_series(double first_screening, double second_screening, double tolerance);

}  // namespace marrow
