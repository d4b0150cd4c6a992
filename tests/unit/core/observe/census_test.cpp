// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/census.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace marrow {
namespace {

/// 4 normal, 3 of a founder with eps 1/4, 2 of its mutant with eps 0, 2 of another founder; 3
/// dying, 5 vacant.
ModelState mixed_marrow() {
  ModelState state;
  state.clones = {Clone{}, Clone{0, gpi_negative, 0, full_presentation / 4, 1, 0, 0, 0.0},
                  Clone{0, driver, 0, full_presentation, 2, 0, 0, 0.0},
                  Clone{1, gpi_negative | hla_lost, 0, 0, 1, 50, 0, 0.0}};
  const auto put = [&](int cells, CellRecord record) {
    for (int i = 0; i < cells; ++i) state.niches.push_back(record);
  };
  put(4, CellRecord::make(CellState::stem, 0));
  put(2, CellRecord());
  put(3, CellRecord::make(CellState::stem, 1));
  put(1, CellRecord::make(CellState::apoptotic, 0, 6));
  put(2, CellRecord::make(CellState::stem, 3));
  put(2, CellRecord::make(CellState::apoptotic, 1, 1));
  put(2, CellRecord::make(CellState::stem, 2));
  put(3, CellRecord());
  return state;
}

TEST(Census, CountsEveryNicheOnce) {
  const Census census = census_of_niches(mixed_marrow());
  EXPECT_EQ(census.stem, 11);
  EXPECT_EQ(census.apoptotic, 3);
  EXPECT_EQ(census.vacant, 5);
  EXPECT_EQ(census.effector, 0);
  EXPECT_EQ(census.engaged, 0);
}

TEST(Census, ANicheThatCanTakeNoCellIsNotVacant) {
  ModelState state = mixed_marrow();
  state.niches[4] = state.niches[5] = CellRecord::make(CellState::lost, 0);
  const Census census = census_of_niches(state);
  EXPECT_EQ(census.lost, 2);
  EXPECT_EQ(census.vacant, 3);
  EXPECT_EQ(census.stem, 11);
}

TEST(Census, AntigenIsWhatLiveCellsPresent) {
  // 4 + 2 of full presentation, 3 of a quarter; escaped and dying cells present nothing.
  EXPECT_EQ(census_of_niches(mixed_marrow()).antigen,
            6 * std::int64_t{full_presentation} + 3 * (full_presentation / 4));
}

TEST(Census, OfAMarrowWithoutNichesIsZero) { EXPECT_EQ(census_of_niches(ModelState{}), Census{}); }

TEST(Census, AntigenOfALargeMarrowDoesNotOverflow) {
  ModelState state;
  state.clones = {Clone{}};
  state.niches.assign(200'000, CellRecord::make(CellState::stem, 0));
  EXPECT_EQ(census_of_niches(state).antigen, 200'000 * std::int64_t{full_presentation});
}

TEST(CensusOfFounders, CountsLiveCellsWithTheFounderTheyDescendFrom) {
  const auto cells = census_of_founders(mixed_marrow(), 2);
  EXPECT_EQ(cells, (std::vector<std::int64_t>{4, 5, 2}));
  EXPECT_EQ(std::accumulate(cells.begin(), cells.end(), std::int64_t{0}),
            census_of_niches(mixed_marrow()).stem);
}

TEST(CensusOfFounders, HasAPlaceForFoundersWithoutCells) {
  EXPECT_EQ(census_of_founders(mixed_marrow(), 4), (std::vector<std::int64_t>{4, 5, 2, 0, 0}));
  EXPECT_EQ(census_of_founders(ModelState{}, 0), std::vector<std::int64_t>{0});
}

/// A founder that lacks HLA; classes that lose HLA, lose GPI, or are without a mark.
CloneParameters mutable_clones() {
  CloneParameters clones;
  clones.founders.push_back({.name = "escape", .genotype = hla_lost});
  clones.mutations = {{.name = "a", .genotype = hla_lost},
                      {.name = "b", .genotype = gpi_negative},
                      {.name = "neutral"}};
  return clones;
}

TEST(CensusOfMutants, GroupsAreWhatMutationCanBringAbout) {
  const CloneParameters clones = mutable_clones();
  const auto groups = mutant_groups(clones);
  EXPECT_EQ(groups, (std::vector<MutantGroup>{{0, hla_lost},
                                              {0, gpi_negative},
                                              {0, hla_lost | gpi_negative},
                                              {1, hla_lost | gpi_negative}}));
  EXPECT_EQ(mutant_group_name(groups[0], clones), "hla_lacking_in_normal");
  EXPECT_EQ(mutant_group_name(groups[3], clones), "hla_lacking_gpi_negative_in_escape");
  EXPECT_TRUE(mutant_groups(CloneParameters{}).empty()) << "nothing mutates";
}

TEST(CensusOfMutants, CountsLiveCellsByLineAndGenotype) {
  ModelState state;
  state.clones.resize(4);
  state.clones[1] = {.genotype = hla_lost, .founder = 1};
  state.clones[2] = {.parent = 0, .genotype = hla_lost, .mutations = 1};
  state.clones[3] = {
      .parent = 1, .genotype = hla_lost | gpi_negative, .mutations = 2, .founder = 1};
  for (const std::uint32_t clone : {0U, 1U, 2U, 2U, 3U, 3U, 3U}) {
    state.niches.push_back(CellRecord::make(CellState::stem, clone));
  }
  state.niches.push_back(CellRecord::make(CellState::apoptotic, 2, 2));
  EXPECT_EQ(census_of_mutants(state, mutant_groups(mutable_clones())),
            (std::vector<std::int64_t>{2, 0, 0, 3}));
}

}  // namespace
}  // namespace marrow
