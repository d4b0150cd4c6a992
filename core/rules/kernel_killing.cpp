// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/kernel_killing.hpp"

#include "core/math/elementary.hpp"
#include "core/rules/susceptibility.hpp"

namespace marrow {

KernelHits choose_kernel_hits(const ModelState& state, const Model& model, const Levels& levels,
                              const Suppression& suppression,
                              std::span<const std::uint32_t> niches_of_rank,
                              std::span<const double> hazard_per_h) {
  const auto step = static_cast<std::uint64_t>(state.step);
  KernelHits hits;
  for (std::size_t i = 0; i < niches_of_rank.size(); ++i) {
    const std::uint32_t n = niches_of_rank[i];
    const CellRecord cell = state.niches[n];
    if (cell.state() != CellState::stem || hazard_per_h[i] == 0.0) continue;
    const Clone& clone = state.clones[cell.clone()];
    const double susceptible = susceptibility(cell, clone, model, levels);
    if (susceptible == 0.0) continue;
    const double free = suppression.freedom.empty()
                            ? 1.0
                            : suppression.at(model.lattice.position(model.niches[n].site));
    const double hazard = hazard_per_h[i] * free;
    const double wound = hazard * wound_susceptibility(cell, clone, model, levels);
    const std::uint64_t u = model.draws(Purpose::kernel_hit, Entity::niche, n, step).first;
    const std::uint64_t kill_end = interval_end(0, one_minus_exp(hazard * susceptible));
    if (u < kill_end) {
      hits.killed.push_back(n);
    } else if (u < interval_end(kill_end, one_minus_exp(wound))) {
      hits.wounded.push_back(n);
    }
  }
  return hits;
}

}  // namespace marrow
