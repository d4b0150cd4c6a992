// SPDX-License-Identifier: BSD-3-Clause
// Grafts into vacant niches and the conditioning before them (MODEL.md, "Infusion").
#include "core/rules/infusion.hpp"

#include "core/rules/founders.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid eight_hundred{{20, 20, 2}, 4};

StemCellWorld world_with_graft(std::uint64_t seed = 1, const NicheGrid& grid = eight_hundred) {
  Parameters p;
  p.scenario.seed = seed;
  FounderClone graft;
  graft.name = "graft";
  graft.genotype = hla_lost;
  graft.presentation = 0.0;
  graft.at = FounderTime::infusion;
  p.clones.founders = {graft};
  StemCellWorld w(grid, p);
  fill_niches(w.state, w.model);
  return w;
}

std::int64_t cells_of(const ModelState& state, std::uint32_t clone) {
  return std::ranges::count(state.niches, CellRecord::make(CellState::stem, clone));
}

TEST(Infusion, FillsVacantNichesOnly) {
  StemCellWorld w = world_with_graft();
  for (std::uint32_t n = 0; n < 300; ++n) w.vacate(n);
  w.state.niches[0] = CellRecord::make(CellState::apoptotic, 0, 3);
  w.state.niches[1] = CellRecord::make(CellState::lost, 0);
  EXPECT_EQ(infuse_stem_cells(w.state, w.model, 1, 120, 5), 120);
  EXPECT_EQ(cells_of(w.state, 1), 120);
  EXPECT_EQ(cells_of(w.state, 0), 500);
  EXPECT_EQ(w.state.niches[0], CellRecord::make(CellState::apoptotic, 0, 3));
  EXPECT_EQ(w.state.niches[1], CellRecord::make(CellState::lost, 0));
  EXPECT_EQ(w.count(Counter::stem_infused), 120);
}

TEST(Infusion, LosesCellsThatFindNoNiche) {
  StemCellWorld w = world_with_graft();
  EXPECT_EQ(infuse_stem_cells(w.state, w.model, 1, 10, 5), 0);
  EXPECT_EQ(w.state.clones[1].birth_step, not_yet_born);
  for (std::uint32_t n = 10; n < 17; ++n) w.vacate(n);
  EXPECT_EQ(infuse_stem_cells(w.state, w.model, 1, 10, 6), 7);
  EXPECT_EQ(infuse_stem_cells(w.state, w.model, 1, 0, 7), 0);
  EXPECT_EQ(w.count(Counter::stem_infused), 7);
}

TEST(Infusion, TheFirstOneIsTheBirthOfTheClone) {
  StemCellWorld w = world_with_graft();
  for (std::uint32_t n = 0; n < 100; ++n) w.vacate(n);
  w.state.step = 1000;
  infuse_stem_cells(w.state, w.model, 1, 4, 1);
  EXPECT_EQ(w.state.clones[1].birth_step, 1000);
  const SiteIndex site = w.state.clones[1].birth_site;
  const auto at = std::ranges::find(w.model.niches, site, &Niche::site) - w.model.niches.begin();
  EXPECT_EQ(w.state.niches[static_cast<std::size_t>(at)].clone(), 1u);
  w.state.step = 2000;
  infuse_stem_cells(w.state, w.model, 1, 4, 2);
  EXPECT_EQ(w.state.clones[1].birth_step, 1000);
  EXPECT_EQ(w.state.clones[1].birth_site, site);
}

TEST(Infusion, SpreadsEvenlyAndByItsKey) {
  constexpr NicheGrid small{{20, 1, 1}, 4};
  StemCellWorld w = world_with_graft(3, small);
  std::array<double, 20> taken{};
  for (std::uint64_t key = 0; key < 4000; ++key) {
    for (std::uint32_t n = 0; n < 20; ++n) w.vacate(n);
    infuse_stem_cells(w.state, w.model, 1, 1, key);
    for (std::size_t n = 0; n < 20; ++n) taken[n] += w.state.niches[n].clone();
  }
  EXPECT_LT(test::chi_square(taken), test::chi_square_limit(19));
}

TEST(Infusion, ScalesThePatientsCellsToTheBox) {
  StemCellWorld w = world_with_graft();  // 800 niches for 2e5 cells: 1 of 250
  EXPECT_EQ(cells_for_box(0.0, w.model, 1), 0);
  EXPECT_EQ(cells_for_box(25'000.0, w.model, 1), 100);
  double above = 0;
  constexpr double grafts = 20'000;
  for (std::uint64_t key = 0; key < 20'000; ++key) {
    const std::int64_t cells = cells_for_box(325.0, w.model, key);
    ASSERT_TRUE(cells == 1 || cells == 2);
    above += cells == 2 ? 1 : 0;
  }
  EXPECT_LT(std::abs(z_score(above, grafts, 0.3)), five_sigma);
}

TEST(Conditioning, RemovesStemCellsOfEveryCloneByItsLogKill) {
  constexpr NicheGrid large{{100, 100, 2}, 4};
  for (const double log10_kill : {0.3, 1.0, 2.0}) {
    StemCellWorld w = world_with_graft(1, large);
    for (std::uint32_t n = 0; n < 10'000; ++n) w.put(n, 1);
    const std::int64_t removed = deplete_host(w.state, w.model, log10_kill, 9);
    const double survival = std::pow(10.0, -log10_kill);
    for (const std::uint32_t clone : {0u, 1u}) {
      const auto left = static_cast<double>(cells_of(w.state, clone));
      EXPECT_LT(std::abs(z_score(left, 10'000, survival)), five_sigma) << log10_kill;
    }
    EXPECT_EQ(std::ranges::count(w.state.niches, CellRecord()), removed);
    EXPECT_EQ(w.count(Counter::stem_depleted), removed);
  }
}

TEST(Conditioning, TouchesLiveCellsOnlyAndNoneAtZero) {
  StemCellWorld w = world_with_graft();
  for (std::uint32_t n = 0; n < 400; ++n) {
    w.state.niches[n] = CellRecord::make(CellState::apoptotic, 0, 4);
  }
  const std::vector<CellRecord> before = w.state.niches;
  EXPECT_EQ(deplete_host(w.state, w.model, 0.0, 9), 0);
  EXPECT_EQ(w.state.niches, before);
  EXPECT_EQ(deplete_host(w.state, w.model, 30.0, 9), 400);
  EXPECT_EQ(std::ranges::count(w.state.niches, CellRecord::make(CellState::apoptotic, 0, 4)), 400);
}

TEST(Conditioning, IsKeyed) {
  const auto after = [](std::uint64_t seed, std::uint64_t key) {
    StemCellWorld w = world_with_graft(seed);
    deplete_host(w.state, w.model, 0.5, key);
    return w.state.niches;
  };
  EXPECT_EQ(after(1, 2), after(1, 2));
  EXPECT_NE(after(1, 2), after(1, 3));
  EXPECT_NE(after(1, 2), after(2, 2));
}

}  // namespace
}  // namespace marrow
