// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/kernel_killing.hpp"

#include "core/rules/niche_clocks.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid thousand{{10, 10, 10}, 4};

struct Counts {
  double killed = 0;
  double wounded = 0;
};

Counts count_hits(StemCellWorld& w, double hazard_per_h, const Suppression& suppression,
                  int steps) {
  std::vector<std::uint32_t> niches(1000);
  std::iota(niches.begin(), niches.end(), 0u);
  const std::vector<double> hazards(1000, hazard_per_h);
  Counts counts;
  for (int s = 0; s < steps; ++s) {
    w.state.step = s;
    const KernelHits hits = choose_kernel_hits(w.state, w.model, {}, suppression, niches, hazards);
    counts.killed += static_cast<double>(hits.killed.size());
    counts.wounded += static_cast<double>(hits.wounded.size());
  }
  return counts;
}

TEST(KernelKilling, FollowsTheHazardAndPresentation) {
  StemCellWorld w(thousand);
  w.state.clones.resize(3);
  w.state.clones[1].presentation = 0;
  w.state.clones[2].presentation = full_presentation / 2;
  const auto rate = [](double h) { return -std::expm1(-h); };
  EXPECT_LT(std::abs(z_score(count_hits(w, 0.05, {}, 100).killed, 1e5, rate(0.05))), five_sigma);
  for (std::uint32_t n = 0; n < 1000; ++n) w.put(n, 1);
  EXPECT_EQ(count_hits(w, 0.05, {}, 100).killed, 0);
  for (std::uint32_t n = 0; n < 1000; ++n) w.put(n, 2);
  EXPECT_LT(std::abs(z_score(count_hits(w, 0.05, {}, 100).killed, 1e5, rate(0.025))), five_sigma);
  for (std::uint32_t n = 0; n < 1000; ++n) w.vacate(n);
  EXPECT_EQ(count_hits(w, 0.05, {}, 1).killed, 0);
}

TEST(KernelKilling, RegulatoryTCellsSuppressItBlockByBlock) {
  StemCellWorld w(thousand);  // 40^3 voxels: 27 blocks
  Suppression s{BlockGrid(w.model.lattice.extent), std::vector<double>(27, 0.0)};
  s.freedom[0] = 0.5;  // holds 4^3 niches
  EXPECT_LT(std::abs(z_score(count_hits(w, 0.1, s, 200).killed, 64 * 200, -std::expm1(-0.05))),
            five_sigma);
}

TEST(KernelKilling, WoundsAreAsLikelyAsKillsWithoutCooperativity) {
  Parameters p;
  p.tcells.cooperativity = CooperativityParameters{3.0, 24.0};
  StemCellWorld w(thousand, p);
  for (std::uint32_t n = 0; n < 500; ++n) w.state.niches[n] = w.state.niches[n].with_count(9);
  const Counts c = count_hits(w, 0.02, {}, 100);
  const double kills = 5e4 * -std::expm1(-0.06) + 5e4 * -std::expm1(-0.02);
  EXPECT_NEAR(c.killed, kills, five_sigma * std::sqrt(kills));
  EXPECT_LT(std::abs(z_score(c.wounded, 1e5, -std::expm1(-0.02))), five_sigma);
}

// Stem cells that the reference attack strikes hour by hour, as the program does, die with its
// hazard once wounds are as frequent as they get, however much a wound matters.
TEST(KernelKilling, TheReferenceAttackKeepsItsKappaWithCooperativity) {
  for (const double factor : {3.0, 10.0, 100.0}) {
    Parameters p;
    p.tcells.motion = Motion::kernel;
    p.tcells.kill_coefficient_mm3_per_h *= 8;  // 0.011 per hour: wounds matter
    p.tcells.cooperativity = CooperativityParameters{factor, 24.0};
    p.tcells.fas_multiplier = 2.0;
    StemCellWorld w({{40, 40, 40}, 4}, p);
    std::vector<std::uint32_t> niches(w.state.niches.size());
    std::iota(niches.begin(), niches.end(), 0u);
    const double reference =
        p.tcells.kill_coefficient_mm3_per_h * p.tcells.reference_density_per_mm3;
    const std::vector<double> hazards(niches.size(), reference / w.model.kill.reference_multiplier);
    double alive = 64000;
    double exposed = 0;
    double killed = 0;
    for (int hour = 0; hour < 144; ++hour) {
      w.state.step = hour;
      const KernelHits hits =
          choose_kernel_hits(w.state, w.model, {1.0, 1, 0}, {}, niches, hazards);
      if (hour >= 96) {
        exposed += alive;
        killed += static_cast<double>(hits.killed.size());
      }
      alive -= static_cast<double>(hits.killed.size());
      for (const std::uint32_t n : hits.killed) w.vacate(n);
      advance_niche_clocks(w.state, w.model, {1.0, 1, 0});
      remember_wounds(w.state, *p.tcells.cooperativity, hits.wounded);
    }
    EXPECT_LT(std::abs(z_score(killed, exposed, -std::expm1(-reference))), five_sigma) << factor;
    EXPECT_GT(killed, 5000);
  }
}

}  // namespace
}  // namespace marrow
