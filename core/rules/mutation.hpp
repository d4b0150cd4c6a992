// SPDX-License-Identifier: BSD-3-Clause
// Mutation at division (MODEL.md, "Mutation"): each class of the scenario strikes independently, at
// its patient-scale rate times N_real/K so that the supply of mutants per patient is kept. A
// lineage may be hit many times, by each class once.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>

namespace marrow {

/// What a class of mutation does to one clone.
struct MutantTraits {
  double presentation = 1.0;  // factor on eps, 0 to 1
  double growth_per_h = 0.0;  // added to the division rate
};

/// The traits of a clone that `mutation` makes: its means, with normal scatter where it has some
/// (presentation cut to 0 … 1). `bits` key the clone.
MutantTraits traits_of(const MutationClass& mutation, Bits128 bits);

/// False when the clone was hit by class `number` before, or has lost all that the class would take
/// away. Another driver can always be added.
bool can_strike(const Clone& clone, const MutationClass& mutation, std::size_t number);

/// Makes the clone one that class `number` has hit.
void strike(Clone& clone, const MutationClass& mutation, std::size_t number,
            const MutantTraits& traits);

/// Appends a clone to the table and returns its id. Throws Failure(model_health) when ids run out.
std::uint32_t found_clone(CloneTable& clones, const Clone& clone);

/// The clone of a daughter of `mother_clone` born in niche `source` and settled in `niche`: the
/// mother's, or a new one appended to the table. Daughters of a step must come in ascending niche
/// order, so that new clones get consecutive ids by birth site.
std::uint32_t daughter_clone(ModelState& state, const Model& model, std::uint32_t mother_clone,
                             std::uint32_t source, std::uint32_t niche);

}  // namespace marrow
