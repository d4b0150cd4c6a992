// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/walk.hpp"

#include "core/rules/cytotoxicity.hpp"
#include "core/rules/migration.hpp"

#include <algorithm>

namespace marrow {
namespace {

/// One sub-step of one slab up to its proposals.
void begin_substep(TCellSwarm& swarm, std::size_t slab_number, const Draws& draws,
                   const WalkRules& rules, const HopClock& clock) {
  TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  settle_engagements(slab, rules.engagement_substeps, draws, clock);
  pass_engaged_time(slab);
  if (clock.substep % hops_per_word == 0) refill_directions(slab, draws, clock);
  if (rules.chemotaxis != nullptr) {
    propose_uphill(slab, swarm.bits(), *rules.chemotaxis, draws, clock);
  } else {
    propose(slab, swarm.bits());
  }
}

/// Three phases per sub-step, each one slab behind the last: a slab commits when its neighbours
/// have proposed, looks for contact when they have committed, proposes anew when they have made
/// contact.
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

/// Sub-steps per wave: as many as keep the slabs of the wave in a core's second-level cache. Where
/// not even two do, nothing is kept anyway, and the longest wave saves the most regrouping.
std::uint32_t wave_length(const TCellSwarm& swarm) {
  constexpr double cache_bytes = 1.5e6;
  constexpr double bytes_per_cell =
      100;  // 16 of the arrays that a hop touches, a line of bits or two
  const std::uint32_t longest = longest_wave(swarm.slab_voxels());
  const double slab_bytes = bytes_per_cell * static_cast<double>(swarm.size()) /
                            static_cast<double>(swarm.slabs().size());
  const double fitting = cache_bytes / (3.0 * slab_bytes + 1.0);
  return fitting < 2.0 || fitting > longest ? longest : static_cast<std::uint32_t>(fitting);
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
  const std::uint32_t longest = wave_length(swarm);
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
