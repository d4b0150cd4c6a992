// SPDX-License-Identifier: BSD-3-Clause
// Niches on a regular cubic grid, for comparison with theory on lattices (core/MODEL.md,
// "Verification switches"). Knows nothing of the tissue around them.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>

namespace marrow {

/// Distance of neighbouring niches of the grid in voxels.
std::int64_t niche_grid_pitch(const NicheParameters& niches, const Lattice& lattice);

/// Number of niches along each axis: as many whole pitches as the lattice holds.
Index3 niche_grid_extent(const NicheParameters& niches, const Lattice& lattice);

/// One niche in the middle of each pitch-sized cube, x fastest: niche x + nx (y + ny z) stands at
/// pitch·(x, y, z) + pitch/2. All perisinusoidal and far from bone.
NicheTable niche_grid(const NicheParameters& niches, const Lattice& lattice);

}  // namespace marrow
