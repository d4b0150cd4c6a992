// SPDX-License-Identifier: BSD-3-Clause
// The result must be a function of scenario and seed: every number of ranks, halo window and slab
// thickness gives the digests of a run on one rank alone.
#include "parallel/simulation.hpp"

#include "parallel/shares.hpp"
#include "tests/mpi/fierce.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <array>

namespace marrow::parallel {
namespace {

using test::digests;
using test::fierce;
using test::redistributed;

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

TEST_P(RankIndependence, SharesAreWhatTheSimulationHolds) {
  const Communicator world(MPI_COMM_WORLD);
  const Parameters p = fierce(GetParam().first, GetParam().second);
  const Simulation simulation(world, p);
  const Shares shares = shares_of(p, world.size());
  const Decomposition even(p.lattice(), world.size());
  EXPECT_EQ(shares.most_own, world.max(even.box(world.rank()).volume()));
  // The simulation may have moved its cuts by the weight of the blocks.
  if (simulation.decomposition().boxes() != even.boxes()) return;
  EXPECT_EQ(shares.window, simulation.hops_per_exchange());
  EXPECT_EQ(shares.most_held, world.max(simulation.tissue().box.box.volume()));
}

INSTANTIATE_TEST_SUITE_P(Lattices, RankIndependence,
                         testing::Values(std::pair{Index3{64, 48, 80}, Boundary::reflecting},
                                         std::pair{Index3{61, 53, 67}, Boundary::reflecting},
                                         std::pair{Index3{64, 48, 64}, Boundary::periodic}));

Parameters open_disease(const Index3& extent) {
  Parameters p = fierce(extent, Boundary::periodic);
  p.tissue.source = TissueSource::open;
  return p;
}

TEST(OpenTissue, EveryStepHasTheDigestOfOneRank) {
  const Communicator world(MPI_COMM_WORLD);
  const Parameters p = open_disease({40, 33, 35});
  const std::vector<std::uint64_t> expected = digests(Communicator(MPI_COMM_SELF), p, {16, 8}, 30);
  EXPECT_EQ(digests(world, p, {16, 1}, 30), expected);
}

TEST(OpenTissue, MarkersAreHitTheSameOnEveryNumberOfRanks) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  Parameters p = open_disease({40, 33, 35});
  p.tcells.contact = ContactRule::same_voxel;
  p.tcells.kill_chance = 0.5;
  EXPECT_EQ(digests(world, p, {16, 2}, 30), digests(alone, p, {16, 8}, 30));
  Simulation simulation(world, p);
  simulation.start();
  for (int hour = 0; hour < 30; ++hour) simulation.step();
  EXPECT_GT(simulation.state().counters[static_cast<std::size_t>(Counter::stem_killed)], 5);
}

// Ghost layers then hold several images of the box.
TEST(OpenTissue, ABoxOfAFewVoxelsKeepsItsTCells) {
  Parameters p = open_disease({3, 4, 5});
  p.niches.density_per_mm3 = 1e6 / 60.0;
  p.tcells.trigger->influx_per_mm3 = 20.0 * 1e6 / 60.0;
  p.tcells.trigger->at_h = 0.0;
  p.tcells.recruitment_per_mm3_h = 0.0;
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  p.tcells.kill_coefficient_mm3_per_h = 0.0;
  const Communicator alone(MPI_COMM_SELF);
  Simulation simulation(alone, p);
  simulation.start();
  for (int hour = 0; hour < 20; ++hour) {
    simulation.step();
    EXPECT_EQ(simulation.snapshot().tcells.size(), 20U);
  }
}

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
  for (std::size_t c = 0; c <= static_cast<std::size_t>(Counter::mutations); ++c) {
    EXPECT_GT(counters[c], 0) << "counter " << c;
  }
  EXPECT_GT(most_engaged, 0);
  EXPECT_GT(simulation.state().clones.size(), 2u);
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
