// SPDX-License-Identifier: BSD-3-Clause
// The blocks' hematopoietic level: where in the box the progenitors are. Each block relaxes to the
// box's total times the local occupancy of niches, smoothed, over the occupancy of the box
// (core/MODEL.md, "Hematopoiesis of the blocks"). A rank works on its own blocks from the niche
// records that every rank holds: no messages, and the same numbers for any split of the blocks.
// Knows nothing of ranks or voxels.
#pragma once

#include "core/cells/record.hpp"
#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/patient/patient_state.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// The stencil of one axis. weight[j] counts the pairs of voxels, one in a block and one in the
/// j-th block beyond it, that are at most `reach_voxels` apart along the axis: each cell supplies
/// all marrow within reach alike. Its mirror half is not stored.
std::vector<std::int64_t> block_stencil(std::int64_t reach_voxels);

/// Which niches supply which of the own blocks. Set up once; niches never move.
class HematopoiesisMap {
 public:
  /// `own_blocks`: global block indices, each once. Throws Failure(scenario) when there is no niche
  /// or the smoothing is beyond 256 voxels.
  HematopoiesisMap(const Lattice& lattice, const NicheTable& niches,
                   std::span<const std::uint64_t> own_blocks, double smoothing_um);

  /// Niches around each own block, weighted by the stencil: the block's share of the marrow. 0:
  /// none in reach.
  [[nodiscard]] std::span<const std::int64_t> niche_levels() const { return niche_levels_; }
  /// Live stem cells around each own block, weighted alike.
  [[nodiscard]] std::vector<std::int64_t> stem_levels(std::span<const CellRecord> niches) const;
  /// Sum of niche_levels over all blocks of the lattice.
  [[nodiscard]] std::int64_t whole_level() const { return whole_level_; }

 private:
  struct Source {
    std::size_t niche;
    std::size_t cell;  // of the padded region
  };

  void find_sources(const Lattice& lattice, const NicheTable& niches);
  [[nodiscard]] std::vector<std::int64_t> smoothed(std::vector<std::int64_t> counts) const;

  std::vector<std::int64_t> stencil_;
  Box padded_;  // in blocks: the bounding box of the own ones, grown by the stencil
  std::vector<Source> sources_;         // every image of every niche in the padded region
  std::vector<std::size_t> own_cells_;  // own blocks in the unpadded region
  std::vector<std::int64_t> niche_levels_;
  std::int64_t whole_level_ = 0;
};

/// A block never counts for more than this many times its healthy level; keeps sums within 63 bits.
inline constexpr std::int64_t highest_hematopoiesis = 16 * fixed_one;

/// One day of every own block; `blocks` in the order of the map's own_blocks, fixed_one = healthy.
/// The mean of the targets over the marrow is exactly `progenitors`; blocks without niches in reach
/// follow that mean.
void advance_hematopoiesis(const HematopoiesisMap& map, std::span<const CellRecord> niches,
                           std::int64_t progenitors, const PatientParameters& parameters,
                           std::span<std::int64_t> blocks);

/// This rank's part of the sum over the marrow; add both numbers over the ranks.
std::array<std::int64_t, 2> hematopoiesis_sum(const HematopoiesisMap& map,
                                              std::span<const std::int64_t> blocks);

/// The mean over the marrow (1 = healthy) from the sums of all ranks. Times patient.cellularity:
/// the cellularity that a biopsy would show.
double mean_hematopoiesis(const HematopoiesisMap& map, const std::array<std::int64_t, 2>& sums);

/// Fat share of a block's marrow space: what its hematopoietic cells leave.
double fat_share(std::int64_t block_hematopoiesis, const PatientParameters& parameters);

}  // namespace marrow
