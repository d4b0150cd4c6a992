// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/stem_cells.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>

namespace marrow {
namespace {

/// Upper ends of the intervals of the one draw, in the order differentiate, divide, relocate.
struct ActIntervals {
  std::uint64_t differentiate;
  std::uint64_t divide;
  std::uint64_t relocate;
};

std::uint64_t after(std::uint64_t lower, double probability) {
  const std::uint64_t width = Threshold::of(probability).value();
  return lower + std::min(width, ~lower);  // saturates: impossible rates cannot wrap around
}

ActIntervals intervals(const StemCellParameters& hspc, double division_per_h) {
  ActIntervals cut{};
  cut.differentiate = after(0, one_minus_exp(hspc.homeostatic_rate_per_h));
  cut.divide = after(cut.differentiate, one_minus_exp(std::max(0.0, division_per_h)));
  cut.relocate = after(cut.divide, one_minus_exp(hspc.relocation_rate_per_h));
  return cut;
}

double local_vacancy(const ModelState& state, const NicheIndex& neighbourhoods,
                     std::uint32_t niche) {
  std::int64_t all = 0;
  std::int64_t vacant = 0;
  neighbourhoods.for_each_neighbour(niche, [&](std::uint32_t other, std::uint64_t) {
    ++all;
    if (state.niches[other].state() == CellState::none) ++vacant;
  });
  return all == 0 ? 0.0 : static_cast<double>(vacant) / static_cast<double>(all);
}

}  // namespace

std::vector<StemEvent> choose_stem_acts(const ModelState& state, const Model& model,
                                        const NicheIndex& neighbourhoods, const Levels& levels,
                                        std::span<const std::uint32_t> niches_of_rank,
                                        std::span<const std::uint32_t> hits) {
  const StemCellParameters& hspc = model.parameters.hspc;
  const double interferon = 1.0 / (1.0 + hspc.ifn_inhibition * levels.attack);
  const auto division_rate = [&](double vacancy, std::uint32_t clone) {
    return hspc.homeostatic_rate_per_h +
           hspc.stress_rate_per_h * vacancy * model.modifiers.stem_division * interferon +
           state.clones[clone].growth_per_h;
  };
  std::vector<ActIntervals> of_clone;
  for (std::uint32_t c = 0; c < state.clones.size(); ++c) {
    of_clone.push_back(intervals(hspc, division_rate(levels.vacancy, c)));
  }
  const auto step = static_cast<std::uint64_t>(state.step);
  std::vector<StemEvent> events;
  for (const std::uint32_t n : niches_of_rank) {
    const CellRecord cell = state.niches[n];
    if (cell.state() != CellState::stem || std::ranges::binary_search(hits, n)) continue;
    const std::uint64_t u = model.draws(Purpose::stem_act, Entity::niche, n, step).first;
    const ActIntervals cut =
        hspc.vacancy == VacancyScope::global
            ? of_clone[cell.clone()]
            : intervals(hspc, division_rate(local_vacancy(state, neighbourhoods, n), cell.clone()));
    if (u < cut.differentiate) {
      events.push_back({n, StemAct::differentiate});
    } else if (u < cut.divide) {
      events.push_back({n, StemAct::divide});
    } else if (u < cut.relocate) {
      events.push_back({n, StemAct::relocate});
    }
  }
  return events;
}

}  // namespace marrow
