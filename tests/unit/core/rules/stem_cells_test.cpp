// SPDX-License-Identifier: BSD-3-Clause
// The acts of stem cells (MODEL.md, "Stem cells") against the probabilities that the rates imply.
#include "core/rules/stem_cells.hpp"

#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid thousand{{10, 10, 10}, 4};

double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

std::vector<std::uint32_t> all_niches(const StemCellWorld& w) {
  std::vector<std::uint32_t> niches(w.state.niches.size());
  std::iota(niches.begin(), niches.end(), 0u);
  return niches;
}

std::vector<StemEvent> acts(const StemCellWorld& w, const Levels& levels,
                            const std::vector<std::uint32_t>& hits = {}) {
  return choose_stem_acts(w.state, w.model, w.neighbourhoods, levels, {}, all_niches(w), hits);
}

/// How often each act (by its number) was chosen over `steps` hours of an unchanging marrow.
std::array<double, 5> count_acts(StemCellWorld& w, const Levels& levels, int steps) {
  std::array<double, 5> count{};
  for (int s = 0; s < steps; ++s) {
    w.state.step = s;
    for (const StemEvent& e : acts(w, levels)) ++count[static_cast<std::size_t>(e.act)];
  }
  return count;
}

double count_of(const std::array<double, 5>& count, StemAct act) {
  return count[static_cast<std::size_t>(act)];
}

Parameters fast_cells() {
  Parameters p;
  p.hspc.homeostatic_rate_per_h = 0.05;
  p.hspc.stress_rate_per_h = 0.40;
  p.hspc.relocation_rate_per_h = 0.12;
  p.hspc.ifn_inhibition = 0.34;
  return p;
}

TEST(StemActs, HaveTheChancesOfTheirRates) {
  StemCellWorld w(thousand, fast_cells());
  const Levels levels{0.8, 0.5, 0.6};
  const double f = 1.0 / (1.0 + 0.34 * 0.8);
  const double n = 200'000;
  const auto count = count_acts(w, levels, 200);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::differentiate), n, chance(0.05))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::divide), n, chance(0.05 + 0.40 * 0.6 * f))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::relocate), n, chance(0.12))), five_sigma);
  EXPECT_EQ(count_of(count, StemAct::hit), 0.0);
}

TEST(StemActs, OfTheDefaultsAreOncePerFortyWeeksAndWithVacancySixPerHundredWeeksMore) {
  StemCellWorld w(thousand);
  const Levels levels{1.0, 1.0, 0.5};
  const double divide = 1.488e-4 + 3.571e-4 * 0.5 / 1.34;
  const double n = 1e6;
  const auto count = count_acts(w, levels, 1000);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::differentiate), n, chance(1.488e-4))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::divide), n, chance(divide))), five_sigma);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::relocate), n, chance(0.02 / 24))),
            five_sigma);
}

TEST(StemActs, BalanceInAFullMarrow) {
  // Symmetric: without vacancy a cell leaves as often as it divides.
  StemCellWorld w(thousand, fast_cells());
  const auto count = count_acts(w, Levels{0, 1, 0}, 200);
  const double leave = count_of(count, StemAct::differentiate);
  const double divide = count_of(count, StemAct::divide);
  EXPECT_LT(std::abs(z_score(divide, leave + divide, 0.5)), five_sigma);
}

