// SPDX-License-Identifier: BSD-3-Clause
// Killing on contact (MODEL.md, "Contact and kill"): a free T cell with a live, presenting stem
// cell among its 26 neighbours hits with chance p·eps; of several hits on one cell the highest
// priority counts, and only that T cell is engaged. With cooperativity some of the other contacts
// wound.
#pragma once

#include "core/cells/niche_sites.hpp"
#include "core/cells/swarm.hpp"
#include "core/rules/migration.hpp"

namespace marrow {

/// Contacts of one slab's free T cells at their new positions. Needs the commits of this slab and
/// both its neighbours; the verdict on a hit is final once both neighbours had their contacts.
void contact(TCellSwarm& swarm, std::size_t slab, NicheSites& niches, const Draws& draws,
             const HopClock& clock);

/// Engages the T cells whose hit counted in the last sub-step for `engagement_substeps`, and frees
/// those whose time is over, before sub-step `next`.
void settle_engagements(TCellSwarm::Slab& slab, std::uint32_t engagement_substeps,
                        const Draws& draws, const HopClock& next);

/// One sub-step passes for the engaged T cells.
void pass_engaged_time(TCellSwarm::Slab& slab);

}  // namespace marrow
