// SPDX-License-Identifier: BSD-3-Clause
// T-cell hops per second in full production sub-steps (bone, occupancy, conflicts, contact, kill),
// beside the bare generator in the same binary: rates are compared within one run, never with a
// clock.

#include "core/model/model.hpp"
#include "core/rules/walk.hpp"
#include "parallel/tissue_setup.hpp"

#include <benchmark/benchmark.h>
#include <mpi.h>

#include <map>
#include <memory>

namespace marrow {
namespace {

/// Scalar Philox4x32-10: one call, one 53-bit uniform, one branch.
void generator(benchmark::State& state) {
  const Draws draws(1);
  std::uint64_t index = 0;
  std::uint64_t happened = 0;
  for (auto _ : state) {
    const Bits128 bits = draws(Purpose::measurement, Entity::site, index++);
    if (uniform_unit(bits.first) < 0.3) happened += bits.second;
  }
  benchmark::DoNotOptimize(happened);
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(generator);

/// Procedural bone and vessels with the default 100 niches per mm3; kept for the next density.
struct Marrow {
  Parameters parameters;
  std::unique_ptr<parallel::Tissue> tissue;
  std::unique_ptr<Model> model;
};

const Marrow& marrow_of(std::int64_t edge) {
  static Marrow m;
  if (m.tissue && m.parameters.domain.size_voxels.x == edge) return m;
  m = Marrow();
  m.parameters.domain.size_voxels = {edge, edge, edge};
  const parallel::Communicator alone(MPI_COMM_SELF);
  m.tissue = std::make_unique<parallel::Tissue>(
      parallel::build_tissue(alone, m.parameters, m.parameters.lattice().box(), 1, nullptr));
  m.model =
      std::make_unique<Model>(m.parameters, m.tissue->niches, m.tissue->census.accessible_share(),
                              m.tissue->census.mean_contact_voxels());
  return m;
}

void fill(TCellSwarm& swarm, const Lattice& lattice, const Draws& draws, std::size_t cells) {
  const auto sites = static_cast<std::uint64_t>(volume(lattice.extent));
  for (std::uint64_t i = 0; swarm.size() < cells; ++i) {
    const SiteIndex site = uniform_below(draws(Purpose::measurement, Entity::site, i).first, sites);
    const Index3 p = lattice.position(site);
    if (swarm.bits().blocked(swarm.bits().layout().index(p))) continue;
    swarm.add({p, site, CellRecord::make(CellState::effector, 0)});
    if (i > 100 * cells) break;  // no room
  }
}

/// One iteration is one hour: 180 sub-steps at 50 um^2/min. Arguments: edge in voxels, T cells per
/// mm3.
void walk_hour(benchmark::State& state) {
  const Marrow& m = marrow_of(state.range(0));
  const Lattice& lattice = m.model->lattice;
  TCellSwarm swarm(m.tissue->box, 16);
  const auto cells =
      static_cast<std::size_t>(static_cast<double>(state.range(1)) * lattice.volume_mm3());
  fill(swarm, lattice, m.model->draws, cells);
  NicheSites niches(m.model->niches, lattice, m.tissue->box.box, lattice.box());
  const auto hops = static_cast<std::uint32_t>(m.model->hops_per_hour);
  std::uint64_t step = 0;
  for (auto _ : state) {
    swarm.begin_step(lattice);
    niches.begin_step([&](const NicheSite&) {
      return NicheSites::Contact{m.model->kill.per_contact, 0.0};
    });
    walk(swarm, niches, m.model->draws, {step++, m.model->engagement_substeps}, 0, hops);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(swarm.size()) * hops);
  state.counters["cells"] = static_cast<double>(swarm.size());
}
BENCHMARK(walk_hour)
    ->Name("walk")
    ->ArgsProduct({{128, 256, 512}, {300, 10000}})
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace marrow

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  benchmark::Initialize(&argument_count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  MPI_Finalize();
}