TEST(StemActs, CutOneDrawIntoIntervalsInTheOrderOfTheRules) {
  StemCellWorld w(thousand, fast_cells());
  const Levels levels{0.3, 0.5, 0.2};
  const double leave = chance(0.05);
  const double divide = leave + chance(0.05 + 0.40 * 0.2 / (1.0 + 0.34 * 0.3));
  const double relocate = divide + chance(0.12);
  int judged = 0;
  for (int s = 0; s < 20; ++s) {
    w.state.step = s;
    const std::vector<StemEvent> chosen = acts(w, levels);
    for (std::uint32_t n = 0; n < w.state.niches.size(); ++n) {
      const double u = std::ldexp(
          static_cast<double>(w.model.draws(Purpose::stem_act, Entity::niche, n, s).first), -64);
      const bool on_an_edge = std::abs(u - leave) < 1e-12 || std::abs(u - divide) < 1e-12 ||
                              std::abs(u - relocate) < 1e-12;
      if (on_an_edge) continue;
      const auto found = std::ranges::find(chosen, n, &StemEvent::niche);
      if (u >= relocate) {
        EXPECT_EQ(found, chosen.end());
      } else {
        ASSERT_NE(found, chosen.end()) << "niche " << n << " at u = " << u;
        EXPECT_EQ(found->act, u < leave    ? StemAct::differentiate
                              : u < divide ? StemAct::divide
                                           : StemAct::relocate);
      }
      ++judged;
    }
  }
  EXPECT_GT(judged, 19'990);
}

TEST(StemActs, GrowthOfACloneAddsToItsDivisionOnly) {
  StemCellWorld w(thousand, fast_cells());
  w.state.clones.push_back({0, driver, 0, full_presentation, 1, 0, 0, 0.25});
  for (std::uint32_t n = 0; n < 1000; n += 2) w.put(n, 1);
  std::array<double, 2> divide{};
  std::array<double, 2> leave{};
  for (int s = 0; s < 200; ++s) {
    w.state.step = s;
    for (const StemEvent& e : acts(w, Levels{0, 1, 0.1})) {
      const std::uint32_t clone = w.state.niches[e.niche].clone();
      divide[clone] += e.act == StemAct::divide ? 1 : 0;
      leave[clone] += e.act == StemAct::differentiate ? 1 : 0;
    }
  }
  EXPECT_LT(std::abs(z_score(divide[0], 1e5, chance(0.05 + 0.04))), five_sigma);
  EXPECT_LT(std::abs(z_score(divide[1], 1e5, chance(0.05 + 0.04 + 0.25))), five_sigma);
  EXPECT_LT(std::abs(z_score(leave[0], 1e5, chance(0.05))), five_sigma);
  EXPECT_LT(std::abs(z_score(leave[1], 1e5, chance(0.05))), five_sigma);
}

TEST(StemActs, AThrombopoietinAgonistMultipliesTheStressTermOnly) {
  StemCellWorld w(thousand, fast_cells());
  const Levels levels{0, 1, 0.3, Modifiers{.stem_division = 2.5}};
  const auto count = count_acts(w, levels, 200);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::divide), 2e5, chance(0.05 + 0.12 * 2.5))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::differentiate), 2e5, chance(0.05))),
            five_sigma);
}

TEST(StemActs, NegativeGrowthStopsDivisionButNeverTurnsItIntoSomethingElse) {
  StemCellWorld w(thousand, fast_cells());
  w.state.clones[0].growth_per_h = -1.0;
  const auto count = count_acts(w, Levels{0, 1, 0}, 200);
  EXPECT_EQ(count_of(count, StemAct::divide), 0.0);
  EXPECT_LT(std::abs(z_score(count_of(count, StemAct::relocate), 2e5, chance(0.12))), five_sigma);
}

