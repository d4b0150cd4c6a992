// SPDX-License-Identifier: BSD-3-Clause
// Where a stem-cell niche may be: random voxels of marrow that touch what their type is named
// after. Samples are keyed by block, so every decomposition sees the same candidates. Knows nothing
// of ranks or of how many niches are wanted.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace marrow {

struct NicheCandidate {
  std::uint64_t priority = 0;  // lowest first
  SiteIndex site = 0;
  std::uint64_t type = 0;  // NicheType; a whole word, so that records have no padding
};

/// Layers of tissue around a voxel that decide whether it may be a niche.
inline constexpr std::int64_t niche_reach = 2;

/// The niche type of a marrow voxel of `tissue`, the rarest if several fit: periarteriolar (an
/// arteriole voxel within 2 voxels), endosteal (a face neighbour is bone), perisinusoidal (a face
/// neighbour is sinusoid). None where T cells could hardly reach the niche: it needs an enterable
/// face neighbour and 9 enterable voxels among its 26 neighbours.
std::optional<NicheType> niche_type(const TissueBox& tissue, const Index3& p);

/// Where niches may be: beside the structures that their types are named after, or, in open tissue,
/// which has none, in any voxel (they count as perisinusoidal).
enum class NichePlaces { beside_structures, anywhere };

/// Candidates in `own` among the first `samples_per_block` random voxels of each block that it
/// meets. tissue.box must hold niche_reach layers around `own` (where the lattice goes on).
std::vector<NicheCandidate> niche_candidates(const TissueBox& tissue, const Box& own,
                                             const Lattice& lattice, const Draws& draws,
                                             std::int64_t samples_per_block,
                                             NichePlaces places = NichePlaces::beside_structures);

}  // namespace marrow
