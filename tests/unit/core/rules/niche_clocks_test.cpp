// SPDX-License-Identifier: BSD-3-Clause
// Wounds, interferon memory and the loss of niches.
#include "core/rules/niche_clocks.hpp"

#include "core/rules/susceptibility.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid thousand{{10, 10, 10}, 4};

TEST(Wounds, AreRememberedForTheWindowAndMakeKillingEasier) {
  Parameters p;
  p.tcells.cooperativity = CooperativityParameters{3.0, 5.0};
  StemCellWorld w(thousand, p);
  const auto factor = [&](std::uint32_t n) {
    return susceptibility(w.state.niches[n], w.state.clones[0], w.model, {});
  };
  w.vacate(8);
  remember_wounds(w.state, *p.tcells.cooperativity, std::array<std::uint32_t, 2>{7, 8});
  EXPECT_TRUE(w.vacant(8)) << "a niche without a cell remembers nothing";
  for (int hour = 0; hour < 5; ++hour) {
    EXPECT_EQ(factor(7), 3.0) << "hour " << hour;
    EXPECT_EQ(factor(6), 1.0);
    advance_niche_clocks(w.state, w.model, {});
  }
  EXPECT_EQ(factor(7), 1.0);
}

TEST(Interferon, MemoryFollowsTheFieldWithoutBias) {
  Parameters p;
  p.signals = SignalParameters{};
  p.hspc.ifn_memory_h = 24.0;
  StemCellWorld w(thousand, p);
  std::vector<NicheSignal> field;
  for (std::uint32_t n = 0; n < 1000; ++n) field.push_back({n, 0.9f});
  double expected = 0;
  for (int period = 0; period < 6; ++period) {
    w.state.step = 6 * period;
    follow_interferon(w.state, w.model, 6.0, field);
    expected += (0.9 - expected) * -std::expm1(-6.0 / 24.0);
    double mean = 0;
    for (const CellRecord cell : w.state.niches) mean += ifn_level(cell, w.model, {}) / 1000.0;
    // Each rounding adds at most a variance of a quarter step; with decay a few of them remain.
    EXPECT_NEAR(mean, expected, five_sigma * std::sqrt(0.6 / 1000.0) / ifn_steps_per_level);
  }
}

TEST(Interferon, WithoutFieldsIsTheAttack) {
  StemCellWorld w(thousand);
  Levels levels{0.7, 1, 0};
  EXPECT_EQ(ifn_level(w.state.niches[0], w.model, levels), 0.7);
  levels.modifiers.ifn_effect = 0.2;
  EXPECT_DOUBLE_EQ(ifn_level(w.state.niches[0], w.model, levels), 0.14);
}

TEST(Susceptibility, MultipliesPresentationDrugsAndFas) {
  Parameters p;
  p.tcells.fas_multiplier = 2.0;
  StemCellWorld w(thousand, p);
  Clone clone;
  clone.presentation = full_presentation / 4;
  Levels levels{0.5, 1, 0};
  levels.modifiers.kill = 0.53;
  EXPECT_DOUBLE_EQ(susceptibility(w.state.niches[0], clone, w.model, levels), 0.25 * 0.53 * 1.5);
  levels.modifiers.antigen = 0.0;
  EXPECT_EQ(susceptibility(w.state.niches[0], clone, w.model, levels), 0.0);
}

TEST(NicheLoss, HasTheRatesOfTheScenario) {
  Parameters p;
  p.niches.loss = NicheLossParameters{0.04, 0.01};
  StemCellWorld w(thousand, p);
  for (std::uint32_t n = 0; n < 900; ++n) w.vacate(n);
  advance_niche_clocks(w.state, w.model, Levels{0.5, 1, 0});
  const auto lost = static_cast<double>(w.count(Counter::niches_lost));
  EXPECT_LT(std::abs(z_score(lost, 900, -std::expm1(-0.02))), five_sigma);
  EXPECT_EQ(census_of_niches(w.state).lost, w.count(Counter::niches_lost));
  EXPECT_EQ(census_of_niches(w.state).stem, 100) << "a held niche is not lost";
  for (int h = 1; h < 2000; ++h) {
    w.state.step = h;
    advance_niche_clocks(w.state, w.model, Levels{1.0, 1, 0});
  }
  // Two states: lost share 0.04/(0.04 + 0.01), chances instead of rates.
  const double go = -std::expm1(-0.04);
  const double back = -std::expm1(-0.01);
  const auto now = static_cast<double>(census_of_niches(w.state).lost);
  EXPECT_LT(std::abs(z_score(now, 900, go / (go + back))), five_sigma);
}

}  // namespace
}  // namespace marrow
