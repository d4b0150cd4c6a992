// SPDX-License-Identifier: BSD-3-Clause
// T cells as counts per block (MODEL.md, "Kernel motion"): each moves to a neighbouring block with
// the chance that gives the motility of the walk, and dies, divides or changes its kind, all from
// one draw; stem cells meet the density around them. Ranks compute the moves out of the blocks
// around their own too, from the same keyed draws, so only counts travel.
#pragma once

#include "core/model/model.hpp"
#include "core/rules/tcell_fate.hpp"
#include "core/tissue/block_space.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// The ways out of each covered block: ends of six intervals of a 64-bit draw, and where they lead.
class BlockWays {
 public:
  struct Exits {
    std::array<std::uint64_t, 6> end{};  // of the intervals that leave by each face
    std::array<std::uint32_t, 7> to{};   // offsets, nowhere() outside `covered`; last, the block
    std::uint64_t block = 0;             // global index: the key of its draws
    bool own = false;
    bool exists = false;
  };

  /// `space` with the enterable voxels of its outer layer filled in. `motility_um2_per_h` is D: the
  /// mean square displacement is 6 D t in open space. The hour is cut into rounds so that at most
  /// three quarters of the cells of an open block leave it in one. The ends of blocks around the
  /// own ones have to come from their owners: see ends().
  BlockWays(const BlockSpace& space, const Lattice& lattice, double motility_um2_per_h);

  [[nodiscard]] const Box& own() const { return own_; }
  [[nodiscard]] const Box& covered() const { return covered_; }
  [[nodiscard]] std::size_t blocks() const { return exits_.size(); }
  [[nodiscard]] std::uint32_t rounds_per_hour() const { return rounds_; }
  [[nodiscard]] std::size_t offset(const Index3& block) const {
    return static_cast<std::size_t>(offset_in(covered_, block));
  }
  [[nodiscard]] const Exits& exits(std::size_t offset) const { return exits_[offset]; }
  /// One past the last offset: where cells go that another rank follows.
  [[nodiscard]] std::uint32_t nowhere() const { return static_cast<std::uint32_t>(exits_.size()); }

  /// Calls visit(offset, length) for each row of own blocks along x.
  template <class Visit>
  void for_each_own_row(Visit&& visit) const {
    const auto length = static_cast<std::size_t>(own_.extent().x);
    Index3 b = own_.lo;
    for (b.z = own_.lo.z; b.z < own_.hi.z; ++b.z) {
      for (b.y = own_.lo.y; b.y < own_.hi.y; ++b.y) visit(offset(b), length);
    }
  }
  /// The values of the own blocks, in that order.
  [[nodiscard]] std::vector<std::int64_t> own_part(std::span<const std::int64_t> covered) const;

  /// The ends for one face, by covered block; to be refreshed from the owners and set again.
  [[nodiscard]] std::vector<std::uint64_t> ends(std::size_t face) const;
  void set_ends(std::size_t face, std::span<const std::uint64_t> ends);

 private:
  [[nodiscard]] double share_leaving(const BlockSpace& space, const Lattice& lattice,
                                     const Index3& from, std::size_t face, double d_voxels2) const;

  Box own_;
  Box covered_;
  std::uint32_t rounds_ = 1;
  std::vector<Exits> exits_;
};

/// Counts per covered block and one more entry for what leaves it.
using BlockArray = std::vector<std::int64_t>;

/// T cells by kind; empty arrays for kinds that the scenario does not have. `before` needs its
/// ghost layer; `after` is right on the own blocks alone.
struct BlockPopulation {
  BlockArray effector;
  BlockArray exhausted;
  BlockArray memory;
};

/// One round of the T cells' hour: `fates` (of `round` 0; without any in later rounds) may depend
/// on the block through `suppression`. Adds to `turnover` what happened in the own blocks.
void walk_blocks(const BlockWays& ways, const Model& model, const Levels& levels,
                 const Suppression& suppression, std::uint64_t step, std::uint32_t round,
                 const BlockPopulation& before, BlockPopulation& after, TCellTurnover& turnover);

/// One round of the regulatory T cells, which die with `death` (round 0). Returns the deaths in the
/// own blocks.
std::int64_t walk_tregs(const BlockWays& ways, const Draws& draws, double death, std::uint64_t step,
                        std::uint32_t round, const BlockArray& before, BlockArray& after);

/// Sum over the 27 blocks around each own block with weights 1-2-1 along each axis (standard
/// deviation 113 um): the fixed stencil that smooths over 150 um. In the order of the own blocks.
std::vector<std::int64_t> smoothed_blocks(const BlockWays& ways,
                                          std::span<const std::int64_t> counts);

}  // namespace marrow
