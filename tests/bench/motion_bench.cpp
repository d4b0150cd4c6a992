// SPDX-License-Identifier: BSD-3-Clause
// One simulated hour at the height of the attack (300 T cells per mm3), whole step included, by
// each motion of T cells. Their ratio is what motion kernel saves.
#include "parallel/session.hpp"
#include "parallel/simulation.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace marrow;

/// T cells neither die nor divide nor kill, so that every hour costs the same.
Parameters plateau(Motion motion) {
  Parameters p;
  p.domain.size_voxels = {200, 200, 200};
  p.tcells.motion = motion;
  p.tcells.kill_coefficient_mm3_per_h = 0.0;
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  p.tcells.trigger = TriggerParameters{0.0, 300.0, 1};
  return p;
}

void hour(benchmark::State& state, Motion motion) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, plateau(motion));
  simulation.start();
  for (int i = 0; i < 24; ++i) simulation.step();
  for (auto _ : state) simulation.step();
}

BENCHMARK_CAPTURE(hour, hops, Motion::hops)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(hour, kernel, Motion::kernel)->Unit(benchmark::kMicrosecond);

}  // namespace

int main(int argc, char** argv) {
  const marrow::parallel::Session session(argc, argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
