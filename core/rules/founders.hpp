// SPDX-License-Identifier: BSD-3-Clause
// The marrow at the start, and the escape clones that a scenario places: at the start, or at the
// trigger of the attack so that drift cannot remove them first. Works on the replicated niche
// table.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

namespace marrow {

/// Every niche filled with normal cells; the clone table with the normal clone and one per founder.
void fill_niches(ModelState& state, const Model& model);

/// Replaces live normal cells in keyed order by the founders whose time is `when`.
void place_founders(ModelState& state, const Model& model, FounderTime when);

}  // namespace marrow
