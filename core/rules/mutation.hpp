// SPDX-License-Identifier: BSD-3-Clause
// Mutation at division (MODEL.md, "Mutation"): each class of the scenario strikes independently, at
// its patient-scale rate times N_real/K so that the supply of mutants per patient is kept.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>

namespace marrow {

/// The clone of a daughter of `mother_clone` born in niche `source` and settled in `niche`: the
/// mother's, or a new one appended to the table. Daughters of a step must come in ascending niche
/// order, so that new clones get consecutive ids by birth site.
std::uint32_t daughter_clone(ModelState& state, const Model& model, std::uint32_t mother_clone,
                             std::uint32_t source, std::uint32_t niche);

}  // namespace marrow
