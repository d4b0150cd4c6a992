// SPDX-License-Identifier: BSD-3-Clause
#include "core/random/distribution.hpp"

#include "core/math/elementary.hpp"
#include "core/math/normal.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace marrow {
namespace {

/// The category whose part of the unit interval holds u; never one of weight 0.
std::size_t category(const std::vector<double>& weights, double u) {
  const double point = u * std::accumulate(weights.begin(), weights.end(), 0.0);
  double below = 0.0;
  std::size_t last = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    if (!(weights[i] > 0.0)) continue;
    last = i;
    below += weights[i];
    if (point < below) return i;
  }
  return last;
}

double mixture_quantile(const Distribution& mixture, double u) {
  double lo = std::numeric_limits<double>::infinity();
  double hi = -lo;
  for (std::size_t i = 0; i < mixture.parts.size(); ++i) {
    if (!(mixture.weights[i] > 0.0)) continue;
    const double x = quantile(mixture.parts[i], u);
    lo = std::min(lo, x);
    hi = std::max(hi, x);
  }
  if (cumulative(mixture, lo) >= u) return lo;
  // Between the parts' own quantiles, halved until two neighbouring doubles are left.
  for (;;) {
    const double middle = lo + 0.5 * (hi - lo);
    if (!(middle > lo) || !(middle < hi)) return hi;
    if (cumulative(mixture, middle) >= u) {
      hi = middle;
    } else {
      lo = middle;
    }
  }
}

double unlimited_quantile(const Distribution& d, double u) {
  switch (d.kind) {
    case Distribution::Kind::fixed:
      return d.a;
    case Distribution::Kind::uniform:
      return d.a + (d.b - d.a) * u;
    case Distribution::Kind::normal:
      return d.a + d.b * normal_quantile(u);
    case Distribution::Kind::lognormal:
      return d.a * det_exp(d.b * normal_quantile(u));
    case Distribution::Kind::mixture:
      return mixture_quantile(d, u);
    case Distribution::Kind::categories:
      return static_cast<double>(category(d.weights, u));
  }
  return d.a;
}

/// 0 below a jump, 1 from it on.
double step_at(double jump, double x) { return x >= jump ? 1.0 : 0.0; }

double unlimited_cumulative(const Distribution& d, double x) {
  switch (d.kind) {
    case Distribution::Kind::uniform:
      return d.b > d.a ? std::clamp((x - d.a) / (d.b - d.a), 0.0, 1.0) : step_at(d.a, x);
    case Distribution::Kind::normal:
      return d.b > 0.0 ? normal_cdf((x - d.a) / d.b) : step_at(d.a, x);
    case Distribution::Kind::lognormal:
      if (!(d.b > 0.0)) return step_at(d.a, x);
      return x > 0.0 ? normal_cdf(det_log(x / d.a) / d.b) : 0.0;
    case Distribution::Kind::mixture: {
      double sum = 0.0;
      double weights = 0.0;
      for (std::size_t i = 0; i < d.parts.size(); ++i) {
        sum += d.weights[i] * cumulative(d.parts[i], x);
        weights += d.weights[i];
      }
      return sum / weights;
    }
    default:
      return step_at(d.a, x);
  }
}

}  // namespace

double quantile(const Distribution& distribution, double u) {
  const double x = unlimited_quantile(distribution, u);
  if (distribution.kind == Distribution::Kind::categories) return x;
  return std::min(std::max(x, distribution.lowest), distribution.highest);
}

double cumulative(const Distribution& distribution, double x) {
  if (x < distribution.lowest) return 0.0;
  if (x >= distribution.highest) return 1.0;
  return unlimited_cumulative(distribution, x);
}

std::vector<double> cholesky(std::span<const double> matrix, std::size_t n) {
  constexpr double rounding = 1e-12;  // of a pivot that is 0 in exact arithmetic
  std::vector<double> factor(n * n, 0.0);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t i = j; i < n; ++i) {
      double rest = matrix[i * n + j];
      for (std::size_t k = 0; k < j; ++k) rest -= factor[i * n + k] * factor[j * n + k];
      if (i == j) {
        if (rest < -rounding) return {};
        factor[j * n + j] = rest > rounding ? std::sqrt(rest) : 0.0;
      } else if (factor[j * n + j] > 0.0) {
        factor[i * n + j] = rest / factor[j * n + j];
      } else if (std::fabs(rest) > 1e-9) {
        return {};
      }
    }
  }
  return factor;
}

}  // namespace marrow