TEST(StemActs, RatesThatOverfillTheUnitIntervalLeaveNothingForLaterActs) {
  Parameters p = fast_cells();
  p.hspc.homeostatic_rate_per_h = std::log(2.0);  // leaves with chance 1/2
  p.hspc.stress_rate_per_h = 5.0;                 // would divide with chance 0.997
  StemCellWorld w(thousand, p);
  const auto count = count_acts(w, Levels{0, 1, 1}, 20);
  const double leave = count_of(count, StemAct::differentiate);
  EXPECT_LT(std::abs(z_score(leave, 20'000, 0.5)), five_sigma);
  EXPECT_EQ(count_of(count, StemAct::divide), 20'000 - leave);
  EXPECT_EQ(count_of(count, StemAct::relocate), 0.0);
}

TEST(StemActs, HitApoptoticAndAbsentCellsDoNothing) {
  Parameters p = fast_cells();
  p.hspc.homeostatic_rate_per_h = 100.0;  // whoever may act does
  StemCellWorld w(thousand, p);
  const std::vector<std::uint32_t> hits = {0, 17, 500, 999};
  w.vacate(3);
  w.vacate(700);
  w.state.niches[8] = CellRecord::make(CellState::apoptotic, 0, 4);
  std::vector<std::uint32_t> silent = {0, 3, 8, 17, 500, 700, 999};
  std::vector<std::uint32_t> expected;
  std::ranges::set_difference(all_niches(w), silent, std::back_inserter(expected));
  std::vector<std::uint32_t> acting;
  for (const StemEvent& e : acts(w, Levels{0, 1, 0.1}, hits)) acting.push_back(e.niche);
  EXPECT_EQ(acting, expected);  // ascending, and one act each
}

TEST(StemActs, DoNotDependOnHowTheNichesAreSplitAmongRanks) {
  StemCellWorld w(thousand, fast_cells());
  w.state.step = 77;
  const Levels levels{0.2, 1, 0.4};
  const std::vector<std::uint32_t> hits = {5, 250, 251};
  std::vector<StemEvent> joined;
  for (std::uint32_t rank = 0; rank < 3; ++rank) {
    std::vector<std::uint32_t> share;
    for (std::uint32_t n = 0; n < 1000; ++n) {
      if (n / 7 % 3 == rank) share.push_back(n);
    }
    const auto part = choose_stem_acts(w.state, w.model, w.neighbourhoods, levels, {}, share, hits);
    EXPECT_TRUE(std::ranges::is_sorted(part));
    joined.insert(joined.end(), part.begin(), part.end());
  }
  std::ranges::sort(joined);
  const auto whole = acts(w, levels, hits);
  EXPECT_EQ(joined, whole);
  EXPECT_GT(whole.size(), 100u);
}

TEST(StemActs, GlobalVacancyIsTheSameForAll) {
  Parameters p = fast_cells();
  p.hspc.homeostatic_rate_per_h = 0.0;
  p.hspc.relocation_rate_per_h = 0.0;
  p.hspc.stress_rate_per_h = 100.0;
  StemCellWorld w(thousand, p);
  EXPECT_EQ(acts(w, Levels{0, 1, 0.5}).size(), 1000u);  // although no niche is vacant here
  EXPECT_TRUE(acts(w, Levels{0, 1, 0.0}).empty());
}

TEST(StemActs, LocalVacancyIsThatOfTheNeighbourhood) {
  // A row of niches 40 um apart with a radius of 85 um: two neighbours on each side.
  Parameters p = fast_cells();
  p.hspc.homeostatic_rate_per_h = 0.0;
  p.hspc.relocation_rate_per_h = 0.0;
  p.hspc.stress_rate_per_h = 0.8;
  p.hspc.ifn_inhibition = 0.0;
  p.hspc.vacancy = VacancyScope::local;
  p.hspc.placement_radius_um = 85.0;
  StemCellWorld w({{16, 1, 1}, 4}, p);
  w.vacate(6);
  w.vacate(7);
  w.state.niches[8] = CellRecord::make(CellState::apoptotic, 0, 6);  // holds its niche
  std::array<double, 16> divisions{};
  constexpr int steps = 40'000;
  for (int s = 0; s < steps; ++s) {
    w.state.step = s;
    for (const StemEvent& e : acts(w, Levels{0, 1, 1})) divisions[e.niche] += 1;
  }
  for (const std::uint32_t far : {0u, 1u, 2u, 3u, 10u, 15u}) EXPECT_EQ(divisions[far], 0.0);
  EXPECT_LT(std::abs(z_score(divisions[4], steps, chance(0.8 * 1 / 4))), five_sigma);
  EXPECT_LT(std::abs(z_score(divisions[5], steps, chance(0.8 * 2 / 4))), five_sigma);
  EXPECT_LT(std::abs(z_score(divisions[9], steps, chance(0.8 * 1 / 4))), five_sigma);
}

TEST(StemActs, LocalVacancyOfALonelyNicheIsZero) {
  Parameters p = fast_cells();
  p.hspc.homeostatic_rate_per_h = 0.0;
  p.hspc.relocation_rate_per_h = 0.0;
  p.hspc.stress_rate_per_h = 100.0;
  p.hspc.vacancy = VacancyScope::local;
  p.hspc.placement_radius_um = 30.0;
  StemCellWorld w({{2, 1, 1}, 4}, p);
  w.vacate(1);
  EXPECT_TRUE(acts(w, Levels{0, 1, 1}).empty());
}

}  // namespace
}  // namespace marrow
