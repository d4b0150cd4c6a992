// SPDX-License-Identifier: BSD-3-Clause
// T-cell motion, hop by hop (MODEL.md, "T-cell walk"): every free T cell proposes one of six faces,
// conflicts for a voxel are resolved, all commit. The three phases work on one slab; rules/walk.hpp
// puts them in order.
#pragma once

#include "core/cells/swarm.hpp"
#include "core/random/draws.hpp"
#include "core/rules/chemotaxis.hpp"

#include <cstdint>

namespace marrow {

/// Sub-steps served by one 64-bit word of random directions: 6^12 sequences from 2^64 words, so the
/// chance of any sequence is off by less than 1.2e-10 of itself.
inline constexpr std::uint32_t hops_per_word = 12;

/// The step and sub-step that key the draws.
struct HopClock {
  std::uint64_t step = 0;
  std::uint32_t substep = 0;
};

/// What is left of a T cell's word of directions when `clock.substep` begins.
std::uint64_t directions_at(const Draws& draws, SiteIndex origin, const HopClock& clock);

/// Refills the direction words of a slab; call when clock.substep is a multiple of hops_per_word.
void refill_directions(TCellSwarm::Slab& slab, const Draws& draws, const HopClock& clock);

/// Propose: each free T cell picks a face; its target is that voxel if it is free now, else its
/// own.
void propose(TCellSwarm::Slab& slab, const VoxelBits& bits);

/// The same with the chemokine's bias: a hop down the field along its axis is turned round with the
/// chance of `map`.
void propose_uphill(TCellSwarm::Slab& slab, const VoxelBits& bits, const ChemotaxisMap& map,
                    const Draws& draws, const HopClock& clock);

/// Resolve and commit: a voxel with several takers goes to the largest (priority, origin); losers
/// stay. Needs the proposals of this slab and both its neighbours.
void commit(TCellSwarm& swarm, std::size_t slab, const Draws& draws, const HopClock& clock);

}  // namespace marrow
