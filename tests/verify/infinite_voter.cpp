// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/infinite_voter.hpp"

#include <cmath>
#include <random>
#include <unordered_map>

namespace marrow::verify {
namespace {

/// The mean of n^2 on the infinite lattice at time t: 1 + the integral of s, where s, the rate at
/// which pairs become alike, solves s(t) = -g'(t) - integral of s(u) g'(t-u), and g(t) =
/// [exp(-2t/3) I0(2t/3)]^3 is the chance that the difference of two walks is at the origin.
/// Trapezoids; the error of order h^2 is taken out by two step widths.
double square_mean_with_step(double t, double h) {
  const auto slope = [](double u) {
    const double x = 2.0 * u / 3.0;
    const double e = std::exp(-x);
    const double i0 = e * std::cyl_bessel_i(0.0, x);
    const double i1 = e * std::cyl_bessel_i(1.0, x);
    return 2.0 * i0 * i0 * (i1 - i0);
  };
  const auto n = static_cast<std::size_t>(std::floor(t / h + 0.5));
  std::vector<double> dg(n + 1);
  for (std::size_t i = 0; i <= n; ++i) dg[i] = slope(static_cast<double>(i) * h);
  std::vector<double> s(n + 1);
  s[0] = -dg[0];
  double integral = 0;
  for (std::size_t i = 1; i <= n; ++i) {
    double past = 0.5 * s[0] * dg[i];
    for (std::size_t j = 1; j < i; ++j) past += s[j] * dg[i - j];
    s[i] = (-dg[i] - h * past) / (1.0 + 0.5 * h * dg[0]);
    integral += 0.5 * h * (s[i - 1] + s[i]);
  }
  return 1.0 + integral;
}

/// A clone by its sites, in no order.
class Clone {
 public:
  Clone() { add(0); }

  [[nodiscard]] double size() const { return static_cast<double>(sites_.size()); }

  /// Along a random link of a random site to another clone the state goes one way or the other.
  void event(std::mt19937_64& random) {
    const std::size_t i = std::uniform_int_distribution<std::size_t>(0, sites_.size() - 1)(random);
    const std::uint64_t word = random();
    const std::int64_t neighbour = sites_[i] + steps[(word >> 8) % 6];
    if (place_.contains(neighbour)) return;
    if ((word & 1) != 0) {
      add(neighbour);
    } else {
      remove(i);
    }
  }

 private:
  static constexpr std::int64_t row = std::int64_t{1} << 20;
  static constexpr std::int64_t plane = row * row;
  static constexpr std::int64_t steps[6] = {1, -1, row, -row, plane, -plane};

  void add(std::int64_t site) {
    place_[site] = sites_.size();
    sites_.push_back(site);
  }
  void remove(std::size_t i) {
    place_.erase(sites_[i]);
    if (i + 1 < sites_.size()) {
      sites_[i] = sites_.back();
      place_[sites_[i]] = i;
    }
    sites_.pop_back();
  }

  std::vector<std::int64_t> sites_;
  std::unordered_map<std::int64_t, std::size_t> place_;
};

}  // namespace

double square_mean(double t) {
  constexpr double h = 0.02;
  return (4.0 * square_mean_with_step(t, h / 2) - square_mean_with_step(t, h)) / 3.0;
}

std::vector<double> survival_on_infinite_lattice(std::span<const double> times, std::int64_t runs) {
  std::mt19937_64 random(20260);
  std::vector<double> alive(times.size());
  for (std::int64_t run = 0; run < runs; ++run) {
    Clone clone;
    double t = 0;
    for (std::size_t k = 0; k < times.size() && clone.size() > 0;) {
      // Each of the n sites gives and takes at rate 1.
      t += std::exponential_distribution<double>(2.0 * clone.size())(random);
      for (; k < times.size() && t > times[k]; ++k) alive[k] += 1.0;
      if (k < times.size()) clone.event(random);
    }
  }
  for (double& a : alive) a /= static_cast<double>(runs);
  return alive;
}

}  // namespace marrow::verify
