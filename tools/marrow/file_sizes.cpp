// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/file_sizes.hpp"

#include "core/lattice/geometry.hpp"
#include "parallel/memory_need.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::tool {
namespace {

constexpr double cells_base = 6000.0;
constexpr double cells_record = 14.5;  // of a stem cell or T cell
constexpr double niches_base = 4500.0;
constexpr double niches_record = 16.0;
constexpr double fields_base = 2400.0;
constexpr double fields_record = 14.5;  // of a block
constexpr double signals_base = 3000.0;
constexpr double signals_record = 8.0;  // of a cell of the grid, three levels

// The coarser the voxels, the fewer are like their neighbours.
constexpr double tissue_most_per_voxel = 1.8;
constexpr double tissue_length_um = 16.0;
constexpr double open_tissue_share = 0.7;  // without bone and fat

constexpr double checkpoint_base = 7e4;
constexpr double checkpoint_record = 16.0;  // of a niche, a block, a T cell or its place in an hour
constexpr double checkpoint_kernel_base = 2000.0;

double voxels(const Parameters& p) { return static_cast<double>(p.lattice().box().volume()); }

double blocks(const Parameters& p) {
  return static_cast<double>(BlockGrid(p.lattice().extent).count());
}

double cubed(double edge) { return edge * edge * edge; }

double tissue_bytes_per_voxel(const Parameters& p) {
  const double shown_um = p.domain.spacing_um * static_cast<double>(p.output.frames.stride);
  const double made = tissue_most_per_voxel * (1.0 - std::exp(-shown_um / tissue_length_um));
  return p.tissue.source == TissueSource::open ? open_tissue_share * made : made;
}

/// Cells of the signal frame in so many voxels; a stride finer than them shows each.
double signal_cells(const Parameters& p, double shown_voxels) {
  const auto edge = static_cast<double>(p.signals->voxels_per_cell);
  const double every =
      std::max(1.0, std::floor(static_cast<double>(p.output.frames.stride) / edge));
  return shown_voxels / cubed(edge * every);
}

}  // namespace

FrameSizes frame_sizes(const Parameters& p, double most_cells) {
  const FrameParameters& frames = p.output.frames;
  if (frames.every_h <= 0.0) return {};
  const double shown =
      frames.crop_voxels ? static_cast<double>(frames.crop_voxels->volume()) : voxels(p);
  const double share = shown / voxels(p);
  FrameSizes sizes;
  if (frames.tissue) {
    sizes.tissue = tissue_bytes_per_voxel(p) * shown / cubed(static_cast<double>(frames.stride));
  }
  if (frames.cells) {
    sizes.niches = niches_base + niches_record * share * parallel::expected_niches(p);
    sizes.cells = cells_base + cells_record * share * most_cells;
  }
  if (frames.fields) sizes.fields = fields_base + fields_record * share * blocks(p);
  if (frames.signals && p.signals) {
    sizes.signals = signals_base + signals_record * signal_cells(p, shown);
  }
  return sizes;
}

double checkpoint_size(const Parameters& p, double most_tcells) {
  const double niches = parallel::expected_niches(p);
  double bytes = checkpoint_base;
  if (p.tcells.motion == Motion::kernel) {
    bytes += checkpoint_kernel_base + checkpoint_record * (niches + 2.0 * blocks(p));
  } else {
    bytes += checkpoint_record * (niches + blocks(p) + most_tcells);
  }
  if (p.signals) {
    // Where T cells have been since the solution before, and when the next is not due since then.
    const double period_h = p.signals->period_h;
    const bool between = std::fmod(p.checkpoint.every_h, period_h) > 0.0;
    const double grid_cells = voxels(p) / cubed(static_cast<double>(p.signals->voxels_per_cell));
    bytes +=
        (between ? 2.0 : 1.0) * checkpoint_record * std::min(grid_cells, most_tcells * period_h);
  }
  if (p.tissue.source == TissueSource::image) bytes += voxels(p);
  return bytes;
}

}  // namespace marrow::tool
