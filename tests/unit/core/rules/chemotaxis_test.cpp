// SPDX-License-Identifier: BSD-3-Clause
// The chemokine's bias: its form, and where it leads a crowd of walkers.
#include "core/rules/chemotaxis.hpp"

#include "core/random/mix.hpp"
#include "core/rules/walk.hpp"
#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace marrow {
namespace {

using test::five_sigma;

double share(std::int16_t bias) { return bias / (full_bias - 1.0); }

TEST(HopBias, IsTheAskedShareWhereThatIsBelowTheBound) {
  const ChemotaxisParameters weak{0.001, 5.0};
  // g = 10 per mm: two thirds of chi; three quarters of the way along +x, the rest along -z.
  const std::array<double, 3> gradient{0.008, 0.0, -0.006};
  const HopBias bias = hop_bias(weak, 0.0, gradient, 10.0);
  const double directed = 0.001 * 10.0 / 15.0;
  EXPECT_NEAR(share(bias[0]), 3.0 * directed * 0.8, 1.0 / full_bias);
  EXPECT_EQ(bias[1], 0);
  EXPECT_NEAR(share(bias[2]), -3.0 * directed * 0.6, 1.0 / full_bias);
}

TEST(HopBias, NeverExceedsThePotentialThatDoublesTheDensity) {
  const ChemotaxisParameters strong{1.0, 1e-6};
  for (const double level : {0.0, 0.3, 1.0, 4.0}) {
    const double slope = 0.01;  // per um
    const HopBias bias = hop_bias(strong, level, {slope, 0.0, 0.0}, 10.0);
    const double step = 1e-6;
    const auto psi = [](double u) { return std::log(1.0 + u / (u + 1.0)); };
    const double gradient = slope * (psi(level + step) - psi(level)) / step;
    EXPECT_NEAR(share(bias[0]), 3.0 * 10.0 / 6.0 * gradient, 2e-4) << "level " << level;
  }
  EXPECT_EQ(hop_bias(strong, 1.0, {0.0, 0.0, 0.0}, 10.0), HopBias{});
}

TEST(DoorOpenness, DoublesFromNoneToMuch) {
  EXPECT_EQ(door_openness(0.0), 0.5);
  EXPECT_EQ(door_openness(1.0), 0.75);
  EXPECT_NEAR(door_openness(1e9), 1.0, 1e-8);
}

/// A box of open marrow in which the level of the chemokine rises evenly along x from 0 to 4.
struct Slope {
  static constexpr std::int64_t length = 32;
  Lattice lattice{{length, length, length}, false, 10.0};
  TCellSwarm swarm{{lattice.box(), std::vector<std::uint8_t>(length* length* length, 0)}, 16};
  NicheSites niches{{}, lattice, lattice.box(), lattice.box()};
  ChemotaxisMap map{lattice.box(), 0, {}};

  static double level(std::int64_t x) { return 4.0 * (static_cast<double>(x) + 0.5) / length; }

  Slope() {
    const ChemotaxisParameters strong{1.0, 1e-6};
    for (std::int64_t i = 0; i < lattice.box().volume(); ++i) {
      const auto x = lattice.position(static_cast<SiteIndex>(i)).x;
      map.bias.push_back(hop_bias(strong, level(x), {4.0 / length / 10.0, 0.0, 0.0}, 10.0));
      if (mix64(static_cast<std::uint64_t>(i)) % 64 != 0) continue;  // too few to crowd
      const auto site = static_cast<SiteIndex>(i);
      swarm.add({lattice.position(site), site, CellRecord::make(CellState::effector, 0)});
    }
  }

  /// T cells in the upper over those in the lower half, sampled over time.
  double upper_over_lower(const ChemotaxisMap* chemotaxis, double& sampled) {
    double upper = 0;
    double lower = 0;
    for (std::uint64_t step = 0; step < 60; ++step) {
      swarm.begin_step(lattice);
      walk(swarm, niches, Draws(9), {step, 180, chemotaxis}, 0, 500);
      if (step < 8) continue;
      swarm.for_each(
          [&](const SwarmCell& cell) { (cell.position.x < length / 2 ? lower : upper) += 1; });
    }
    sampled = upper + lower;
    return upper / lower;
  }
};

TEST(Chemotaxis, WalkersGatherAsThePotentialSays) {
  Slope slope;
  double density[2] = {0, 0};
  for (std::int64_t x = 0; x < Slope::length; ++x) {
    const double u = Slope::level(x);
    density[x < Slope::length / 2 ? 0 : 1] += (2 * u + 1) / (u + 1);
  }
  double sampled = 0;
  const double expected = density[1] / density[0];
  const double found = slope.upper_over_lower(&slope.map, sampled);
  // Samples 500 sub-steps apart, a little less than the time to cross the box: about half count.
  const double error = found * std::sqrt(2.0 * 4.0 / sampled);
  EXPECT_GT(expected, 1.2);
  EXPECT_NEAR(found, expected, five_sigma * error);
  EXPECT_LT(error, 0.03);
}

TEST(Chemotaxis, WithoutAMapTheySpreadEvenly) {
  Slope slope;
  double sampled = 0;
  const double found = slope.upper_over_lower(nullptr, sampled);
  EXPECT_NEAR(found, 1.0, five_sigma * std::sqrt(2.0 * 4.0 / sampled));
}

}  // namespace
}  // namespace marrow
