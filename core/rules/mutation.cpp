// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/mutation.hpp"

#include "core/cells/record.hpp"
#include "core/model/failure.hpp"
#include "core/random/deviates.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

constexpr std::uint64_t bit_of(std::size_t number) { return std::uint64_t{1} << number; }

}  // namespace

MutantTraits traits_of(const MutationClass& mutation, Bits128 bits) {
  MutantTraits traits{mutation.presentation, mutation.growth_per_h};
  if (mutation.presentation_sd == 0.0 && mutation.growth_sd_per_h == 0.0) return traits;
  const NormalPair z = normal_pair(bits);
  traits.presentation =
      std::clamp(traits.presentation + mutation.presentation_sd * z.first, 0.0, 1.0);
  traits.growth_per_h += mutation.growth_sd_per_h * z.second;
  return traits;
}

bool can_strike(const Clone& clone, const MutationClass& mutation, std::size_t number) {
  const std::uint32_t losses = mutation.genotype & ~std::uint32_t{driver};
  const bool nothing_left = losses != 0 && (clone.genotype & losses) == losses;
  return !nothing_left && (clone.mutations & bit_of(number)) == 0;
}

void strike(Clone& clone, const MutationClass& mutation, std::size_t number,
            const MutantTraits& traits) {
  clone.mutations |= bit_of(number);
  clone.genotype |= mutation.genotype;
  clone.presentation = static_cast<std::uint32_t>(
      std::floor(static_cast<double>(clone.presentation) * traits.presentation + 0.5));
  clone.growth_per_h += traits.growth_per_h;
}

std::uint32_t found_clone(CloneTable& clones, const Clone& clone) {
  if (clones.size() > CellRecord::max_clone) {
    throw Failure(ExitCode::model_health,
                  "more than 16.7 million clones: lower the mutation rates of the scenario");
  }
  clones.push_back(clone);
  return static_cast<std::uint32_t>(clones.size() - 1);
}

std::uint32_t daughter_clone(ModelState& state, const Model& model, std::uint32_t mother_clone,
                             std::uint32_t source, std::uint32_t niche) {
  const auto step = static_cast<std::uint64_t>(state.step);
  Clone daughter = state.clones[mother_clone];
  bool mutated = false;
  for (std::uint32_t m = 0; m < model.mutations.size(); ++m) {
    const std::uint64_t u = model.draws(Purpose::mutation, Entity::niche, source, step, m).first;
    if (!model.mutation_chance[m].happens(u)) continue;
    const MutationClass& mutation = model.mutations[m];
    if (!can_strike(daughter, mutation, m)) continue;
    strike(daughter, mutation, m,
           traits_of(mutation, model.draws(Purpose::clone_trait, Entity::niche, niche, step, m)));
    ++state.counters[static_cast<std::size_t>(Counter::mutations)];
    mutated = true;
  }
  if (!mutated) return mother_clone;
  daughter.parent = mother_clone;
  daughter.birth_step = state.step;
  daughter.birth_site = model.niches[niche].site;
  return found_clone(state.clones, daughter);
}

}  // namespace marrow
