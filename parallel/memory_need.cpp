// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/memory_need.hpp"

#include "parallel/decomposition.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::parallel {
namespace {

// Peaks of resident memory, measured on one rank (Debian 12, GCC 12) with 0.3 to 33 million voxels:
// the libraries; the tissue while it is made, with the bits of the walk; the grid of the cytokines;
// a frame of the tissue where it is put together; and small change.
constexpr double base_bytes = 60e6;
constexpr double bytes_per_voxel = 1.7;
constexpr double bytes_per_signal_cell = 40.0;
constexpr double bytes_per_frame_voxel = 8.5;
constexpr double bytes_per_imported_voxel = 3.0;
constexpr double bytes_per_niche = 300.0;
constexpr double bytes_per_tcell = 100.0;

double voxels(const Box& box) { return static_cast<double>(box.volume()); }

/// The largest box with the ghost layers that the walk keeps around it: a twelfth of the thinnest
/// box on each side, at least 2 and at most 32.
double largest_box(const Decomposition& decomposition) {
  const std::int64_t thinnest = decomposition.thinnest();
  const std::int64_t layers = thinnest == 0 ? 1 : std::clamp<std::int64_t>(thinnest / 12, 2, 32);
  double largest = 0.0;
  for (const Box& box : decomposition.boxes()) {
    largest = std::max(largest, voxels(box.grown(layers)));
  }
  return largest;
}

}  // namespace

std::uint64_t expected_bytes_per_rank(const Parameters& parameters, int ranks) {
  const Lattice lattice = parameters.lattice();
  const double all = voxels(lattice.box());
  const double mine = largest_box(Decomposition(lattice, ranks));
  double bytes = base_bytes + mine * bytes_per_voxel;
  if (parameters.signals) {
    const auto edge = static_cast<double>(parameters.signals->voxels_per_cell);
    bytes += bytes_per_signal_cell * mine / (edge * edge * edge);
  }
  const FrameParameters& frames = parameters.output.frames;
  if (frames.every_h > 0.0 && frames.tissue) {
    bytes +=
        bytes_per_frame_voxel * all / static_cast<double>(std::max<std::int64_t>(1, frames.pieces));
  }
  if (parameters.tissue.source == TissueSource::image) bytes += bytes_per_imported_voxel * all;
  bytes += bytes_per_niche * parameters.niches.density_per_mm3 * lattice.volume_mm3();
  if (parameters.tcells.trigger && parameters.tcells.motion == Motion::hops) {
    bytes += bytes_per_tcell * parameters.tcells.trigger->influx_per_mm3 * lattice.volume_mm3() *
             std::min(1.0, mine / all);
  }
  return static_cast<std::uint64_t>(bytes);
}

}  // namespace marrow::parallel
