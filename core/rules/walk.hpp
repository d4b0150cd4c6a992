// SPDX-License-Identifier: BSD-3-Clause
// The order in which slabs pass through the sub-steps of the T-cell walk. Sub-steps are
// synchronous, but a slab depends only on its two neighbours, so a few sub-steps sweep over the
// slabs as a staggered wave while their data stay in cache. Any order that respects the
// dependencies gives the same bits.
#pragma once

#include "core/cells/niche_sites.hpp"
#include "core/cells/swarm.hpp"
#include "core/random/draws.hpp"
#include "core/rules/chemotaxis.hpp"

namespace marrow {

struct WalkRules {
  std::uint64_t step = 0;
  std::uint32_t engagement_substeps = 0;
  const ChemotaxisMap* chemotaxis = nullptr;  // none: unbiased
};

/// Layers of ghost voxels that one sub-step makes invalid, counted in final positions: whether a
/// hit counts depends on every T cell within 2 voxels, and where those are on claims 2 voxels
/// further.
inline constexpr std::int64_t walk_reach_voxels = 4;

/// Largest number of sub-steps in one wave over slabs of this thickness: T cells of slabs that are
/// not neighbours must stay more than 2 voxels apart.
constexpr std::uint32_t longest_wave(std::int64_t slab_voxels) {
  return static_cast<std::uint32_t>((slab_voxels - 3) / 2);
}

/// Advances all T cells of the swarm through sub-steps [first, first + count) of the step.
void walk(TCellSwarm& swarm, NicheSites& niches, const Draws& draws, const WalkRules& rules,
          std::uint32_t first, std::uint32_t count);

}  // namespace marrow
