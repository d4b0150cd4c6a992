// SPDX-License-Identifier: BSD-3-Clause
// The arithmetic of frames: which voxels (or blocks) a cropped, strided frame shows, where its
// cells lie in um, how it falls into pieces, and which rank writes a piece. Pure integers; knows
// nothing of files or of what a voxel holds.
#pragma once

#include "core/lattice/geometry.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace marrow::io {

/// A regular grid of frame cells over a part of the lattice (the *source*: voxels, blocks, or cells
/// of the cytokine grid).
/// Frame cell i covers `stride` source cells per axis and shows the one that holds its centre; the
/// last cell of an axis may reach beyond the crop and then shows at most the crop's last source
/// cell.
struct FrameGrid {
  Box crop;                 // in source cells
  std::int64_t stride = 1;  // in source cells
  Index3 cells;             // frame cells per axis
  std::array<double, 3> origin_um{};
  double spacing_um = 0.0;

  [[nodiscard]] Box box() const { return {{0, 0, 0}, cells}; }

  friend bool operator==(const FrameGrid&, const FrameGrid&) = default;
};

/// One frame cell per stride^3 voxels. Throws Failure(scenario) when the crop holds no voxel of the
/// lattice, the stride is below 1, or an axis has more cells than VTK can count.
FrameGrid voxel_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels,
                     std::int64_t stride);

/// One frame cell per block that the crop touches.
FrameGrid block_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels);

/// A grid over cells of `voxels_per_cell`^3 voxels, as far as the crop touches them: frame cells
/// are `stride` voxels apart, or one cell where that is more.
FrameGrid signal_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels,
                      std::int64_t stride, std::int64_t voxels_per_cell);

/// The source cell that a frame cell shows.
Index3 source_of(const FrameGrid& grid, const Index3& cell);

/// The frame cells whose source lies in `source`; the boxes of a partition give a partition.
Box cells_shown(const FrameGrid& grid, const Box& source);

/// `box` cut across z into `pieces` slabs whose thickness differs by at most one layer; never more
/// slabs than layers. Throws Failure(scenario) when pieces is below 1.
std::vector<Box> z_slabs(const Box& box, std::int64_t pieces);

/// The slab that holds layer z.
std::size_t slab_of(const std::vector<Box>& slabs, std::int64_t z);

/// Writers are spread evenly over the ranks; rank 0 always writes piece 0.
int writer_of(std::size_t piece, std::size_t pieces, int ranks);

/// Centre of a voxel.
std::array<float, 3> centre_um(const Lattice& lattice, const Index3& voxel);

}  // namespace marrow::io
