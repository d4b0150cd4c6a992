// SPDX-License-Identifier: BSD-3-Clause
// One solution of the cytokine fields beside the T-cell motion of the period that it belongs to, on
// procedural tissue with 300 T cells per mm3 and the default parameters: `of_the_walk` is the ratio
// of the two within one run.

#include "core/model/model.hpp"
#include "core/rules/walk.hpp"
#include "core/signals/signal_fields.hpp"
#include "parallel/grid_exchange.hpp"
#include "parallel/tissue_setup.hpp"

#include <benchmark/benchmark.h>
#include <mpi.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <span>
#include <vector>

namespace marrow {
namespace {

/// Processor time, which other programs on the machine disturb less than a clock on the wall.
double seconds_of(const auto& work) {
  const std::clock_t start = std::clock();
  work();
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

/// One period of walking T cells, and what they left behind.
class Period {
 public:
  explicit Period(std::int64_t edge) : edge_(edge) {
    Parameters parameters;
    parameters.domain.size_voxels = {edge, edge, edge};
    const Lattice lattice = parameters.lattice();
    tissue_ = std::make_unique<parallel::Tissue>(
        parallel::build_tissue(alone_, parameters, lattice.box(), 1, nullptr));
    const Model model(parameters, tissue_->niches, tissue_->census.accessible_share(),
                      tissue_->census.mean_contact_voxels());
    grid_ = std::make_unique<SignalGrid>(lattice, lattice.box(), signals_.voxels_per_cell);
    exchange_ = std::make_unique<parallel::GridExchange>(
        alone_, parallel::Decomposition(lattice, 1), lattice, signals_.voxels_per_cell,
        grid_->layers());
    std::vector<std::uint8_t> open = open_cells(*grid_, tissue_->box);
    exchange_->refresh(std::span(open));
    fields_ = std::make_unique<SignalFields>(*grid_, open, count_open(*grid_, open), signals_,
                                             parameters.tcells.reference_density_per_mm3);
    walk_for_a_period(model);
  }

  [[nodiscard]] std::int64_t edge() const { return edge_; }
  [[nodiscard]] double walk_s() const { return walk_s_; }
  [[nodiscard]] double gather_s() const { return gather_s_; }
  [[nodiscard]] std::size_t cells() const { return grid_->own().volume(); }
  void solve() {
    fields_->update(sources_, [this](std::initializer_list<std::span<float>> arrays) {
      exchange_->refresh(arrays);
    });
    benchmark::DoNotOptimize(fields_->cxcl({0, 0, 0}));
  }

 private:
  void walk_for_a_period(const Model& model) {
    const Lattice& lattice = model.lattice;
    TCellSwarm swarm(tissue_->box, 16);
    const auto sites = static_cast<std::uint64_t>(volume(lattice.extent));
    const auto wanted = static_cast<std::size_t>(300.0 * lattice.volume_mm3());
    for (std::uint64_t i = 0; swarm.size() < wanted && i < 100 * wanted; ++i) {
      const SiteIndex site =
          uniform_below(model.draws(Purpose::measurement, Entity::site, i).first, sites);
      const Index3 p = lattice.position(site);
      if (swarm.bits().blocked(swarm.bits().layout().index(p))) continue;
      swarm.add({p, site, CellRecord::make(CellState::effector, 0)});
    }
    NicheSites niches(model.niches, lattice, tissue_->box.box, lattice.box());
    SignalSources gathered(*grid_);
    const auto hops = static_cast<std::uint32_t>(model.hops_per_hour);
    const auto hours = static_cast<std::uint64_t>(signals_.period_h);
    for (std::uint64_t hour = 0; hour < hours; ++hour) {
      walk_s_ += seconds_of([&] {
        swarm.begin_step(lattice);
        walk(swarm, niches, model.draws, {hour, model.engagement_substeps}, 0, hops);
      });
      gather_s_ += seconds_of(
          [&] { swarm.for_each([&](const SwarmCell& cell) { gathered.add(cell.position); }); });
    }
    gather_s_ += seconds_of([&] { sources_ = gathered.take(); });
  }

  std::int64_t edge_;
  parallel::Communicator alone_{MPI_COMM_SELF};
  SignalParameters signals_;
  std::unique_ptr<parallel::Tissue> tissue_;
  std::unique_ptr<SignalGrid> grid_;
  std::unique_ptr<parallel::GridExchange> exchange_;
  std::unique_ptr<SignalFields> fields_;
  std::vector<SignalSource> sources_;
  double walk_s_ = 0.0;
  double gather_s_ = 0.0;
};

Period& period_of(std::int64_t edge) {
  static std::unique_ptr<Period> period;
  if (!period || period->edge() != edge) period = std::make_unique<Period>(edge);
  return *period;
}

/// Argument: edge of the lattice in voxels.
void signals_solve(benchmark::State& state) {
  Period& period = period_of(state.range(0));
  double solve_s = 0.0;
  for (auto _ : state) solve_s += seconds_of([&] { period.solve(); });
  const double per_solution_s = solve_s / static_cast<double>(state.iterations());
  state.counters["walk_ms"] = 1e3 * period.walk_s();
  state.counters["of_the_walk"] = per_solution_s / period.walk_s();
  state.counters["gathering_of_the_walk"] = period.gather_s() / period.walk_s();
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(period.cells()));
}
BENCHMARK(signals_solve)
    ->Name("signals")
    ->Arg(100)
    ->Arg(200)
    ->Arg(464)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace marrow

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  benchmark::Initialize(&argument_count, arguments);
  benchmark::RunSpecifiedBenchmarks();
  MPI_Finalize();
}
