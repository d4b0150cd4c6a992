// SPDX-License-Identifier: BSD-3-Clause
// The front of T cells that divide and move from block to block: a branching random walk, whose
// foremost cell has an exact law by generating functions. Nothing crowds them, so this is the
// linear ("pulled") front, without the correction for finite density.
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/walkers.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <string>

namespace marrow::verify {
namespace {

constexpr const char* section = "4.6";

/// What a T cell does in an hour: two of it, or a move to a block before or behind it. Who divides
/// stays, so a move has the chance of the walk times that of no division.
struct HourlyActs {
  double birth;
  double move;  // to either side
};

/// E of exp(k x) over the offspring of one hour.
double growth(const HourlyActs& acts, double k) {
  return 1.0 + acts.birth + 2.0 * acts.move * (std::cosh(k) - 1.0);
}

/// The least value of f, which falls and then rises, on (0, 20), and where it is.
template <class F>
std::pair<double, double> least(const F& f) {
  double lo = 1e-6, hi = 20.0;
  while (hi - lo > 1e-12 * hi) {
    const double a = lo + (hi - lo) / 3.0;
    const double b = hi - (hi - lo) / 3.0;
    (f(a) < f(b) ? hi : lo) = f(a) < f(b) ? b : a;
  }
  return {f(lo), lo};
}

/// Chances, by block x = 0 .., that a T cell of the first block of a closed column has by hour t an
/// offspring at x or beyond: w(b) of a start in block b, hour by hour, for each x.
std::vector<double> front_law(const HourlyActs& acts, std::int64_t blocks, std::int64_t t) {
  std::vector<double> reached = {1.0};
  for (std::int64_t x = 1; x < blocks; ++x) {
    std::vector<double> none(static_cast<std::size_t>(blocks), 1.0);
    std::fill(none.begin() + x, none.end(), 0.0);
    std::vector<double> next(none.size());
    for (std::int64_t hour = 0; hour < t; ++hour) {
      for (std::size_t b = 0; b < none.size(); ++b) {
        const double here = none[b];
        const double back = b > 0 ? none[b - 1] : here;
        const double ahead = b + 1 < none.size() ? none[b + 1] : here;
        next[b] = acts.birth * here * here + acts.move * (back + ahead) +
                  (1.0 - acts.birth - 2.0 * acts.move) * here;
      }
      std::swap(none, next);
    }
    reached.push_back(1.0 - none[0]);
  }
  return reached;
}

/// Mean position of the foremost T cell of an endless column at two late hours: the same recursion
/// in the distance still to go. By the chances to be there, not to be absent: the front is pulled
/// by its foremost, tiniest ones, which rounding must not feed.
std::pair<double, double> late_front(const HourlyActs& acts, std::int64_t t1, std::int64_t t2,
                                     std::size_t blocks) {
  std::vector<double> there(blocks, 0.0);
  std::vector<double> next(blocks, 0.0);
  there[0] = 1.0;
  double early = 0.0;
  const auto mean = [&] { return std::accumulate(there.begin() + 1, there.end(), 0.0); };
  for (std::int64_t hour = 0; hour < t2; ++hour) {
    if (hour == t1) early = mean();
    next[0] = 1.0;  // the start stays reached to within the chance that all go back
    for (std::size_t y = 1; y + 1 < blocks; ++y) {
      next[y] = acts.birth * there[y] * (2.0 - there[y]) +
                acts.move * (there[y - 1] + there[y + 1]) +
                (1.0 - acts.birth - 2.0 * acts.move) * there[y];
    }
    std::swap(there, next);
  }
  return {early, mean()};
}

std::string text(double value) {
  char out[32];
  std::snprintf(out, sizeof out, "%.4g", value);
  return out;
}

struct Case {
  std::int64_t hops;  // an hour; motility in voxels^2 is a sixth
  double birth_per_h;
  const char* curve;
};

HourlyActs acts_of(const Case& c) {
  const double d_voxels2 = static_cast<double>(c.hops) / 6.0;
  const double birth = -std::expm1(-c.birth_per_h);
  return {birth, (1.0 - birth) * d_voxels2 / (block_edge * block_edge)};
}

/// Mean, variance and skewness of a number from its chances to be x or more, x = 0 ..
Law law_of(const std::vector<double>& reached) {
  double mean = 0.0, second = 0.0, third = 0.0;
  for (std::size_t i = 1; i < reached.size(); ++i) {
    const auto x = static_cast<double>(i);
    mean += reached[i];
    second += (2.0 * x - 1.0) * reached[i];
    third += (3.0 * x * x - 3.0 * x + 1.0) * reached[i];
  }
  return {mean, second - mean * mean, third - 3.0 * mean * second + 2.0 * mean * mean * mean};
}

void positions(Verifier& verify, const Case& c, std::uint64_t first_seed) {
  constexpr std::int64_t blocks = 64;
  constexpr std::int64_t per_box = 25;
  const std::vector<std::int64_t> hours = {100, 300};
  const std::int64_t trials = verify.effort(500, 20'000);
  const auto results = verify.over_seeds(first_seed, trials / per_box, [&](std::uint64_t seed) {
    Parameters p = walkers_only({block_edge, block_edge, block_edge * blocks}, 1, c.hops);
    p.domain.boundary = Boundary::reflecting;
    p.scenario.seed = seed;
    p.niches.density_per_mm3 = 1.0 / p.lattice().volume_mm3();
    p.tcells.contact = ContactRule::adjacent;
    p.tcells.motion = Motion::kernel;
    p.tcells.kill_coefficient_mm3_per_h = 0.0;
    p.tcells.division_rate_per_h = c.birth_per_h;
    p.tcells.antigen_half = 1e-300;
    p.tcells.reference_density_per_mm3 = 1e18;
    WalkerBox box(p);
    std::vector<double> out;
    for (std::int64_t i = 0; i < per_box; ++i) {
      box.begin_scattered(i, 1);
      std::int64_t hour = 0;
      for (const std::int64_t end : hours) {
        for (; hour < end; ++hour) box.hour();
        const std::vector<std::int64_t>& cells = box.blocks();
        const auto last = std::find_if(cells.rbegin(), cells.rend(), [](auto n) { return n > 0; });
        out.push_back(static_cast<double>(cells.rend() - last - 1));
      }
    }
    return out;
  });
  const HourlyActs acts = acts_of(c);
  Curve curve{c.curve, "hours", "foremost block", {}, false, false};
  curve.lines = {{"exact", {}, {}, true}, {"simulated", {}, {}, false}};
  for (std::size_t i = 0; i < hours.size(); ++i) {
    const Law law = law_of(front_law(acts, blocks, hours[i]));
    std::vector<double> found;
    for (const auto& box : results) {
      for (std::size_t k = i; k < box.size(); k += hours.size()) found.push_back(box[k]);
    }
    const Measurement m = mean_by_law(found, law);
    verify.random(section, "mean position of the foremost T cell, blocks",
                  "column of 64 blocks, one T cell at its end, birth " + text(acts.birth) +
                      ", move " + text(acts.move) + " per side and h, " + std::to_string(hours[i]) +
                      " h",
                  law.mean, m);
    const auto t = static_cast<double>(hours[i]);
    curve.lines[0].x.push_back(t);
    curve.lines[0].y.push_back(law.mean);
    curve.lines[1].x.push_back(t);
    curve.lines[1].y.push_back(m.mean);
  }
  verify.curve(std::move(curve));
}

/// The exact law moves on at v = min ln(m(k))/k, late: v t - 3/(2 k) ln t (Bramson 1978).
void late_speed(Verifier& verify, const Case& c) {
  constexpr std::int64_t early = 4000, late = 8000;
  const HourlyActs acts = acts_of(c);
  const auto [v, k] = least([&](double q) { return std::log(growth(acts, q)) / q; });
  const double moves_per_h = acts.move / (1.0 - acts.birth);
  const double continuous = least([&](double q) {
                              return (c.birth_per_h + 2.0 * moves_per_h * (std::cosh(q) - 1.0)) / q;
                            }).first;
  const auto [x1, x2] =
      late_front(acts, early, late, static_cast<std::size_t>(1.2 * v * late) + 100);
  const double retarded = v - 1.5 / k * std::log(2.0) / (late - early);
  verify.within(
      section, "theory alone: late speed of the exact law over min ln(m(k))/k - 3 ln 2/(2 k t)",
      "4000 to 8000 h; v = " + text(v) + " blocks/h, in continuous time " + text(continuous) +
          " (" + text(100.0 * (v / continuous - 1.0)) + " % by the hour's step)",
      0.999, 1.001, (x2 - x1) / (late - early) / retarded);
}

}  // namespace

void front(Verifier& verify) {
  std::uint64_t seed = 46'000'000;
  for (const Case& c : {Case{180, 0.0234375, "front_fast"}, Case{36, 0.0234375, "front_even"},
                        Case{18, 0.0234375, "front_slow"}}) {
    positions(verify, c, seed);
    late_speed(verify, c);
    seed += 1'000'000;
  }
}

}  // namespace marrow::verify
