// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/mutation.hpp"

#include "core/cells/record.hpp"
#include "core/model/failure.hpp"

#include <cmath>

namespace marrow {

std::uint32_t daughter_clone(ModelState& state, const Model& model, std::uint32_t mother_clone,
                             std::uint32_t source, std::uint32_t niche) {
  const CloneParameters& clones = model.parameters.clones;
  const double supply = clones.n_real / static_cast<double>(model.niche_count());
  Clone daughter = state.clones[mother_clone];
  bool mutated = false;
  for (std::uint32_t m = 0; m < clones.mutations.size(); ++m) {
    const MutationClass& mutation = clones.mutations[m];
    const bool carried = (daughter.genotype & mutation.genotype) == mutation.genotype;
    const std::uint64_t u = model
                                .draws(Purpose::mutation, Entity::niche, source,
                                       static_cast<std::uint64_t>(state.step), m)
                                .first;
    if (carried || !Threshold::of(mutation.rate_per_division * supply).happens(u)) continue;
    mutated = true;
    ++state.counters[static_cast<std::size_t>(Counter::mutations)];
    daughter.genotype |= mutation.genotype;
    daughter.presentation = static_cast<std::uint32_t>(
        std::floor(static_cast<double>(daughter.presentation) * mutation.presentation + 0.5));
    daughter.growth_per_h += mutation.growth_per_h;
  }
  if (!mutated) return mother_clone;
  if (state.clones.size() > CellRecord::max_clone) {
    throw Failure(ExitCode::model_health,
                  "more than 16.7 million clones: lower the mutation rates of the scenario");
  }
  daughter.parent = mother_clone;
  daughter.birth_step = state.step;
  daughter.birth_site = model.niches[niche].site;
  state.clones.push_back(daughter);
  return static_cast<std::uint32_t>(state.clones.size() - 1);
}

}  // namespace marrow
