// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/lattice_walk.hpp"

#include <array>
#include <cmath>
#include <cstdlib>
#include <numbers>
#include <numeric>
#include <utility>

namespace marrow::verify {
namespace {

using std::numbers::pi;

/// Chance that a walker of the infinite lattice is back at its start after 2k hops.
std::vector<double> even_returns(std::int64_t most_k) {
  std::vector<double> log_factorial(static_cast<std::size_t>(2 * most_k + 1), 0.0);
  for (std::size_t i = 2; i < log_factorial.size(); ++i) {
    log_factorial[i] = log_factorial[i - 1] + std::log(static_cast<double>(i));
  }
  const auto log_choose = [&](std::int64_t n, std::int64_t m) {
    const auto at = [&](std::int64_t i) { return log_factorial[static_cast<std::size_t>(i)]; };
    return at(n) - at(m) - at(n - m);
  };
  std::vector<double> returns;
  for (std::int64_t k = 0; k <= most_k; ++k) {
    const double front = log_choose(2 * k, k) - 2.0 * static_cast<double>(k) * std::log(6.0);
    double sum = 0.0;
    for (std::int64_t j = 0; j <= k; ++j) {
      sum += std::exp(front + 2.0 * log_choose(k, j) + log_choose(2 * j, j));
    }
    returns.push_back(sum);
  }
  return returns;
}

/// exp(-x) I_n(x), by the trapezoidal rule on a period.
double scaled_bessel(std::int64_t n, double x) {
  constexpr int points = 256;
  double sum = 0.0;
  for (int i = 0; i < points; ++i) {
    const double angle = 2.0 * pi * i / points;
    sum += std::exp(x * (std::cos(angle) - 1.0)) * std::cos(static_cast<double>(n) * angle);
  }
  return sum / points;
}

/// Expected visits of `offset` by a walker of the infinite lattice: the integral of
/// exp(-3x) I I I over 3 dx, by Simpson's rule up to `end` and the expansion of I beyond.
double green(const Index3& offset) {
  const std::array<std::int64_t, 3> n = {std::abs(offset.x), std::abs(offset.y),
                                         std::abs(offset.z)};
  // x = u^2 makes the integrand smooth and the nodes dense where it matters.
  constexpr double end = 400.0;
  constexpr int intervals = 2000;
  const double du = std::sqrt(end) / intervals;
  double sum = 0.0;
  for (int i = 1; i <= intervals; ++i) {
    const double u = i * du;
    double product = 2.0 * u;
    for (const std::int64_t order : n) product *= scaled_bessel(order, u * u);
    sum += product * (i == intervals ? 1.0 : (i % 2 == 1 ? 4.0 : 2.0));
  }
  double slope = 0.0;
  for (const std::int64_t order : n) slope += static_cast<double>(4 * order * order - 1) / 8.0;
  const double tail = std::pow(2.0 * pi, -1.5) *
                      (2.0 * std::pow(end, -0.5) - slope * (2.0 / 3.0) * std::pow(end, -1.5));
  return 3.0 * (sum * du / 3.0 + tail);
}

}  // namespace

double mean_first_passage(std::int64_t edge) {
  std::vector<double> cosine;
  for (std::int64_t i = 0; i < edge; ++i) {
    cosine.push_back(std::cos(2.0 * pi * static_cast<double>(i) / static_cast<double>(edge)));
  }
  double sum = 0.0;
  for (std::size_t z = 0; z < cosine.size(); ++z) {
    for (std::size_t y = 0; y < cosine.size(); ++y) {
      for (std::size_t x = 0; x < cosine.size(); ++x) {
        if (x + y + z == 0) continue;
        sum += 1.0 / (1.0 - (cosine[x] + cosine[y] + cosine[z]) / 3.0);
      }
    }
  }
  return sum;
}

std::vector<double> distinct_sites(std::int64_t hops) {
  const std::vector<double> returns = even_returns(hops / 2);
  // returns[n] = sum of first[k] returns[n - k]
  std::vector<double> first(returns.size(), 0.0);
  for (std::size_t n = 1; n < returns.size(); ++n) {
    first[n] = returns[n];
    for (std::size_t k = 1; k < n; ++k) first[n] -= first[k] * returns[n - k];
  }
  // Read backwards in time, the site of hop n is new if the walk does not come back to it.
  std::vector<double> distinct = {1.0};
  double not_back = 1.0;
  for (std::int64_t n = 1; n <= hops; ++n) {
    if (n % 2 == 0) not_back -= first[static_cast<std::size_t>(n / 2)];
    distinct.push_back(distinct.back() + not_back);
  }
  return distinct;
}

double escape_chance() { return 1.0 / green({0, 0, 0}); }

double capacity_of_26_neighbours() {
  // Sites of three classes (by symmetry): Sum_y G(x - y) e(y) = 1 for every x of the set.
  constexpr std::array<Index3, 3> one_of = {{{1, 0, 0}, {1, 1, 0}, {1, 1, 1}}};
  std::array<std::array<double, 4>, 3> a{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::int64_t i = 0; i < 27; ++i) {
      const Index3 y{i % 3 - 1, i / 3 % 3 - 1, i / 9 - 1};
      const auto faces = static_cast<std::size_t>(std::abs(y.x) + std::abs(y.y) + std::abs(y.z));
      if (faces > 0) a[row][faces - 1] += green(one_of[row] - y);
    }
    a[row][3] = 1.0;
  }
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t row = 0; row < 3; ++row) {
      if (row == i) continue;
      const double factor = a[row][i] / a[i][i];
      for (std::size_t c = 0; c < 4; ++c) a[row][c] -= factor * a[i][c];
    }
  }
  return 6.0 * a[0][3] / a[0][0] + 12.0 * a[1][3] / a[1][1] + 8.0 * a[2][3] / a[2][2];
}

