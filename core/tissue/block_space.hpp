// SPDX-License-Identifier: BSD-3-Clause
// How much room T cells have in each block of 16^3 voxels, and how wide the openings between
// neighbouring blocks are: what a description of T cells by counts per block needs of the tissue.
// Integers, so that any division of the lattice gives the same numbers.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace marrow {

/// One entry per block of `covered` (block coordinates, x-fastest): a rank's own blocks and one
/// layer around them.
struct BlockSpace {
  Box own;
  Box covered;
  std::vector<std::int64_t> enterable;  // voxels that T cells may enter
  /// By face (face_offsets): pairs of enterable voxels on both sides of it.
  std::array<std::vector<std::int64_t>, 6> openings;

  [[nodiscard]] std::size_t offset(const Index3& block) const {
    return static_cast<std::size_t>(offset_in(covered, block));
  }
};

/// Counts the own blocks; the layer around them stays zero. `tissue` holds at least one voxel
/// around `own_voxels` where the lattice goes on.
BlockSpace count_block_space(const TissueBox& tissue, const Lattice& lattice,
                             const Box& own_voxels);

}  // namespace marrow
