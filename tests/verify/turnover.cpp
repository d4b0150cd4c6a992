// SPDX-License-Identifier: BSD-3-Clause
// The chances of an hour, counted in the program: acts of stem cells, deaths of T cells, and where
// daughters settle.
#include "core/rules/placement.hpp"
#include "parallel/simulation.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/marrows.hpp"
#include "tests/verify/statistics.hpp"

#include <cmath>

namespace marrow::verify {
namespace {

using parallel::Simulation;

double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

double counted(const Simulation& marrow, Counter which) {
  return static_cast<double>(marrow.state().counters[static_cast<std::size_t>(which)]);
}

/// Acts per hour against n times their chances at the census that the hour began with. The sums of
/// the differences are martingales, so the variance is that of the acts.
void acts_of_stem_cells(Verifier& verify) {
  Parameters p = packed_marrow(1, 128);
  p.hspc.homeostatic_rate_per_h = 2e-3;
  p.hspc.stress_rate_per_h = 2e-2;
  Simulation marrow(verify.world(), p);
  marrow.start();
  verify.fresh_samples();
  double divisions = 0;
  double losses = 0;
  for (std::int64_t h = 0; h < verify.effort(1000, 40'000); ++h) {
    const Census& census = marrow.state().census;
    const auto cells = static_cast<double>(census.stem);
    const double vacancy =
        static_cast<double>(census.vacant) / static_cast<double>(marrow.model().niche_count());
    const double b0 = p.hspc.homeostatic_rate_per_h;
    divisions += cells * chance(b0 + p.hspc.stress_rate_per_h * vacancy);
    losses += cells * chance(b0);
    marrow.step();
  }
  const auto row = [&](const char* check, double theory, double measured) {
    verify.random("4.7", check, "healthy marrow, 2621 niches", theory,
                  poisson_count(measured, theory));
  };
  row("divisions of stem cells, n(1 - exp(-b0 - b_s V)) an hour", divisions,
      counted(marrow, Counter::stem_divisions));
  row("stem cells that differentiate, n(1 - exp(-b0)) an hour", losses,
      counted(marrow, Counter::stem_differentiations));
}

/// T cells without antigen die at a constant rate: survivors are binomial.
void deaths_of_tcells(Verifier& verify, Motion motion, std::uint64_t first_seed) {
  constexpr double death_per_h = 0.01;
  constexpr int hours = 50;
  verify.fresh_samples();
  double arrived = 0;
  double alive = 0;
  const auto boxes = static_cast<std::uint64_t>(verify.effort(4, 100));
  for (std::uint64_t seed = first_seed; seed < first_seed + boxes; ++seed) {
    Parameters p = packed_marrow(seed, 128);
    p.tcells.motion = motion;
    p.tcells.motility_um2_per_h = 100;  // 6 hops an hour
    p.tcells.kill_coefficient_mm3_per_h = 1e-12;
    p.tcells.division_rate_per_h = 0.0;
    p.tcells.death_rate_per_h = death_per_h;
    p.tcells.trigger = TriggerParameters{0.0, 3000.0, 1};
    Simulation marrow(verify.world(), p);
    marrow.start();
    for (int h = 0; h < hours; ++h) marrow.step();
    arrived += counted(marrow, Counter::tcell_influx);
    alive += static_cast<double>(marrow.state().census.tcells());
  }
  const double theory = std::exp(-death_per_h * hours);
  verify.random("4.7", "share of T cells alive, exp(-d t)",
                motion == Motion::hops ? "hops, d t 0.5" : "kernel, d t 0.5", theory,
                share(alive, arrived, theory));
}

/// A lone cell that divides for ever, one daughter at a time, in a wholly vacant marrow: niche j at
/// distance d < 300 um with weight exp(-d/100 um).
void places_of_daughters(Verifier& verify) {
  Parameters p = packed_marrow(1, 64);
  p.hspc.blood_share = 0.0;
  const parallel::Communicator alone(MPI_COMM_SELF);
  const Simulation marrow(alone, p);
  const Model& model = marrow.model();
  const NicheIndex neighbourhoods(model.niches, model.lattice, p.hspc);
  const std::uint32_t mother = static_cast<std::uint32_t>(model.niches.size()) / 2;
  const auto squared_voxels = [&](std::uint32_t n) {
    const Index3 d = model.lattice.position(model.niches[n].site) -
                     model.lattice.position(model.niches[mother].site);
    return static_cast<double>(d.x * d.x + d.y * d.y + d.z * d.z);
  };
  verify.fresh_samples();
  const std::int64_t daughters = verify.effort(20'000, 400'000);
  std::vector<double> counts(model.niches.size());
  ModelState state;
  state.clones.assign(1, Clone{});
  const StemEvent division{mother, StemAct::divide};
  for (state.step = 0; state.step < daughters; ++state.step) {
    state.niches.assign(model.niches.size(), CellRecord());
    state.niches[mother] = CellRecord::make(CellState::stem, 0);
    apply_stem_events(state, model, neighbourhoods, std::span(&division, 1));
    for (std::uint32_t n = 0; n < counts.size(); ++n) {
      counts[n] += n != mother && state.niches[n].state() == CellState::stem ? 1.0 : 0.0;
    }
  }
  std::vector<double> weights(counts.size(), 0.0);
  double all = 0;
  for (std::uint32_t n = 0; n < weights.size(); ++n) {
    const double distance_um = std::sqrt(squared_voxels(n)) * p.domain.spacing_um;
    if (n == mother || distance_um > p.hspc.placement_radius_um) continue;
    weights[n] = std::exp(-distance_um / p.hspc.placement_length_um);
    all += weights[n];
  }
  for (double& w : weights) w *= static_cast<double>(daughters) / all;
  const ChiSquare c = chi_square(pooled(counts, weights), pooled(weights, weights));
  verify.random("placement", "niches of daughters, weight exp(-d/100 um): chi-square^(1/3)",
                "a lone cell in 328 niches", c.theory(), c.measured());
}

}  // namespace

void turnover(Verifier& verify) {
  acts_of_stem_cells(verify);
  deaths_of_tcells(verify, Motion::hops, 407'000'000);
  deaths_of_tcells(verify, Motion::kernel, 407'100'000);
  places_of_daughters(verify);
}

}  // namespace marrow::verify