WalkerLaw::WalkerLaw(const Lattice& lattice, std::vector<double> kill,
                     const std::vector<std::uint8_t>& closed)
    : kill_(std::move(kill)) {
  const auto is_closed = [&](SiteIndex site) { return !closed.empty() && closed[site] != 0; };
  for (SiteIndex from = 0; from < kill_.size(); ++from) {
    for (const Index3& step : face_offsets) {
      const Index3 to = wrapped(lattice, lattice.position(from) + step);
      const bool stays =
          is_closed(from) || !lattice.box().contains(to) || is_closed(lattice.site(to));
      neighbour_.push_back(static_cast<std::uint32_t>(stays ? from : lattice.site(to)));
    }
  }
}

void WalkerLaw::hop() {
  // As many ways lead into a site as out of it, so what comes can be gathered.
  std::vector<double> next(chance_.size());
  for (std::size_t site = 0; site < next.size(); ++site) {
    double sum = 0.0;
    for (std::size_t d = 0; d < 6; ++d) sum += chance_[neighbour_[6 * site + d]];
    next[site] = sum / 6.0 * (1.0 - kill_[site]);
  }
  chance_ = std::move(next);
}

double WalkerLaw::surviving() const { return std::accumulate(chance_.begin(), chance_.end(), 0.0); }

Law WalkerLaw::time() {
  // Two sub-steps at a time: on a lattice of even edges both parities decay together. Summed are
  // S(n), (2n + 1) S(n) and (3n^2 + 3n + 1) S(n), which give the first three moments of the time.
  constexpr double settled = 1e-10;
  constexpr double forgotten = 1e-15;
  double moment[3] = {0.0, 0.0, 0.0};
  const auto add = [&](double n, double surviving) {
    moment[0] += surviving;
    moment[1] += (2.0 * n + 1.0) * surviving;
    moment[2] += (3.0 * n * n + 3.0 * n + 1.0) * surviving;
  };
  double decay = 0.0;
  double n = 0.0;
  for (bool steady = false; !steady; n += 2.0) {
    const double before = surviving();
    hop();
    const double odd = surviving();
    hop();
    add(n, before);
    add(n + 1.0, odd);
    const double now = surviving() / before;
    steady = std::fabs(now - decay) < settled * (1.0 - now);
    decay = now;
    if (!steady) continue;
    double even = before, uneven = odd;
    for (double m = n + 2.0; even > forgotten; m += 2.0) {
      add(m, even *= now);
      add(m + 1.0, uneven *= now);
    }
  }
  const double mean = moment[0];
  return {mean, moment[1] - mean * mean,
          moment[2] - 3.0 * mean * moment[1] + 2.0 * mean * mean * mean};
}

}  // namespace marrow::verify
