// SPDX-License-Identifier: BSD-3-Clause
// The marrow at the start, and the escape clones that a scenario places: at the start, or at the
// trigger of the attack so that drift cannot remove them first. Clones that therapy infuses are
// entered here and come in through rules/infusion.hpp. Works on the replicated niche table.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>
#include <limits>

namespace marrow {

/// The birth step of a clone that waits for its first infusion.
inline constexpr std::int64_t not_yet_born = std::numeric_limits<std::int64_t>::max();

/// Every niche filled with normal cells; the clone table with the normal clone and one per founder
/// (clone i + 1 is the i-th founder, placed or not).
void fill_niches(ModelState& state, const Model& model);

/// Replaces live normal cells in keyed order by the founders whose time is `when` (start or
/// trigger). Where the niches form replicas, each replica gets the asked number of cells. Returns
/// how many cells found no normal one to replace.
std::int64_t place_founders(ModelState& state, const Model& model, FounderTime when);

/// Lineage barcoding: every stem cell founds a clone of its own, a child of its clone with the same
/// genotype, growth and founder, born now at its niche; ids in ascending order of niches.
void barcode_stem_cells(ModelState& state, const Model& model);

}  // namespace marrow
