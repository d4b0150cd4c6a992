// SPDX-License-Identifier: BSD-3-Clause
// With x = 6 (1 + cos u), 1/(x + s) is proportional to sum over all integers j of (-r)^|j| e^(iju),
// where r + 1/r = 2 (1 + s/6) and r < 1. The product of two such functions has the convolution of
// their coefficients: for a <= b
//   c_k = sum_j a^|j| b^|k-j| = ab/(1 - ab) (a^k + b^k) + q_k,   q_k = sum_(j=0..k) a^j b^(k-j),
// every term positive, so nothing cancels, not even for a = b. One function alone is a = 0.
//
// The series is cut after degree n and its tail, at x = 0, put into the last term. What is left is
// (2/N) Re e^(inu) (F(w) - F(1)) with |w| = 1 and F(w) = sum_(j>0) c_(n+j) w^j. From
// c_k - b c_(k-1) = d a^(k-1), d = a - ab/(1 - ab) (b - a):
//   F(w) = (c_(n+1) w + d sum_(j>1) a^(n+j-1) w^j) / (1 - b w),
// and w/(1 - b w) runs on a circle of diameter 2/(1 - b^2), which gives the bound.
#include "core/signals/resolvent_series.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace marrow {
namespace {

double ratio_of(double screening) {
  const double beyond = screening / 6.0;
  return 1.0 / ((1.0 + beyond) + std::sqrt(beyond * (2.0 + beyond)));
}

/// The coefficients c_k one after the other; a <= b.
class Convolution {
 public:
  Convolution(double a, double b) : a_(a), b_(b), overlap_(a * b / (1.0 - a * b)) {}

  [[nodiscard]] double value() const { return overlap_ * (a_power_ + b_power_) + inner_; }
  [[nodiscard]] double sum_over_all() const {
    return (1.0 + a_) / (1.0 - a_) * ((1.0 + b_) / (1.0 - b_));
  }
  void advance() {
    a_power_ *= a_;
    b_power_ *= b_;
    inner_ = a_ * inner_ + b_power_;
  }
  /// Bound of the series that ends before this coefficient.
  [[nodiscard]] double bound() const {
    const double d = std::fabs(a_ - overlap_ * (b_ - a_));
    const double main = value() / (1.0 - b_ * b_);
    const double rest = d * a_power_ / ((1.0 - a_) * (1.0 - b_));
    return 4.0 * (main + rest) / sum_over_all();
  }

 private:
  double a_;
  double b_;
  double overlap_;
  double a_power_ = 1.0;
  double b_power_ = 1.0;
  double inner_ = 1.0;
};

ChebyshevSeries series(double a, double b, double tolerance) {
  Convolution c(std::min(a, b), std::max(a, b));
  const double total = c.sum_over_all();
  ChebyshevSeries result;
  double sign = 1.0;
  double tail = 1.0;
  const auto add = [&](double weight) {
    const double size = weight * c.value() / total;
    result.coefficients.push_back(sign * size);
    tail -= size;
    sign = -sign;
    c.advance();
  };
  add(1.0);
  add(2.0);
  while (c.bound() > tolerance) {
    add(2.0);
    add(2.0);
  }
  result.bound = c.bound();
  result.coefficients.back() -= tail;  // the last degree is odd: its term is negative at x = 0
  return result;
}

}  // namespace

ChebyshevSeries resolvent_series(double screening, double tolerance) {
  return series(0.0, ratio_of(screening), tolerance);
}

ChebyshevSeries induced_series(double first_screening, double second_screening, double tolerance) {
  return series(ratio_of(first_screening), ratio_of(second_screening), tolerance);
}

}  // namespace marrow
