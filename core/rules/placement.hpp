// SPDX-License-Identifier: BSD-3-Clause
// Where daughters and travelling stem cells settle (MODEL.md, "Placement"): nearby by weight, or
// through the blood into any vacant niche; and what mutation does to a daughter on the way. Works
// on the replicated niche table from the events of all ranks, so every rank computes the same.
#pragma once

#include "core/cells/niche_index.hpp"
#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/stem_cells.hpp"

#include <span>

namespace marrow {

/// Applies the events of one step (ascending niche, the state's niches as at its start) to niches,
/// clones and counters.
void apply_stem_events(ModelState& state, const Model& model, const NicheIndex& neighbourhoods,
                       std::span<const StemEvent> events);

}  // namespace marrow
