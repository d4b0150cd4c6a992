// SPDX-License-Identifier: BSD-3-Clause
// All switches on: the digests of one rank on any number of ranks, after a restart in the middle of
// a signal period and of a drug's course, for both motions of T cells.
#include "parallel/simulation.hpp"
#include "tests/mpi/fierce.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

namespace marrow::parallel {
namespace {

using test::digests;
using test::redistributed;
using test::whole_disease;

constexpr int steps = 34;

Parameters resolved(const Index3& extent, Boundary boundary) {
  Parameters p = whole_disease(extent, boundary, Motion::hops);
  p.signals = SignalParameters{};
  p.signals->period_h = 6.0;
  p.tcells.chemotaxis = ChemotaxisParameters{};
  return p;
}

struct Case {
  const char* name;
  Parameters parameters;
};

class WholeDisease : public testing::TestWithParam<Case> {};

TEST_P(WholeDisease, EveryStepHasTheDigestOfOneRank) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  const Parameters& p = GetParam().parameters;
  const std::vector<std::uint64_t> expected = digests(alone, p, {}, steps);
  EXPECT_EQ(digests(world, p, {}, steps), expected) << world.size() << " ranks";
  EXPECT_EQ(digests(world, p, {40, 1}, steps), expected) << world.size() << " ranks, window 1";
}

TEST_P(WholeDisease, ARestartChangesNothing) {
  const Communicator world(MPI_COMM_WORLD);
  const Communicator alone(MPI_COMM_SELF);
  const Parameters& p = GetParam().parameters;
  const std::vector<std::uint64_t> expected = digests(alone, p, {}, steps);
  for (const std::size_t at : {std::size_t{5}, std::size_t{15}, std::size_t{27}}) {
    Simulation first(world, p);
    first.start();
    for (std::size_t s = 0; s < at; ++s) first.step();
    Simulation second(world, p, nullptr, {16, 3});
    second.restore(redistributed(world, second, export_fields(first.snapshot())));
    EXPECT_EQ(second.digest(), expected[at]);
    for (std::size_t s = at; s < static_cast<std::size_t>(steps); ++s) second.step();
    EXPECT_EQ(second.digest(), expected[steps]) << "restarted at " << at;
  }
}

TEST_P(WholeDisease, SomethingOfEverythingHappens) {
  const Communicator world(MPI_COMM_WORLD);
  Simulation simulation(world, GetParam().parameters);
  simulation.start();
  for (int s = 0; s < 2 * steps; ++s) simulation.step();
  const auto& counters = simulation.state().counters;
  for (std::size_t c = 0; c < counter_count; ++c) EXPECT_GT(counters[c], 0) << "counter " << c;
}

INSTANTIATE_TEST_SUITE_P(
    Motions, WholeDisease,
    testing::Values(
        Case{"hops", resolved({64, 48, 80}, Boundary::reflecting)},
        Case{"hops_odd", resolved({61, 53, 67}, Boundary::reflecting)},
        Case{"hops_periodic", resolved({64, 48, 64}, Boundary::periodic)},
        Case{"kernel", whole_disease({64, 48, 80}, Boundary::reflecting, Motion::kernel)},
        Case{"kernel_odd", whole_disease({61, 53, 67}, Boundary::reflecting, Motion::kernel)},
        Case{"kernel_periodic", whole_disease({64, 48, 64}, Boundary::periodic, Motion::kernel)}),
    [](const auto& each) { return each.param.name; });

}  // namespace
}  // namespace marrow::parallel
