// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/stem_cells.hpp"

#include "core/math/elementary.hpp"
#include "core/model/fault.hpp"
#include "core/rules/susceptibility.hpp"

#include <algorithm>

namespace marrow {
namespace {

/// Upper ends of the intervals of the one draw, in the order differentiate, divide, relocate.
struct ActIntervals {
  std::uint64_t differentiate;
  std::uint64_t divide;
  std::uint64_t relocate;
};

ActIntervals intervals(const StemCellParameters& hspc, double loss_per_h, double division_per_h) {
  ActIntervals cut{};
  cut.differentiate = interval_end(0, one_minus_exp(loss_per_h));
  if (injected(Fault::fast_division)) division_per_h *= 1.1;
  cut.divide = interval_end(cut.differentiate, one_minus_exp(std::max(0.0, division_per_h)));
  cut.relocate = interval_end(cut.divide, one_minus_exp(hspc.relocation_rate_per_h));
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

/// The rates of one stem cell at the levels that it meets.
class ActRates {
 public:
  ActRates(const ModelState& state, const Model& model, const Levels& levels)
      : state_(state), model_(model), levels_(levels) {}

  [[nodiscard]] ActIntervals of(CellRecord cell, double vacancy, double tnf_level) const {
    const StemCellParameters& hspc = model_.parameters.hspc;
    const Modifiers& drugs = levels_.modifiers;
    const Clone& clone = state_.clones[cell.clone()];
    const double block = hspc.ifn_inhibition * drugs.ifn_on_division;
    const double interferon = 1.0 / (1.0 + block * ifn_level(cell, model_, levels_));
    const bool malignant = (clone.genotype & GenotypeBit::monosomy_7) != 0;
    const double growth = clone.growth_per_h * (malignant ? drugs.monosomy_7_growth : 1.0);
    const double division = hspc.homeostatic_rate_per_h +
                            hspc.stress_rate_per_h * vacancy * drugs.stem_division * interferon +
                            growth;
    const double bystander = hspc.bystander_rate_per_h * tnf_level * drugs.tnf_effect;
    return intervals(hspc, hspc.homeostatic_rate_per_h + bystander, division);
  }

 private:
  const ModelState& state_;
  const Model& model_;
  const Levels& levels_;
};

}  // namespace

std::vector<StemEvent> choose_stem_acts(const ModelState& state, const Model& model,
                                        const NicheIndex& neighbourhoods, const Levels& levels,
                                        const TnfLevel& tnf,
                                        std::span<const std::uint32_t> niches_of_rank,
                                        std::span<const std::uint32_t> hits) {
  const ActRates rates(state, model, levels);
  const bool local = model.parameters.hspc.vacancy == VacancyScope::local;
  const bool alike = !local && !model.parameters.signals;  // all cells of a clone
  std::vector<ActIntervals> of_clone;
  for (std::uint32_t c = 0; alike && c < state.clones.size(); ++c) {
    const CellRecord any = CellRecord::make(CellState::stem, c);
    of_clone.push_back(rates.of(any, levels.vacancy, levels.attack));
  }
  const auto step = static_cast<std::uint64_t>(state.step);
  std::vector<StemEvent> events;
  for (const std::uint32_t n : niches_of_rank) {
    const CellRecord cell = state.niches[n];
    if (cell.state() != CellState::stem || std::ranges::binary_search(hits, n)) continue;
    const std::uint64_t u = model.draws(Purpose::stem_act, Entity::niche, n, step).first;
    const ActIntervals cut =
        alike ? of_clone[cell.clone()]
              : rates.of(cell, local ? local_vacancy(state, neighbourhoods, n) : levels.vacancy,
                         tnf ? tnf(n) : levels.attack);
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
