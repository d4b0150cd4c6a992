// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/founders.hpp"

#include "core/cells/replicas.hpp"
#include "core/random/deviates.hpp"
#include "core/rules/mutation.hpp"

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

/// True of the cells that founders replace: barcodes or not, they descend from no founder and carry
/// no mutation.
bool is_normal(const ModelState& state, CellRecord cell) {
  if (cell.state() != CellState::stem) return false;
  const Clone& clone = state.clones[cell.clone()];
  return clone.founder == 0 && clone.mutations == 0;
}

/// The first `wanted` niches of normal cells in a replica, in the keyed order of the founder.
std::vector<std::uint32_t> keyed_normal_niches(const ModelState& state, const Model& model,
                                               const Replicas& replicas, std::int64_t replica,
                                               std::uint32_t founder, std::size_t wanted) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> normal;
  for (std::int64_t place = 0; place < replicas.size(); ++place) {
    const std::uint32_t n = replicas.niche(replica, place);
    if (!is_normal(state, state.niches[n])) continue;
    normal.emplace_back(model.draws(Purpose::founder_niche, Entity::niche, n, 0, founder).first, n);
  }
  const std::size_t cells = std::min(normal.size(), wanted);
  std::ranges::partial_sort(normal, normal.begin() + static_cast<std::ptrdiff_t>(cells));
  std::vector<std::uint32_t> places;
  for (std::size_t i = 0; i < cells; ++i) places.push_back(normal[i].second);
  return places;
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
  const Replicas replicas(model.parameters.niches, model.lattice, model.niche_count());
  for (std::uint32_t f = 0; f < founders.size(); ++f) {
    if (founders[f].at != when) continue;
    const std::size_t wanted = cells_of(founders[f], f + 1, model);
    state.clones[f + 1].birth_step = state.step;
    for (std::int64_t r = replicas.count(); r-- > 0;) {
      const std::vector<std::uint32_t> places =
          keyed_normal_niches(state, model, replicas, r, f, wanted);
      missing += static_cast<std::int64_t>(wanted - places.size());
      for (const std::uint32_t n : places) {
        state.niches[n] = CellRecord::make(CellState::stem, f + 1);
      }
      if (!places.empty()) state.clones[f + 1].birth_site = model.niches[places[0]].site;
    }
  }
  return missing;
}

void barcode_stem_cells(ModelState& state, const Model& model) {
  for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
    if (state.niches[n].state() != CellState::stem) continue;
    Clone clone = state.clones[state.niches[n].clone()];
    clone.parent = state.niches[n].clone();
    clone.birth_step = state.step;
    clone.birth_site = model.niches[n].site;
    state.niches[n] = CellRecord::make(CellState::stem, found_clone(state.clones, clone));
  }
}

}  // namespace marrow
