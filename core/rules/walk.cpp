// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/walk.hpp"

#include <algorithm>

#include "core/rules/cytotoxicity.hpp"
#include "core/rules/migration.hpp"

namespace marrow {
namespace {

/// One sub-step of one slab up to its proposals.
void begin_substep(TCellSwarm& swarm, std::size_t slab_number, const Draws& draws,
                   const WalkRules& rules, const HopClock& clock) {
  TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  settle_engagements(slab, rules.engagement_substeps, draws, clock);
  pass_engaged_time(slab);
  if (clock.substep % hops_per_word == 0) refill_directions(slab, draws, clock);
  propose(slab, swarm.bits());
}

/// Three phases per sub-step, each one slab behind the last: a slab commits when its neighbours have
/// proposed, looks for contact when they have committed, proposes anew when they have made contact.
void wave(TCellSwarm& swarm, NicheSites& niches, const Draws& draws, const WalkRules& rules,
          std::uint32_t first, std::uint32_t count) {
  const auto slabs = static_cast<std::int64_t>(swarm.slabs().size());
  const auto in_range = [slabs](std::int64_t s) { return s >= 0 && s < slabs; };
  const std::int64_t front_end = slabs + 3 * static_cast<std::int64_t>(count) - 1;
  for (std::int64_t front = 0; front < front_end; ++front) {
    for (std::uint32_t k = 0; k < count; ++k) {
      const HopClock clock{rules.step, first + k};
      const std::int64_t s = front - 3 * static_cast<std::int64_t>(k);
      if (in_range(s)) begin_substep(swarm, static_cast<std::size_t>(s), draws, rules, clock);
      if (in_range(s - 1)) commit(swarm, static_cast<std::size_t>(s - 1), draws, clock);
      if (in_range(s - 2)) contact(swarm, static_cast<std::size_t>(s - 2), niches, draws, clock);
    }
  }
}

}  // namespace

void walk(TCellSwarm& swarm, NicheSites& niches, const Draws& draws, const WalkRules& rules,
          std::uint32_t first, std::uint32_t count) {
  swarm.sort();
  for (TCellSwarm::Slab& slab : swarm.slabs()) {
    for (std::uint32_t i = 0; i < slab.size(); ++i) {
      slab.directions[i] = directions_at(draws, slab.origin[i], {rules.step, first});
    }
  }
  const std::uint32_t longest = longest_wave(swarm.slab_voxels());
  for (std::uint32_t done = 0; done < count; done += longest) {
    const std::uint32_t length = std::min(longest, count - done);
    wave(swarm, niches, draws, rules, first + done, length);
    for (TCellSwarm::Slab& slab : swarm.slabs()) {
      settle_engagements(slab, rules.engagement_substeps, draws,
                         {rules.step, first + done + length});
    }
    swarm.regroup();
  }
}

}  // namespace marrow
