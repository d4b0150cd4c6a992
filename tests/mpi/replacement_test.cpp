// SPDX-License-Identifier: BSD-3-Clause
// Stem cells that turn over by single events: one digest on every number of ranks and after a
// restart, and the balance of cells.
#include "tests/mpi/fierce.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <numeric>

namespace marrow::parallel {
namespace {

using test::digests;
using test::redistributed;

FounderClone mutant(double growth_per_h) {
  FounderClone founder;
  founder.name = "mutant";
  founder.cells = 3;
  founder.at = FounderTime::start;
  founder.growth_per_h = growth_per_h;
  return founder;
}

/// 32 replicas of 3^3 niches; boxes cut through some of them.
Parameters replicas(StemCellUpdate update, FitnessActsOn fitness, bool barcodes) {
  Parameters p;
  p.scenario.name = "replicas";
  p.scenario.seed = 11;
  p.domain = {{36, 36, 18}, 10.0, Boundary::periodic};
  p.tissue.source = TissueSource::open;
  p.niches.arrangement = NicheArrangement::grid;
  p.niches.replica_edge = 3;
  p.hspc.placement_radius_um = 30.0;
  p.hspc.update = update;
  p.hspc.fitness_acts_on = fitness;
  p.hspc.events_per_hour = 20;
  p.clones.barcodes = barcodes;
  const bool neutral = update == StemCellUpdate::voter;
  p.clones.founders = {mutant(neutral ? 0.0 : 0.5 * p.hspc.homeostatic_rate_per_h)};
  return p;
}

/// A real marrow as one system.
Parameters one_system(StemCellUpdate update) {
  Parameters p;
  p.scenario.name = "marrow";
  p.scenario.seed = 12;
  p.domain = {{64, 48, 48}, 10.0, Boundary::reflecting};
  p.niches.density_per_mm3 = 400;
  p.hspc.update = update;
  p.hspc.events_per_hour = 50;
  p.clones.barcodes = true;
  return p;
}

std::vector<Parameters> all_rules() {
  using enum StemCellUpdate;
  return {replicas(moran_birth_death, FitnessActsOn::birth, false),
          replicas(moran_death_birth, FitnessActsOn::birth, true),
          replicas(moran_death_birth, FitnessActsOn::death, false),
          replicas(voter, FitnessActsOn::birth, true),
          one_system(moran_birth_death),
          one_system(voter)};
}

TEST(Replacement, HasTheDigestOfOneRankInEveryStep) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  for (const Parameters& p : all_rules()) {
    const std::vector<std::uint64_t> expected = digests(alone, p, {}, 30);
    EXPECT_NE(expected.front(), expected.back());
    EXPECT_EQ(digests(world, p, {}, 30), expected) << p.scenario.name;
  }
}

TEST(Replacement, GoesOnAfterARestartAsIfNothingHadHappened) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  for (const Parameters& p : all_rules()) {
    const std::vector<std::uint64_t> expected = digests(alone, p, {}, 20);
    Simulation first(world, p);
    first.start();
    for (int s = 0; s < 9; ++s) first.step();
    Simulation second(world, p);
    second.restore(redistributed(world, second, export_fields(first.snapshot())));
    EXPECT_EQ(second.digest(), expected[9]);
    for (int s = 9; s < 20; ++s) second.step();
    EXPECT_EQ(second.digest(), expected[20]);
  }
}

TEST(Replacement, KeepsEveryNicheFilledAndCountsEveryEvent) {
  const Communicator world(MPI_COMM_WORLD);
  for (const Parameters& p : all_rules()) {
    Simulation simulation(world, p);
    simulation.start();
    for (int s = 0; s < 25; ++s) simulation.step();
    const ModelState& state = simulation.state();
    EXPECT_EQ(state.census.stem, simulation.model().niche_count());
    const auto count = [&](Counter which) {
      return state.counters[static_cast<std::size_t>(which)];
    };
    const std::int64_t systems = p.niches.replica_edge > 0 ? 4 * 4 * 2 : 1;
    EXPECT_EQ(count(Counter::stem_divisions), 25 * systems * p.hspc.events_per_hour);
    EXPECT_EQ(count(Counter::stem_divisions),
              count(Counter::stem_differentiations) + count(Counter::stem_daughters_lost));
    EXPECT_EQ(count(Counter::stem_relocations) + count(Counter::stem_killed), 0);
  }
}

TEST(Replacement, NeverLeavesAReplica) {
  const Communicator world(MPI_COMM_WORLD);
  const Parameters p = replicas(StemCellUpdate::voter, FitnessActsOn::birth, true);
  Simulation simulation(world, p);
  simulation.start();
  for (int s = 0; s < 60; ++s) simulation.step();
  const ModelState& state = simulation.state();
  const Model& model = simulation.model();
  for (std::size_t n = 0; n < state.niches.size(); ++n) {
    const Index3 here = model.lattice.position(model.niches[n].site);
    const Index3 born = model.lattice.position(state.clones[state.niches[n].clone()].birth_site);
    EXPECT_TRUE(here.x / 9 == born.x / 9 && here.y / 9 == born.y / 9 && here.z / 9 == born.z / 9);
  }
}

TEST(Replacement, NeedsAGridInMarrow) {
  const Communicator world(MPI_COMM_WORLD);
  Parameters p = replicas(StemCellUpdate::voter, FitnessActsOn::birth, false);
  p.tissue.source = TissueSource::procedural;
  p.domain.size_voxels = {72, 72, 72};
  EXPECT_THROW(Simulation(world, p), Failure);
}

}  // namespace
}  // namespace marrow::parallel
