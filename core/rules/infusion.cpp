// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/infusion.hpp"

#include "core/math/elementary.hpp"
#include "core/random/deviates.hpp"
#include "core/rules/founders.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace marrow {
namespace {

std::int64_t& counter(ModelState& state, Counter which) {
  return state.counters[static_cast<std::size_t>(which)];
}

}  // namespace

std::int64_t cells_for_box(double patient_cells, const Model& model, std::uint64_t key) {
  const double box_per_patient =
      static_cast<double>(model.niche_count()) / model.parameters.clones.n_real;
  return round_at_random(patient_cells * box_per_patient,
                         model.draws(Purpose::infusion, Entity::patient, 0, key).first);
}

std::int64_t infuse_stem_cells(ModelState& state, const Model& model, std::uint32_t clone,
                               std::int64_t cells, std::uint64_t key) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> vacant;
  for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
    if (state.niches[n].state() != CellState::none) continue;
    vacant.emplace_back(model.draws(Purpose::infusion, Entity::niche, n, key).first, n);
  }
  const std::ptrdiff_t placed = std::min(std::ssize(vacant), std::max<std::ptrdiff_t>(0, cells));
  if (placed == 0) return 0;
  std::ranges::partial_sort(vacant, vacant.begin() + placed);
  for (std::ptrdiff_t i = 0; i < placed; ++i) {
    state.niches[vacant[static_cast<std::size_t>(i)].second] =
        CellRecord::make(CellState::stem, clone);
  }
  Clone& infused = state.clones[clone];
  if (infused.birth_step == not_yet_born) {
    infused.birth_step = state.step;
    infused.birth_site = model.niches[vacant.front().second].site;
  }
  counter(state, Counter::stem_infused) += placed;
  return placed;
}

std::int64_t deplete_host(ModelState& state, const Model& model, double log10_kill,
                          std::uint64_t key) {
  constexpr double ln10 = 0x1.26bb1bbb55516p+1;
  const Threshold dies = Threshold::of(one_minus_exp(ln10 * log10_kill));
  std::int64_t removed = 0;
  for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
    if (state.niches[n].state() != CellState::stem) continue;
    if (!dies.happens(model.draws(Purpose::conditioning, Entity::niche, n, key).first)) continue;
    state.niches[n] = CellRecord();
    ++removed;
  }
  counter(state, Counter::stem_depleted) += removed;
  return removed;
}

}  // namespace marrow
