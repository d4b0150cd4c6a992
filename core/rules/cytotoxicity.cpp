// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/cytotoxicity.hpp"

#include <algorithm>
#include <tuple>

namespace marrow {
namespace {

/// Gives the credit for `site` to this T cell if nobody with a larger claim has it already.
void claim_kill(TCellSwarm& swarm, std::size_t slab_number, std::uint32_t cell, NicheSites& niches,
                std::uint32_t site_number, std::uint64_t priority, const HopClock& clock) {
  TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  NicheSite& site = niches[site_number];
  const SiteIndex origin = slab.origin[cell];
  if (site.hit_substep == clock.substep) {
    if (std::tie(priority, origin) < std::tie(site.hit_priority, site.hit_origin)) return;
    std::erase_if(swarm.slabs()[site.hit_slab].hits,
                  [&](const TCellSwarm::Hit& h) { return h.niche_site == site_number; });
  } else {
    niches.note_hit(site_number);
  }
  site.hit_substep = clock.substep;
  site.hit_slab = static_cast<std::uint32_t>(slab_number);
  site.hit_priority = priority;
  site.hit_origin = origin;
  slab.hits.push_back({cell, site_number});
}

/// Moves the T cells with a counted hit to the engaged ones.
void engage_hitters(TCellSwarm::Slab& slab, std::uint32_t engagement_substeps) {
  if (slab.hits.empty()) return;
  // From the back, so that filling a gap with the last cell never moves one that is still to come.
  std::ranges::sort(slab.hits, std::greater{}, &TCellSwarm::Hit::cell);
  for (const TCellSwarm::Hit& hit : slab.hits) {
    const std::uint32_t i = hit.cell;
    slab.engaged.push_back(
        {slab.at[i], slab.origin[i],
         slab.record[i].with_state(CellState::engaged, engagement_substeps).with_one_more()});
    slab.erase(i);
  }
  slab.hits.clear();
}

/// Frees the engaged T cells whose clock stands at zero; they walk again from `clock` on.
void free_disengaged(TCellSwarm::Slab& slab, const Draws& draws, const HopClock& clock) {
  std::erase_if(slab.engaged, [&](const TCellSwarm::EngagedCell& cell) {
    if (cell.record.clock() != 0) return false;
    slab.push(cell.at, directions_at(draws, cell.origin, clock), cell.origin,
              cell.record.with_state(CellState::effector, 0));
    return true;
  });
}

}  // namespace

void contact(TCellSwarm& swarm, std::size_t slab_number, NicheSites& niches, const Draws& draws,
             const HopClock& clock) {
  const TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  const VoxelBits& bits = swarm.bits();
  const std::uint32_t n = slab.size();
  for (std::uint32_t i = 0; i < n; ++i) {
    if (!bits.near_niche(slab.at[i]) || slab.record[i].state() != CellState::effector) continue;
    const Index3 here = bits.layout().position(slab.at[i]);
    const std::uint32_t site = niches.presenting_neighbour(here, clock.substep);
    if (site == NicheSites::none) continue;
    const Bits128 draw =
        draws(Purpose::contact, Entity::site, slab.origin[i], clock.step, clock.substep);
    if (!niches[site].kill.happens(draw.first)) {
      if (draw.first < niches[site].wound_end) niches[site].wounded = true;
      continue;
    }
    claim_kill(swarm, slab_number, i, niches, site, draw.second, clock);
  }
}

void settle_engagements(TCellSwarm::Slab& slab, std::uint32_t engagement_substeps,
                        const Draws& draws, const HopClock& next) {
  if (!slab.engaged.empty()) free_disengaged(slab, draws, next);
  engage_hitters(slab, engagement_substeps);
}

void pass_engaged_time(TCellSwarm::Slab& slab) {
  for (TCellSwarm::EngagedCell& cell : slab.engaged) {
    cell.record = cell.record.with_state(CellState::engaged, cell.record.clock() - 1);
  }
}

}  // namespace marrow
