// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/memory_need.hpp"

#include <algorithm>

namespace marrow::parallel {
namespace {

// Bytes per voxel at the peaks of memory, measured with runs of 2 to 17 million voxels.
constexpr double setup_alone = 2.85;   // laying the tissue on one rank
constexpr double setup_shared = 5.1;   // and on several, which exchange parts of it
constexpr double kept = 1.3;           // tissue and two bits
constexpr double frame_own = 4.2;      // a rank's part of the tissue frame, packed
constexpr double frame_piece = 2.85;   // of the piece that a rank writes
constexpr double signal_fields = 6.4;  // on a grid of two voxels
constexpr double imported = 3.0;       // of a whole imported tissue, on rank 0

constexpr double niche_tables = 160.0;   // bytes per niche on every rank
constexpr double tcell_records = 120.0;  // bytes per T cell, snapshot and frame included
constexpr double writer_bytes = 4e6;     // HDF5 and VTK at work, on rank 0
constexpr double process_growth_bytes = 16e6;

double voxels(const Parameters& p) { return static_cast<double>(p.lattice().box().volume()); }

struct RankVoxels {
  double own;
  double held;   // with ghost layers
  double piece;  // of the tissue frame that it writes
};

double rank_bytes(const Parameters& p, const RankVoxels& rank, int ranks, double most_tcells) {
  const double setup = (ranks == 1 ? setup_alone : setup_shared) * rank.held;
  const double frame =
      kept * rank.held + (rank.piece > 0.0 ? frame_own * rank.own : 0.0) + frame_piece * rank.piece;
  const double coarser = p.signals ? static_cast<double>(p.signals->voxels_per_cell) / 2.0 : 1.0;
  const double signals =
      p.signals ? signal_fields * rank.held / (coarser * coarser * coarser) : 0.0;
  return process_growth_bytes + std::max(setup, frame + signals) +
         niche_tables * expected_niches(p) + tcell_records * most_tcells * rank.own / voxels(p);
}

}  // namespace

double frame_piece_voxels(const Parameters& parameters, int ranks) {
  const FrameParameters& frames = parameters.output.frames;
  if (frames.every_h <= 0.0 || !frames.tissue) return 0.0;
  const double shown =
      frames.crop_voxels ? static_cast<double>(frames.crop_voxels->volume()) : voxels(parameters);
  const double stride = static_cast<double>(frames.stride);
  const double writers = static_cast<double>(std::clamp<std::int64_t>(frames.pieces, 1, ranks));
  return shown / (stride * stride * stride) / writers;
}

double expected_niches(const Parameters& parameters) {
  return parameters.niches.density_per_mm3 * parameters.lattice().volume_mm3();
}

MemoryNeed memory_need(const Parameters& parameters, const Shares& shares, int ranks,
                       double process_bytes, double most_tcells) {
  const auto number = [](std::int64_t n) { return static_cast<double>(n); };
  const RankVoxels of_root = {number(shares.own_of_root), number(shares.held_by_root),
                              frame_piece_voxels(parameters, ranks)};
  const RankVoxels of_largest = {number(shares.most_own), number(shares.most_held), 0.0};
  double root = process_bytes + writer_bytes + rank_bytes(parameters, of_root, ranks, most_tcells);
  if (parameters.tissue.source == TissueSource::image) root += imported * voxels(parameters);
  const double other = process_bytes + rank_bytes(parameters, of_largest, ranks, most_tcells);
  return {ranks == 1 ? root : std::max(root, other), other};
}

MemoryNeed expected_memory(const Parameters& parameters, int ranks) {
  const bool attack = parameters.tcells.trigger && parameters.tcells.motion == Motion::hops;
  const double most_tcells =
      attack ? parameters.tcells.reference_density_per_mm3 * parameters.lattice().volume_mm3()
             : 0.0;
  return memory_need(parameters, shares_of(parameters, ranks), ranks, usual_process_bytes,
                     most_tcells);
}

std::uint64_t expected_bytes_per_rank(const Parameters& parameters, int ranks) {
  return static_cast<std::uint64_t>(expected_memory(parameters, ranks).most_bytes);
}

}  // namespace marrow::parallel
