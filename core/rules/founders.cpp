// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/founders.hpp"

#include "core/random/deviates.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace marrow {
namespace {

Clone clone_of(const FounderClone& founder, std::uint32_t number) {
  Clone clone;
  clone.parent = 0;
  clone.genotype = founder.genotype;
  clone.presentation =
      static_cast<std::uint32_t>(std::floor(founder.presentation * full_presentation + 0.5));
  clone.founder = number;
  clone.growth_per_h = founder.growth_per_h;
  if (founder.at == FounderTime::infusion) clone.birth_step = not_yet_born;
  return clone;
}

/// Cells of a donor descend from none of the patient's; engineered ones do.
bool from_donor(const FounderClone& founder, const Parameters& parameters) {
  return std::ranges::any_of(parameters.therapy, [&](const TherapyEvent& event) {
    return event.drug == Drug::transplant && event.clone == founder.name;
  });
}

/// A share of the niches becomes a whole number of cells by keyed stochastic rounding, so that a
/// clone too small for the box is there in the right proportion of runs.
std::size_t cells_of(const FounderClone& founder, std::uint32_t number, const Model& model) {
  if (founder.cells > 0) return static_cast<std::size_t>(founder.cells);
  const double exact = founder.share * static_cast<double>(model.niche_count());
  return static_cast<std::size_t>(
      round_at_random(exact, model.draws(Purpose::founder_niche, Entity::clone, number).first));
}

}  // namespace

void fill_niches(ModelState& state, const Model& model) {
  state.clones.assign(1, Clone{});
  const auto& founders = model.parameters.clones.founders;
  for (std::size_t f = 0; f < founders.size(); ++f) {
    state.clones.push_back(clone_of(founders[f], static_cast<std::uint32_t>(f) + 1));
    if (from_donor(founders[f], model.parameters)) state.clones.back().parent = no_parent;
  }
  state.niches.assign(model.niches.size(), CellRecord::make(CellState::stem, 0));
}

std::int64_t place_founders(ModelState& state, const Model& model, FounderTime when) {
  std::int64_t missing = 0;
  const auto& founders = model.parameters.clones.founders;
  for (std::uint32_t f = 0; f < founders.size(); ++f) {
    if (founders[f].at != when) continue;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> normal;
    for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
      const CellRecord cell = state.niches[n];
      if (cell.state() != CellState::stem || cell.clone() != 0) continue;
      normal.emplace_back(model.draws(Purpose::founder_niche, Entity::niche, n, 0, f).first, n);
    }
    const std::size_t asked = cells_of(founders[f], f + 1, model);
    const std::size_t cells = std::min(normal.size(), asked);
    missing += static_cast<std::int64_t>(asked - cells);
    std::ranges::partial_sort(normal, normal.begin() + static_cast<std::ptrdiff_t>(cells));
    for (std::size_t i = 0; i < cells; ++i) {
      state.niches[normal[i].second] = CellRecord::make(CellState::stem, f + 1);
    }
    state.clones[f + 1].birth_step = state.step;
    if (cells > 0) state.clones[f + 1].birth_site = model.niches[normal[0].second].site;
  }
  return missing;
}

}  // namespace marrow
