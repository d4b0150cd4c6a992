// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/niche_clocks.hpp"

#include "core/math/elementary.hpp"
#include "core/rules/susceptibility.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

constexpr double highest_memory = 255.0;

void count(ModelState& state, Counter which) { ++state.counters[static_cast<std::size_t>(which)]; }

CellRecord after_an_hour(CellRecord cell) {
  if (cell.state() == CellState::apoptotic) {
    return cell.clock() > 1 ? cell.with_state(CellState::apoptotic, cell.clock() - 1)
                            : CellRecord();
  }
  if (cell.state() == CellState::stem && cell.count() > 0) {
    return cell.with_count(cell.count() - 1);
  }
  return cell;
}

/// Vacant niches are lost in proportion to the attack, lost ones return at a constant rate.
void lose_and_regain(ModelState& state, const Model& model, const NicheLossParameters& loss,
                     double attack) {
  const Threshold lost = Threshold::of(one_minus_exp(loss.loss_rate_per_h * attack));
  const Threshold regained = Threshold::of(one_minus_exp(loss.recovery_rate_per_h));
  const auto step = static_cast<std::uint64_t>(state.step);
  for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
    const CellState now = state.niches[n].state();
    if (now != CellState::none && now != CellState::lost) continue;
    const std::uint64_t u = model.draws(Purpose::niche_loss, Entity::niche, n, step).first;
    if (now == CellState::none && lost.happens(u)) {
      state.niches[n] = CellRecord::make(CellState::lost, 0);
      count(state, Counter::niches_lost);
    } else if (now == CellState::lost && regained.happens(u)) {
      state.niches[n] = CellRecord();
      count(state, Counter::niches_regained);
    }
  }
}

}  // namespace

void advance_niche_clocks(ModelState& state, const Model& model, const Levels& levels) {
  if (model.parameters.niches.loss) {
    lose_and_regain(state, model, *model.parameters.niches.loss, levels.attack);
  }
  for (CellRecord& cell : state.niches) cell = after_an_hour(cell);
}

void remember_wounds(ModelState& state, const CooperativityParameters& cooperativity,
                     std::span<const std::uint32_t> niches) {
  const auto hours = static_cast<std::uint32_t>(cooperativity.window_h);
  for (const std::uint32_t n : niches) {
    CellRecord& cell = state.niches[n];
    if (cell.state() == CellState::stem) cell = cell.with_count(hours);
  }
}

void follow_interferon(ModelState& state, const Model& model, double elapsed_h,
                       std::span<const NicheSignal> signals) {
  const double share = one_minus_exp(elapsed_h / model.parameters.hspc.ifn_memory_h);
  const auto step = static_cast<std::uint64_t>(state.step);
  for (const NicheSignal& signal : signals) {
    CellRecord& cell = state.niches[signal.niche];
    if (cell.state() != CellState::stem) continue;
    const double before = cell.ifn_memory();
    const double target = static_cast<double>(signal.ifn) * ifn_steps_per_level;
    const double exact = std::min(before + (target - before) * share, highest_memory);
    const double whole = std::floor(exact);
    const std::uint64_t u =
        model.draws(Purpose::ifn_memory, Entity::niche, signal.niche, step).first;
    const bool up = Threshold::of(exact - whole).happens(u);
    cell = cell.with_ifn_memory(static_cast<std::uint32_t>(whole) + (up ? 1 : 0));
  }
}

}  // namespace marrow
