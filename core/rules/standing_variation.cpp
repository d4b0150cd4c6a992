// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/standing_variation.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"
#include "core/random/deviates.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marrow {
namespace {

constexpr double hours_per_year = 8766.0;
constexpr double most_arrivals = 1e7;

/// Follows every mutant of one class from its birth, dead ones included: so survivors have the
/// right ages and growth whatever the scatter of growth, which a formula for survivors alone has
/// not.
void draw_class(const Model& model, std::size_t number, std::vector<StandingClone>& clones) {
  const MutationClass& mutation = model.mutations[number];
  const double loss_per_h = model.parameters.hspc.homeostatic_rate_per_h;
  const double life_h = model.parameters.patient.age_y * hours_per_year;
  const double expected =
      model.parameters.clones.n_real * mutation.rate_per_division * loss_per_h * life_h;
  if (!(expected <= most_arrivals)) {
    throw Failure(ExitCode::scenario,
                  "clones.standing: more than 10 million mutants of the class '" + mutation.name +
                      "' before the start; lower its rate or clones.n_real");
  }
  const auto word = [&](std::uint32_t i) {
    return model.draws(Purpose::standing_count, Entity::clone, number, i).first;
  };
  const auto arrivals = static_cast<std::uint64_t>(poisson(expected, word));
  for (std::uint64_t a = 0; a < arrivals; ++a) {
    const Bits128 fate = model.draws(Purpose::standing_clone, Entity::clone, a, number, 0);
    const Bits128 size = model.draws(Purpose::standing_clone, Entity::clone, a, number, 1);
    StandingClone clone;
    clone.mutation = number;
    clone.traits = traits_of(mutation, model.draws(Purpose::clone_trait, Entity::clone, a, number));
    clone.age_h = life_h * uniform_unit(fate.first);
    const CloneGrowth growth{std::max(0.0, loss_per_h + clone.traits.growth_per_h), loss_per_h};
    if (!Threshold::of(growth.survival(clone.age_h)).happens(fate.second)) continue;
    clone.patient_cells = geometric(growth.mean_size(clone.age_h), size.first);
    clones.push_back(clone);
  }
}

void share_out(const Model& model, std::vector<StandingClone>& clones) {
  const double normal = model.parameters.clones.n_real;
  double mutant = 0.0;
  for (const StandingClone& clone : clones) mutant += static_cast<double>(clone.patient_cells);
  const double total = mutant / (normal + mutant);
  const double reduction = total > most_standing_share ? most_standing_share / total : 1.0;
  for (StandingClone& clone : clones) {
    clone.share = reduction * static_cast<double>(clone.patient_cells) / (normal + mutant);
  }
}

/// Niches of live normal cells in keyed order.
std::vector<std::uint32_t> normal_niches(const ModelState& state, const Model& model) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> keyed;
  for (std::uint32_t n = 0; n < state.niches.size(); ++n) {
    const CellRecord cell = state.niches[n];
    if (cell.state() != CellState::stem || cell.clone() != 0) continue;
    keyed.emplace_back(model.draws(Purpose::standing_clone, Entity::niche, n).first, n);
  }
  std::ranges::sort(keyed);
  std::vector<std::uint32_t> niches;
  niches.reserve(keyed.size());
  for (const auto& [key, niche] : keyed) niches.push_back(niche);
  return niches;
}

}  // namespace

double CloneGrowth::survival(double time_h) const {
  const double net = division_per_h - loss_per_h;
  // 1/(1/E + b (1 - 1/E)/(b - d)): finite for any growth.
  const double decline = net == 0.0 ? time_h : one_minus_exp(net * time_h) / net;
  return 1.0 / (det_exp(-net * time_h) + division_per_h * decline);
}

double CloneGrowth::mean_size(double time_h) const {
  const double net = division_per_h - loss_per_h;
  // 1 + b (E - 1)/(b - d), whose limit at b = d is 1 + b t.
  const double growth = net == 0.0 ? time_h : det_expm1(net * time_h) / net;
  return 1.0 + division_per_h * growth;
}

std::vector<StandingClone> draw_standing_clones(const Model& model) {
  std::vector<StandingClone> clones;
  for (std::size_t m = 0; m < model.mutations.size(); ++m) {
    if (model.mutations[m].standing) draw_class(model, m, clones);
  }
  share_out(model, clones);
  const auto niches = static_cast<double>(model.niche_count());
  for (std::size_t i = 0; i < clones.size(); ++i) {
    const std::uint64_t u = model.draws(Purpose::standing_clone, Entity::patient, i).first;
    clones[i].box_cells = round_at_random(clones[i].share * niches, u);
  }
  return clones;
}

StandingCensus place_standing_clones(ModelState& state, const Model& model) {
  StandingCensus census;
  const std::vector<std::uint32_t> open = normal_niches(state, model);
  std::size_t next = 0;
  for (const StandingClone& drawn : draw_standing_clones(model)) {
    ++census.clones;
    const std::size_t cells =
        std::min(open.size() - next, static_cast<std::size_t>(drawn.box_cells));
    if (cells == 0) continue;
    Clone clone = state.clones[0];
    clone.parent = 0;
    clone.birth_step = -static_cast<std::int64_t>(std::floor(drawn.age_h + 0.5));
    clone.birth_site = model.niches[open[next]].site;
    strike(clone, model.mutations[drawn.mutation], drawn.mutation, drawn.traits);
    const std::uint32_t id = found_clone(state.clones, clone);
    for (std::size_t i = 0; i < cells; ++i) {
      state.niches[open[next++]] = CellRecord::make(CellState::stem, id);
    }
    ++census.placed_clones;
    census.placed_cells += static_cast<std::int64_t>(cells);
  }
  return census;
}

}  // namespace marrow
