// SPDX-License-Identifier: BSD-3-Clause
// The result must be a function of scenario and seed: every number of ranks, halo window and slab
// thickness gives the digests of a run on one rank alone.
#include "parallel/simulation.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <array>

namespace marrow::parallel {
namespace {

/// A small, fierce disease: everything that can happen happens within a few days.
Parameters fierce(const Index3& extent, Boundary boundary) {
  Parameters p;
  p.scenario.name = "fierce";
  p.scenario.seed = 42;
  p.domain = {extent, 10.0, boundary};
  p.niches.density_per_mm3 = 400;
  p.hspc.homeostatic_rate_per_h = 0.01;
  p.hspc.stress_rate_per_h = 0.05;
  p.hspc.relocation_rate_per_h = 0.01;
  p.tcells.motility_um2_per_h = 20 * 60;
  p.tcells.kill_coefficient_mm3_per_h = 4e-6;
  p.tcells.reference_density_per_mm3 = 4000;
  p.tcells.division_rate_per_h = 0.03;
  p.tcells.death_rate_per_h = 0.003;
  p.tcells.recruitment_per_mm3_h = 2.0;
  p.tcells.trigger = TriggerParameters{5.0, 800.0, 3};
  FounderClone escape;
  escape.name = "escape";
  escape.genotype = hla_lost;
  escape.presentation = 0.0;
  escape.share = 0.05;
  p.clones.founders.push_back(escape);
  MutationClass gpi;
  gpi.name = "piga";
  gpi.genotype = gpi_negative;
  gpi.rate_per_division = 1e-4;
  gpi.presentation = 0.25;
  gpi.growth_per_h = 0.002;
  p.clones.mutations.push_back(gpi);
  return p;
}

std::vector<std::uint64_t> digests(const Communicator& comm, const Parameters& parameters,
                                   const Tuning& tuning, int steps) {
  Simulation simulation(comm, parameters, nullptr, tuning);
  simulation.start();
  std::vector<std::uint64_t> all = {simulation.digest()};
  for (int s = 0; s < steps; ++s) {
    simulation.step();
    all.push_back(simulation.digest());
  }
  return all;
}

class RankIndependence : public testing::TestWithParam<std::pair<Index3, Boundary>> {};

TEST_P(RankIndependence, EveryStepHasTheDigestOfOneRank) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  const Parameters p = fierce(GetParam().first, GetParam().second);
  constexpr int steps = 30;
  const std::vector<std::uint64_t> expected = digests(alone, p, {}, steps);
  EXPECT_NE(expected[0], expected[steps]);
  for (const std::int64_t window : {1, 2, 5}) {
    for (const std::int64_t slab : {16, 40}) {
      EXPECT_EQ(digests(world, p, {slab, window}, steps), expected)
          << world.size() << " ranks, window " << window << ", slabs of " << slab;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lattices, RankIndependence,
                         testing::Values(std::pair{Index3{64, 48, 80}, Boundary::reflecting},
                                         std::pair{Index3{61, 53, 67}, Boundary::reflecting},
                                         std::pair{Index3{64, 48, 64}, Boundary::periodic}));

TEST(Simulation, SomethingOfEverythingHappensInTheFierceDisease) {
  const Communicator world(MPI_COMM_WORLD);
  Simulation simulation(world, fierce({64, 48, 80}, Boundary::reflecting));
  simulation.start();
  std::int64_t most_engaged = 0;
  for (int s = 0; s < 60; ++s) {
    simulation.step();
    most_engaged = std::max(most_engaged, simulation.state().census.engaged);
  }
  const auto& counters = simulation.state().counters;
  for (std::size_t c = 0; c < counter_count; ++c) EXPECT_GT(counters[c], 0) << "counter " << c;
  EXPECT_GT(most_engaged, 0);
  EXPECT_GT(simulation.state().clones.size(), 2u);
}

/// Sends every distributed entry to the rank that owns it, as a checkpoint would.
std::vector<FieldColumn> redistributed(const Communicator& world, const Simulation& target,
                                       std::vector<FieldColumn> columns) {
  for (FieldColumn& column : columns) {
    if (column.spec->owner == FieldOwner::replicated) continue;
    const auto index = world.all_gather(std::span<const std::uint64_t>(column.index));
    const auto value = world.all_gather(std::span<const std::uint64_t>(column.value));
    std::vector<std::pair<std::uint64_t, std::uint64_t>> mine;
    for (std::size_t i = 0; i < index.size(); ++i) {
      const int owner = column.spec->index == "block" ? target.owner_of_block(index[i])
                                                      : target.owner_of_site(index[i]);
      if (owner == world.rank()) mine.emplace_back(index[i], value[i]);
    }
    std::ranges::sort(mine);
    column.index.clear();
    column.value.clear();
    for (const auto& [i, v] : mine) {
      column.index.push_back(i);
      column.value.push_back(v);
    }
  }
  return columns;
}

TEST(Simulation, RestoredStateGoesOnAsIfNothingHadHappened) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  const Parameters p = fierce({64, 48, 80}, Boundary::reflecting);
  const std::vector<std::uint64_t> expected = digests(alone, p, {}, 24);
  Simulation first(world, p);
  first.start();
  for (int s = 0; s < 13; ++s) first.step();
  Simulation second(world, p, nullptr, {16, 3});
  second.restore(redistributed(world, second, export_fields(first.snapshot())));
  EXPECT_EQ(second.digest(), expected[13]);
  for (int s = 13; s < 24; ++s) second.step();
  EXPECT_EQ(second.digest(), expected[24]);
}

TEST(Simulation, TheSeedDecides) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = fierce({48, 48, 48}, Boundary::reflecting);
  const auto one = digests(world, p, {}, 3);
  p.scenario.seed = 43;
  EXPECT_NE(digests(world, p, {}, 3), one);
}

TEST(Simulation, EveryClonotypeEntersAndNoneBeforeTheTrigger) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = fierce({48, 48, 48}, Boundary::reflecting);
  p.tcells.trigger = TriggerParameters{3.0, 10.0, 3};
  Simulation simulation(world, p);
  simulation.start();
  for (int s = 0; s < 3; ++s) simulation.step();
  EXPECT_EQ(simulation.state().census.effector, 0);
  for (int s = 0; s < 60; ++s) simulation.step();
  std::array<std::int64_t, 3> cells{};
  for (const TCell& cell : simulation.snapshot().tcells) ++cells.at(cell.record.clone());
  world.sum(cells);
  for (const std::int64_t n : cells) EXPECT_GT(n, 0);
}

TEST(Simulation, AnInfluxBeyondTheDoorsIsRefused) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = fierce({48, 48, 48}, Boundary::reflecting);
  p.tcells.trigger->influx_per_mm3 = 900000.0;
  EXPECT_THROW(Simulation(world, p), Failure);
}

TEST(Simulation, AHaloWindowTooWideForTheBoxesIsNarrowed) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = fierce({48, 48, 48}, Boundary::periodic);
  const auto expected = digests(world, p, {}, 4);
  p.run.hops_per_exchange = 72;
  EXPECT_EQ(digests(world, p, {}, 4), expected);
}

TEST(Simulation, AnUnreachableKillCoefficientIsRefused) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = fierce({48, 48, 48}, Boundary::reflecting);
  p.tcells.kill_coefficient_mm3_per_h = 1.0;
  EXPECT_THROW(Simulation(world, p), Failure);
}

}  // namespace
}  // namespace marrow::parallel
