// SPDX-License-Identifier: BSD-3-Clause
// The marrow at the start and the clones that a scenario places (MODEL.md, "Initialization").
#include "core/rules/founders.hpp"

#include "core/cells/replicas.hpp"
#include "core/tissue/niche_grid.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace marrow {
namespace {

using test::NicheGrid;
using test::StemCellWorld;

constexpr NicheGrid eight_hundred{{20, 20, 2}, 4};

FounderClone founder(std::string name, std::int64_t cells, double share, FounderTime at) {
  FounderClone f;
  f.name = std::move(name);
  f.genotype = hla_lost;
  f.presentation = 0.25;
  f.growth_per_h = 1e-5;
  f.cells = cells;
  f.share = share;
  f.at = at;
  return f;
}

StemCellWorld world_of(std::vector<FounderClone> founders, std::uint64_t seed = 1,
                       const NicheGrid& grid = eight_hundred) {
  Parameters p;
  p.scenario.seed = seed;
  p.clones.founders = std::move(founders);
  StemCellWorld w(grid, p);
  fill_niches(w.state, w.model);
  return w;
}

std::int64_t cells_of(const ModelState& state, std::uint32_t clone) {
  return std::ranges::count_if(state.niches, [&](CellRecord c) {
    return c.state() == CellState::stem && c.clone() == clone;
  });
}

TEST(FillNiches, FillsEveryNicheWithNormalCells) {
  StemCellWorld w = world_of({founder("a", 5, 0, FounderTime::start)});
  EXPECT_EQ(w.state.niches, std::vector<CellRecord>(800, CellRecord::make(CellState::stem, 0)));
}

TEST(FillNiches, MakesACloneForTheNormalCellsAndOneForEachFounder) {
  FounderClone second = founder("b", 2, 0, FounderTime::trigger);
  second.genotype = gpi_negative | driver;
  second.presentation = 0.0;
  second.growth_per_h = 0.0;
  const StemCellWorld w = world_of({founder("a", 5, 0, FounderTime::start), second});
  ASSERT_EQ(w.state.clones.size(), 3u);
  EXPECT_EQ(w.state.clones[0], Clone{});
  EXPECT_EQ(w.state.clones[0].parent, no_parent);
  EXPECT_EQ(w.state.clones[1], (Clone{0, hla_lost, 0, full_presentation / 4, 1, 0, 0, 1e-5}));
  EXPECT_EQ(w.state.clones[2], (Clone{0, gpi_negative | driver, 0, 0, 2, 0, 0, 0.0}));
}

TEST(Founders, ComeInExactlyTheAskedNumberAndAtTheirTime) {
  StemCellWorld w =
      world_of({founder("a", 8, 0, FounderTime::start), founder("b", 17, 0, FounderTime::trigger)});
  place_founders(w.state, w.model, FounderTime::start);
  EXPECT_EQ(cells_of(w.state, 1), 8);
  EXPECT_EQ(cells_of(w.state, 2), 0);
  w.state.step = 720;
  place_founders(w.state, w.model, FounderTime::trigger);
  EXPECT_EQ(cells_of(w.state, 1), 8);
  EXPECT_EQ(cells_of(w.state, 2), 17);
  EXPECT_EQ(cells_of(w.state, 0), 800 - 25);
  EXPECT_EQ(w.state.clones[1].birth_step, 0);
  EXPECT_EQ(w.state.clones[2].birth_step, 720);
}

TEST(Founders, GivenAsAShareTakeThatShareOfTheNiches) {
  for (const auto& [share, cells] :
       {std::pair{0.01, 8}, std::pair{0.25, 200}, std::pair{1.0, 800}}) {
    StemCellWorld w = world_of({founder("a", 0, share, FounderTime::start)});
    place_founders(w.state, w.model, FounderTime::start);
    EXPECT_EQ(cells_of(w.state, 1), cells);
  }
}

TEST(Founders, AShareBetweenTwoNumbersGivesOneOfTheTwo) {
  for (const double share : {0.0003, 0.0141, 0.3337}) {
    StemCellWorld w = world_of({founder("a", 0, share, FounderTime::start)});
    place_founders(w.state, w.model, FounderTime::start);
    EXPECT_LT(std::abs(static_cast<double>(cells_of(w.state, 1)) - share * 800), 1.0);
  }
}

TEST(Founders, SayHowManyFoundNoPlace) {
  StemCellWorld w = world_of(
      {founder("a", 790, 0, FounderTime::start), founder("b", 60, 0, FounderTime::trigger)});
  EXPECT_EQ(place_founders(w.state, w.model, FounderTime::start), 0);
  EXPECT_EQ(place_founders(w.state, w.model, FounderTime::trigger), 50);
  EXPECT_EQ(cells_of(w.state, 2), 10);
}

TEST(FillNiches, ADonorDescendsFromNoneOfThePatientsCells) {
  Parameters p;
  for (const char* name : {"donor", "engineered"}) {
    p.clones.founders.push_back(founder(name, 0, 0, FounderTime::infusion));
  }
  TherapyEvent transplant;
  transplant.drug = Drug::transplant;
  transplant.clone = "donor";
  p.therapy.push_back(transplant);
  StemCellWorld w(eight_hundred, p);
  fill_niches(w.state, w.model);
  EXPECT_EQ(w.state.clones[1].parent, no_parent);
  EXPECT_EQ(w.state.clones[2].parent, 0u);
}

TEST(Founders, ReplaceLiveNormalCellsOnly) {
  StemCellWorld w = world_of(
      {founder("a", 100, 0, FounderTime::start), founder("b", 300, 0, FounderTime::trigger)});
  place_founders(w.state, w.model, FounderTime::start);
  for (std::uint32_t n = 0; n < 800; n += 4) w.vacate(n);
  for (std::uint32_t n = 1; n < 800; n += 4) {
    w.state.niches[n] = CellRecord::make(CellState::apoptotic, 0, 3);
  }
  const std::vector<CellRecord> before = w.state.niches;
  place_founders(w.state, w.model, FounderTime::trigger);
  for (std::size_t n = 0; n < 800; ++n) {
    if (before[n] == CellRecord::make(CellState::stem, 0)) continue;
    EXPECT_EQ(w.state.niches[n], before[n]);
  }
  EXPECT_EQ(cells_of(w.state, 2), 300);
}

TEST(Founders, TakeAllNormalCellsWhenThereAreFewerThanAsked) {
  StemCellWorld w = world_of({founder("a", 500, 0, FounderTime::trigger)});
  for (std::uint32_t n = 40; n < 800; ++n) w.vacate(n);
  place_founders(w.state, w.model, FounderTime::trigger);
  EXPECT_EQ(cells_of(w.state, 1), 40);
  EXPECT_EQ(cells_of(w.state, 0), 0);
}

TEST(Founders, FindNobodyToReplaceInAnEmptyMarrow) {
  StemCellWorld w = world_of({founder("a", 5, 0, FounderTime::trigger)});
  for (std::uint32_t n = 0; n < 800; ++n) w.vacate(n);
  const std::vector<CellRecord> before = w.state.niches;
  place_founders(w.state, w.model, FounderTime::trigger);
  EXPECT_EQ(w.state.niches, before);
}

TEST(Founders, SitWhereTheSeedPutsThem) {
  const auto placed = [](std::uint64_t seed) {
    StemCellWorld w = world_of(
        {founder("a", 8, 0, FounderTime::start), founder("b", 8, 0, FounderTime::start)}, seed);
    place_founders(w.state, w.model, FounderTime::start);
    return w.state;
  };
  EXPECT_EQ(placed(4), placed(4));
  EXPECT_NE(placed(4).niches, placed(5).niches);
}

TEST(Founders, HaveTheirBirthSiteAtOneOfTheirCells) {
  StemCellWorld w = world_of({founder("a", 6, 0, FounderTime::start)});
  place_founders(w.state, w.model, FounderTime::start);
  bool found = false;
  for (std::uint32_t n = 0; n < 800; ++n) {
    found = found || (w.state.niches[n].clone() == 1 &&
                      w.model.niches[n].site == w.state.clones[1].birth_site);
  }
  EXPECT_TRUE(found);
}

TEST(Founders, AreSpreadEvenlyOverTheNiches) {
  constexpr NicheGrid small{{20, 1, 1}, 4};
  std::array<double, 20> taken{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    StemCellWorld w = world_of({founder("a", 1, 0, FounderTime::start)}, seed, small);
    place_founders(w.state, w.model, FounderTime::start);
    for (std::size_t n = 0; n < 20; ++n) taken[n] += w.state.niches[n].clone();
  }
  EXPECT_LT(test::chi_square(taken), test::chi_square_limit(19));
}

TEST(Founders, ThatTherapyInfusesWaitInTheCloneTable) {
  StemCellWorld w = world_of(
      {founder("graft", 0, 0, FounderTime::infusion), founder("b", 5, 0, FounderTime::start)});
  place_founders(w.state, w.model, FounderTime::start);
  place_founders(w.state, w.model, FounderTime::trigger);
  ASSERT_EQ(w.state.clones.size(), 3u);
  EXPECT_EQ(w.state.clones[1].genotype, std::uint32_t{hla_lost});
  EXPECT_EQ(w.state.clones[1].birth_step, not_yet_born);
  EXPECT_EQ(cells_of(w.state, 1), 0);
  EXPECT_EQ(cells_of(w.state, 2), 5);
}

TEST(Founders, ComeInTheAskedNumberIntoEachReplica) {
  Parameters p;
  p.domain = {{18, 18, 18}, 10.0, Boundary::periodic};
  p.niches.arrangement = NicheArrangement::grid;
  p.niches.replica_edge = 3;
  p.clones.founders = {founder("a", 2, 0, FounderTime::start)};
  const Model model(p, niche_grid(p.niches, p.lattice()), 1.0, 26.0);
  const Replicas replicas(p.niches, p.lattice(), model.niche_count());
  ModelState state;
  fill_niches(state, model);
  place_founders(state, model, FounderTime::start);
  std::array<bool, 27> used{};
  for (std::int64_t r = 0; r < 8; ++r) {
    int cells = 0;
    for (std::int64_t place = 0; place < 27; ++place) {
      if (state.niches[replicas.niche(r, place)].clone() != 1) continue;
      used[static_cast<std::size_t>(place)] = true;
      ++cells;
    }
    EXPECT_EQ(cells, 2);
  }
  EXPECT_GT(std::ranges::count(used, true), 4);  // not the same places in all
}

TEST(Barcodes, MakeEveryStemCellACloneLikeItsOwn) {
  StemCellWorld w = world_of({founder("a", 5, 0, FounderTime::start)});
  place_founders(w.state, w.model, FounderTime::start);
  w.vacate(17);
  const std::vector<CellRecord> before = w.state.niches;
  barcode_stem_cells(w.state, w.model);
  ASSERT_EQ(w.state.clones.size(), 2u + 799u);
  std::uint32_t next = 2;
  for (std::uint32_t n = 0; n < 800; ++n) {
    if (n == 17) {
      EXPECT_TRUE(w.vacant(n));
      continue;
    }
    EXPECT_EQ(w.state.niches[n], CellRecord::make(CellState::stem, next));
    Clone expected = w.state.clones[before[n].clone()];
    expected.parent = before[n].clone();
    expected.birth_site = w.model.niches[n].site;
    EXPECT_EQ(w.state.clones[next], expected);
    ++next;
  }
}

TEST(Founders, AlsoReplaceNormalCellsThatCarryBarcodes) {
  StemCellWorld w =
      world_of({founder("a", 5, 0, FounderTime::start), founder("b", 7, 0, FounderTime::trigger)});
  place_founders(w.state, w.model, FounderTime::start);
  barcode_stem_cells(w.state, w.model);
  place_founders(w.state, w.model, FounderTime::trigger);
  EXPECT_EQ(cells_of(w.state, 2), 7);
  const auto from_a = std::ranges::count_if(
      w.state.niches, [&](CellRecord c) { return w.state.clones[c.clone()].founder == 1; });
  EXPECT_EQ(from_a, 5);
}

}  // namespace
}  // namespace marrow
