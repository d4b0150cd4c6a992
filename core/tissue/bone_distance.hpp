// SPDX-License-Identifier: BSD-3-Clause
// Exact Euclidean distance from points to the nearest bone voxel of one box, for a sparse set of
// points (a distance map of the whole lattice would cost more memory than the tissue). The caller
// takes the minimum over boxes. Knows nothing of ranks.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

/// "No bone within 255 voxels."
inline constexpr std::uint16_t far_from_bone = 65535;

class BoneDistance {
 public:
  /// Looks only at the voxels of `within`, which lies in tissue.box and in the lattice. The tissue
  /// must outlive this object.
  BoneDistance(const TissueBox& tissue, const Box& within, const Lattice& lattice);

  /// The squared distance in voxels from p to the nearest bone voxel (the nearest periodic image),
  /// if it is below `bound` and at most 255^2; else `bound`. p may lie anywhere in the lattice.
  [[nodiscard]] std::uint16_t squared(const Index3& p, std::uint16_t bound) const;

 private:
  [[nodiscard]] std::int64_t nearest(const Index3& p, std::int64_t bound) const;
  [[nodiscard]] std::int64_t nearest_in_cell(const Index3& cell, const Index3& p,
                                             std::int64_t bound) const;

  const TissueBox& tissue_;
  Box within_;
  Lattice lattice_;
  Index3 cells_;
  // For each cell of 8^3 voxels: steps of a chess king to the nearest cell that holds bone.
  std::vector<std::uint8_t> king_steps_;
};

/// A squared distance as stored in the niche table: rounded down, 255 also for "further".
std::uint8_t distance_voxels(std::uint16_t squared);

}  // namespace marrow
