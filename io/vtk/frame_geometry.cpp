// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_geometry.hpp"

#include "core/model/failure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace marrow::io {
namespace {

std::int64_t ceiling_ratio(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// One axis of a grid.
struct Axis {
  std::int64_t lo;
  std::int64_t hi;
  std::int64_t stride;
  std::int64_t cells;

  [[nodiscard]] std::int64_t source(std::int64_t cell) const {
    return std::min(lo + cell * stride + stride / 2, hi - 1);
  }
  /// The first cell whose source is at or after `at`; `cells` if none is.
  [[nodiscard]] std::int64_t first_from(std::int64_t at) const {
    if (at <= lo) return 0;
    const std::int64_t cell = std::min((at - lo) / stride, cells - 1);
    return source(cell) >= at ? cell : cell + 1;
  }
};

std::array<Axis, 3> axes(const FrameGrid& grid) {
  const auto& [lo, hi] = grid.crop;
  return {{{lo.x, hi.x, grid.stride, grid.cells.x},
           {lo.y, hi.y, grid.stride, grid.cells.y},
           {lo.z, hi.z, grid.stride, grid.cells.z}}};
}

/// Every cell of `edge`^3 voxels that the box touches.
Box cells_touched(const Box& voxels, std::int64_t edge) {
  const auto up = [edge](std::int64_t at) { return ceiling_ratio(at, edge); };
  return {{voxels.lo.x / edge, voxels.lo.y / edge, voxels.lo.z / edge},
          {up(voxels.hi.x), up(voxels.hi.y), up(voxels.hi.z)}};
}

void check_countable(const Index3& cells) {
  // VTK extents are int and count points, one more than cells.
  constexpr std::int64_t most = std::numeric_limits<int>::max() - 1;
  if (std::max({cells.x, cells.y, cells.z}) > most) {
    throw Failure(
        ExitCode::scenario,
        fmt::format("output.frames: {} x {} x {} cells are more along one axis than a VTK "
                    "file can hold ({}); use a crop or a larger stride",
                    cells.x, cells.y, cells.z, most));
  }
}

}  // namespace

FrameGrid voxel_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels,
                     std::int64_t stride) {
  if (stride < 1) {
    throw Failure(ExitCode::scenario,
                  fmt::format("output.frames.stride is {}; it must be at least 1", stride));
  }
  FrameGrid grid;
  grid.crop = intersection(crop_voxels.value_or(lattice.box()), lattice.box());
  if (grid.crop.empty()) {
    throw Failure(ExitCode::scenario,
                  fmt::format("output.frames.crop holds no voxel of the lattice of {} x {} x {}",
                              lattice.extent.x, lattice.extent.y, lattice.extent.z));
  }
  const Index3 extent = grid.crop.extent();
  grid.stride = stride;
  grid.cells = {ceiling_ratio(extent.x, stride), ceiling_ratio(extent.y, stride),
                ceiling_ratio(extent.z, stride)};
  check_countable(grid.cells);
  grid.spacing_um = lattice.spacing_um * static_cast<double>(stride);
  const Index3& lo = grid.crop.lo;
  grid.origin_um = {static_cast<double>(lo.x) * lattice.spacing_um,
                    static_cast<double>(lo.y) * lattice.spacing_um,
                    static_cast<double>(lo.z) * lattice.spacing_um};
  return grid;
}

namespace {

FrameGrid coarse_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels,
                      std::int64_t stride, std::int64_t edge) {
  const Box crop = voxel_grid(lattice, crop_voxels, 1).crop;
  const Lattice coarse{cells_touched(lattice.box(), edge).hi, lattice.periodic,
                       lattice.spacing_um * static_cast<double>(edge)};
  return voxel_grid(coarse, cells_touched(crop, edge), stride);
}

}  // namespace

FrameGrid block_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels) {
  return coarse_grid(lattice, crop_voxels, 1, block_edge);
}

FrameGrid signal_grid(const Lattice& lattice, const std::optional<Box>& crop_voxels,
                      std::int64_t stride, std::int64_t voxels_per_cell) {
  const std::int64_t cells = std::max<std::int64_t>(stride / voxels_per_cell, 1);
  return coarse_grid(lattice, crop_voxels, cells, voxels_per_cell);
}

Index3 source_of(const FrameGrid& grid, const Index3& cell) {
  const std::array<Axis, 3> axis = axes(grid);
  return {axis[0].source(cell.x), axis[1].source(cell.y), axis[2].source(cell.z)};
}

Box cells_shown(const FrameGrid& grid, const Box& source) {
  const std::array<Axis, 3> axis = axes(grid);
  const auto first = [&](const Index3& at) {
    return Index3{axis[0].first_from(at.x), axis[1].first_from(at.y), axis[2].first_from(at.z)};
  };
  return {first(source.lo), first(source.hi)};
}

std::vector<Box> z_slabs(const Box& box, std::int64_t pieces) {
  if (pieces < 1) {
    throw Failure(ExitCode::scenario,
                  fmt::format("output.frames.pieces is {}; it must be at least 1", pieces));
  }
  const std::int64_t layers = box.extent().z;
  const std::int64_t count = std::min(pieces, layers);
  std::vector<Box> slabs;
  for (std::int64_t piece = 0; piece < count; ++piece) {
    Box slab = box;
    slab.lo.z = box.lo.z + piece * layers / count;
    slab.hi.z = box.lo.z + (piece + 1) * layers / count;
    slabs.push_back(slab);
  }
  return slabs;
}

std::size_t slab_of(const std::vector<Box>& slabs, std::int64_t z) {
  const auto after =
      std::upper_bound(slabs.begin(), slabs.end(), z,
                       [](std::int64_t at, const Box& slab) { return at < slab.hi.z; });
  return static_cast<std::size_t>(after - slabs.begin());
}

int writer_of(std::size_t piece, std::size_t pieces, int ranks) {
  return static_cast<int>(piece * static_cast<std::size_t>(ranks) / pieces);
}

std::array<float, 3> centre_um(const Lattice& lattice, const Index3& voxel) {
  const auto centre = [&](std::int64_t at) {
    return static_cast<float>((static_cast<double>(at) + 0.5) * lattice.spacing_um);
  };
  return {centre(voxel.x), centre(voxel.y), centre(voxel.z)};
}

}  // namespace marrow::io
