// SPDX-License-Identifier: BSD-3-Clause
// Turnover by single events: who replaces whom, with which chance (MODEL.md, "Verification
// switches").
#include "core/rules/replacement.hpp"

#include "core/random/weight_tree.hpp"
#include "core/tissue/niche_grid.hpp"
#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <numeric>

namespace marrow {
namespace {

/// Niches on a grid, in replicas, without a tissue.
struct GridWorld {
  Model model;
  Replicas replicas;
  NicheGraph graph;

  explicit GridWorld(const Parameters& p)
      : model(p, niche_grid(p.niches, p.lattice()), 1.0, 26.0),
        replicas(p.niches, p.lattice(), model.niche_count()),
        graph(model, replicas, NicheIndex(model.niches, model.lattice, p.hspc)) {}
};

Parameters grid(std::int64_t niches, std::int64_t replica_edge, StemCellUpdate update) {
  Parameters p;
  p.domain = {{3 * niches, 3 * niches, 3 * niches}, 10.0, Boundary::periodic};
  p.niches.arrangement = NicheArrangement::grid;
  p.niches.replica_edge = replica_edge;
  p.hspc.placement_radius_um = 30.0;
  p.hspc.update = update;
  return p;
}

/// Three niches in a row, 0 - 1 - 2, the ends not neighbours: one system.
Parameters row_of_three(StemCellUpdate update) {
  Parameters p = grid(1, 0, update);
  p.domain = {{9, 3, 3}, 10.0, Boundary::reflecting};
  return p;
}

std::vector<CellRecord> cells_of(std::initializer_list<std::uint32_t> clones) {
  std::vector<CellRecord> cells;
  for (const std::uint32_t c : clones) cells.push_back(CellRecord::make(CellState::stem, c));
  return cells;
}

TEST(NicheGrid, FillsTheLatticeWithNichesInTheMiddleOfTheirCubes) {
  Parameters p = grid(4, 0, StemCellUpdate::voter);
  p.domain.size_voxels = {15, 10, 20};
  p.niches.grid_spacing_um = 50.0;
  const NicheTable table = niche_grid(p.niches, p.lattice());
  ASSERT_EQ(table.size(), 3u * 2u * 4u);
  for (std::size_t n = 0; n < table.size(); ++n) {
    const Index3 at = p.lattice().position(table[n].site);
    const auto i = static_cast<std::int64_t>(n);
    EXPECT_EQ(at, (Index3{i % 3 * 5 + 2, i / 3 % 2 * 5 + 2, i / 6 * 5 + 2}));
    EXPECT_EQ(table[n].type, NicheType::perisinusoidal);
  }
  EXPECT_TRUE(std::ranges::is_sorted(table, {}, &Niche::site));
}

TEST(Replicas, ShareTheGridOutWithoutRest) {
  const GridWorld w(grid(6, 3, StemCellUpdate::voter));
  EXPECT_EQ(w.replicas.count(), 8);
  EXPECT_EQ(w.replicas.size(), 27);
  std::vector<int> seen(216);
  for (std::int64_t r = 0; r < 8; ++r) {
    const Index3 corner = w.model.lattice.position(w.model.niches[w.replicas.first(r)].site);
    for (std::int64_t place = 0; place < 27; ++place) {
      const std::uint32_t n = w.replicas.niche(r, place);
      ++seen[n];
      const Index3 at = w.model.lattice.position(w.model.niches[n].site) - corner;
      EXPECT_EQ(at, (Index3{place % 3 * 3, place / 3 % 3 * 3, place / 9 * 3}));
    }
  }
  EXPECT_EQ(seen, std::vector<int>(216, 1));
}

TEST(Replicas, AreOneWhereTheLatticeIsNotTiled) {
  const GridWorld w(grid(4, 0, StemCellUpdate::voter));
  EXPECT_EQ(w.replicas.count(), 1);
  EXPECT_EQ(w.replicas.size(), 64);
  EXPECT_EQ(w.replicas.niche(0, 63), 63u);
}

TEST(NicheGraph, OfAReplicaIsClosedOnItself) {
  const GridWorld w(grid(8, 4, StemCellUpdate::voter));
  ASSERT_EQ(w.graph.size(), 64u);
  const auto around = w.graph.neighbours(0);
  EXPECT_EQ(std::vector<std::uint32_t>(around.begin(), around.end()),
            (std::vector<std::uint32_t>{1, 3, 4, 12, 16, 48}));
  EXPECT_FALSE(w.graph.has_hermits());
}

TEST(NicheGraph, OfOneReplicaIsThatOfThePeriodicLattice) {
  const GridWorld tiled(grid(5, 5, StemCellUpdate::voter));
  const GridWorld whole(grid(5, 0, StemCellUpdate::voter));
  for (std::size_t place = 0; place < 125; ++place) {
    EXPECT_TRUE(std::ranges::equal(tiled.graph.neighbours(place), whole.graph.neighbours(place)));
  }
}

TEST(NicheGraph, CountsEachNicheOnceWhereTheRadiusCoversTheReplica) {
  for (const std::int64_t edge : {3, 4}) {
    Parameters p = grid(edge, edge, StemCellUpdate::voter);
    p.hspc.placement_radius_um = 1000.0;
    const GridWorld w(p);
    for (std::size_t place = 0; place < w.graph.size(); ++place) {
      std::vector<std::uint32_t> others(w.graph.size());
      std::iota(others.begin(), others.end(), 0u);
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(place));
      EXPECT_TRUE(std::ranges::equal(w.graph.neighbours(place), others));
    }
  }
}

TEST(NicheGraph, KnowsHermits) {
  Parameters p = grid(4, 4, StemCellUpdate::voter);
  p.hspc.placement_radius_um = 29.0;
  EXPECT_TRUE(GridWorld(p).graph.has_hermits());
}

TEST(WeightTree, FindsEachItemInItsOwnInterval) {
  for (const std::size_t n : {1u, 2u, 3u, 7u, 8u, 9u, 100u}) {
    std::vector<std::uint64_t> weight(n);
    for (std::size_t i = 0; i < n; ++i) weight[i] = i * i % 5;
    weight[n / 2] = 7;
    WeightTree tree;
    tree.assign(n, [&](std::size_t i) { return weight[i]; });
    for (const std::uint64_t changed : {7u, 0u, 3u}) {
      tree.change(n / 2, weight[n / 2], changed);
      weight[n / 2] = changed;
      std::vector<std::size_t> items;
      for (std::size_t i = 0; i < n; ++i) items.insert(items.end(), weight[i], i);
      ASSERT_EQ(tree.total(), items.size());
      for (std::size_t point = 0; point < items.size(); ++point) {
        EXPECT_EQ(tree.find(point), items[point]) << n << " items, point " << point;
      }
    }
  }
}

TEST(ReplacementWeights, AreFitnessOrItsInverse) {
  StemCellParameters hspc;
  CloneTable clones(2);
  clones[1].growth_per_h = hspc.homeostatic_rate_per_h;  // twice as fast
  const std::uint64_t one = std::uint64_t{1} << 32;
  EXPECT_EQ(replacement_weights(clones, hspc), (std::vector<std::uint64_t>{one, 2 * one}));
  hspc.fitness_acts_on = FitnessActsOn::death;
  EXPECT_EQ(replacement_weights(clones, hspc), (std::vector<std::uint64_t>{one, one / 2}));
}

/// How often one event from {1, 0, 0} in a row of three ends in each of the 8 states; clone 1 has
/// the weight `fitness`.
std::array<double, 8> outcomes(StemCellUpdate update, FitnessActsOn acts_on, double fitness) {
  Parameters p = row_of_three(update);
  p.hspc.fitness_acts_on = acts_on;
  p.hspc.events_per_hour = 1;
  const GridWorld w(p);
  CloneTable clones(2);
  clones[1].growth_per_h = (fitness - 1.0) * p.hspc.homeostatic_rate_per_h;
  const auto weights = replacement_weights(clones, p.hspc);
  std::array<double, 8> count{};
  for (std::uint64_t step = 0; step < 60000; ++step) {
    auto cells = cells_of({1, 0, 0});
    const auto done = replace_stem_cells(cells, w.graph, weights, w.model, 5, step);
    EXPECT_EQ(done.settled, 1);
    EXPECT_EQ(done.lost, 0);
    ++count[cells[0].clone() + 2 * cells[1].clone() + 4 * cells[2].clone()];
  }
  return count;
}

/// Chances of no mutant, of the one as before, and of two; nothing else can be.
void expect_outcomes(const std::array<double, 8>& count, double none, double two) {
  EXPECT_EQ(count[0] + count[1] + count[3], 60000.0);
  const std::array<double, 3> observed = {count[0], count[1], count[3]};
  const std::array<double, 3> expected = {60000 * none, 60000 * (1 - none - two), 60000 * two};
  EXPECT_LT(test::chi_square(observed, expected), test::chi_square_limit(2));
}

TEST(BirthDeath, ChoosesTheParentByFitnessAndTheNeighbourEvenly) {
  // Parent 0 has weight 3 of 5 and one neighbour; parent 1 replaces 0 in half of its turns.
  expect_outcomes(outcomes(StemCellUpdate::moran_birth_death, FitnessActsOn::birth, 3.0), 0.2 * 0.5,
                  0.6);
}

TEST(DeathBirth, LetsNeighboursCompeteByFitness) {
  // 0 dies: 1 follows. 1 dies: 0 follows with weight 3 of 4. 2 dies: 1 follows.
  expect_outcomes(outcomes(StemCellUpdate::moran_death_birth, FitnessActsOn::birth, 3.0), 1.0 / 3,
                  1.0 / 3 * 0.75);
}

TEST(DeathBirth, LetsTheUnfitDieWhereFitnessActsOnDeath) {
  // Weights of death 1/3, 1, 1; a dead 1 is followed by either neighbour.
  expect_outcomes(outcomes(StemCellUpdate::moran_death_birth, FitnessActsOn::death, 3.0), 1.0 / 7,
                  3.0 / 7 * 0.5);
}

TEST(Voter, TakesTheStateOfAnyNeighbourWhateverItsFitness) {
  expect_outcomes(outcomes(StemCellUpdate::voter, FitnessActsOn::birth, 3.0), 1.0 / 3,
                  1.0 / 3 * 0.5);
}

TEST(Replacement, OfHermitsLosesTheDaughterOrLeavesTheCell) {
  for (const auto update : {StemCellUpdate::moran_birth_death, StemCellUpdate::moran_death_birth,
                            StemCellUpdate::voter}) {
    Parameters p = row_of_three(update);
    p.hspc.placement_radius_um = 20.0;
    p.hspc.events_per_hour = 10;
    const GridWorld w(p);
    auto cells = cells_of({1, 0, 0});
    const auto done =
        replace_stem_cells(cells, w.graph, std::vector<std::uint64_t>{1, 2}, w.model, 0, 0);
    EXPECT_EQ(cells, cells_of({1, 0, 0}));
    EXPECT_EQ(done.settled, 0);
    EXPECT_EQ(done.lost, update == StemCellUpdate::moran_birth_death ? 10 : 0);
  }
}

TEST(Replacement, DrawsAnewForEachReplicaStepAndEvent) {
  Parameters p = grid(4, 4, StemCellUpdate::voter);
  p.hspc.events_per_hour = 20;
  const GridWorld w(p);
  const auto after = [&](std::uint64_t replica, std::uint64_t step, std::int64_t events) {
    GridWorld mine(w);
    mine.model.parameters.hspc.events_per_hour = events;
    std::vector<CellRecord> cells;
    std::vector<std::uint64_t> weights;
    for (std::uint32_t n = 0; n < 64; ++n) {
      cells.push_back(CellRecord::make(CellState::stem, n));
      weights.push_back(1);
    }
    replace_stem_cells(cells, w.graph, weights, mine.model, replica, step);
    return cells;
  };
  EXPECT_EQ(after(1, 7, 20), after(1, 7, 20));
  EXPECT_NE(after(1, 7, 20), after(2, 7, 20));
  EXPECT_NE(after(1, 7, 20), after(1, 8, 20));
  EXPECT_NE(after(1, 7, 20), after(1, 7, 21));
}

}  // namespace
}  // namespace marrow
