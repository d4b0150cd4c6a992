// SPDX-License-Identifier: BSD-3-Clause
// One simulated hour at the height of the attack (300 T cells per mm3) by each motion of T cells,
// and one without T cells: what is left of an hour is the T cells' part, and the ratio of the parts
// is what motion kernel saves.
#include "parallel/session.hpp"
#include "parallel/simulation.hpp"

#include <benchmark/benchmark.h>

namespace {

using namespace marrow;

/// T cells neither die nor divide nor kill, so that every hour costs the same.
Parameters plateau(Motion motion, double density_per_mm3, std::int64_t edge) {
  Parameters p;
  p.domain.size_voxels = {edge, edge, edge};
  p.tcells.motion = motion;
  p.tcells.kill_coefficient_mm3_per_h = 0.0;
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  if (density_per_mm3 > 0.0) p.tcells.trigger = TriggerParameters{0.0, density_per_mm3, 1};
  return p;
}

void hour(benchmark::State& state, Motion motion, double density_per_mm3) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, plateau(motion, density_per_mm3, state.range(0)));
  simulation.start();
  for (int i = 0; i < 24; ++i) simulation.step();
  for (auto _ : state) simulation.step();
}

void boxes(benchmark::internal::Benchmark* hour) {  // presets laptop and cohort
  hour->Unit(benchmark::kMicrosecond)->Arg(200)->Arg(464);
}

BENCHMARK_CAPTURE(hour, hops, Motion::hops, 300.0)->Apply(boxes);
BENCHMARK_CAPTURE(hour, kernel, Motion::kernel, 300.0)->Apply(boxes);
BENCHMARK_CAPTURE(hour, without_tcells, Motion::kernel, 0.0)->Apply(boxes);

}  // namespace

int main(int argc, char** argv) {
  const marrow::parallel::Session session(argc, argv);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
