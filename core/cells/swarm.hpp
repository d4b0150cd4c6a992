// SPDX-License-Identifier: BSD-3-Clause
// The T cells of one box, its ghost layers included, laid out for the walk: structure of arrays, in
// slabs of z so that a slab and its bits stay in cache while several sub-steps pass over it.
// Owns one invariant: exactly the voxels that are closed or hold a T cell are `blocked`.
#pragma once

#include "core/cells/record.hpp"
#include "core/lattice/bricks.hpp"
#include "core/lattice/huge_pages.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// A T cell on its own: position in unwrapped coordinates of the box, the site at which it began
/// this step (its identity in this step's draws), and its record.
struct SwarmCell {
  Index3 position;
  SiteIndex origin = 0;
  CellRecord record;
};

/// The bits of a box's voxels, bricked.
class VoxelBits {
 public:
  explicit VoxelBits(const Box& box);

  [[nodiscard]] const BrickLayout& layout() const { return layout_; }

  /// No T cell may enter now: closed tissue, or another T cell.
  [[nodiscard]] bool blocked(BrickIndex i) const { return blocked_[i >> 9].test(i); }
  void block(BrickIndex i) { blocked_[i >> 9].set(i); }
  void open(BrickIndex i) { blocked_[i >> 9].reset(i); }

  /// A stem cell may be in contact with a T cell here. Most bricks hold no such voxel: their lines
  /// stay untouched.
  [[nodiscard]] bool near_niche(BrickIndex i) const {
    const BrickIndex brick = i >> 9;
    return ((brick_near_niche_[brick >> 6] >> (brick & 63)) & 1) != 0 && near_niche_[brick].test(i);
  }
  void mark_near_niche(BrickIndex i) {
    near_niche_[i >> 9].set(i);
    brick_near_niche_[i >> 15] |= std::uint64_t{1} << ((i >> 9) & 63);
  }

 private:
  BrickLayout layout_;
  HugeVector<BitBrick> blocked_;
  HugeVector<BitBrick> near_niche_;
  std::vector<std::uint64_t> brick_near_niche_;  // one bit per brick
};

class TCellSwarm {
 public:
  /// A free T cell that hit a stem cell in the current sub-step; settled when the next one begins.
  struct Hit {
    std::uint32_t cell;
    std::uint32_t niche_site;
  };
  struct EngagedCell {
    BrickIndex at;
    SiteIndex origin;
    CellRecord record;
  };
  /// T cells whose z lies in one range of brick layers (by up to one chunk of sub-steps late).
  struct Slab {
    std::vector<BrickIndex> at;
    std::vector<BrickIndex> target;  // where it wants to go; after a move, where it came from
    std::vector<std::uint64_t> directions;  // what is left of its current word of hop directions
    std::vector<SiteIndex> origin;
    std::vector<CellRecord> record;
    std::vector<EngagedCell> engaged;
    std::vector<Hit> hits;
    std::vector<std::uint32_t>
        conflicts;  // cells of the present commit whose target was taken first

    [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(at.size()); }
    void push(BrickIndex where, std::uint64_t word, SiteIndex origin_site, CellRecord rec);
    void reserve(std::size_t cells);
    void erase(std::uint32_t cell);  // the last cell takes its place
  };

  /// `tissue` covers the box and its ghost layers; everything outside it is closed. Slabs are
  /// `slab_voxels` thick (a multiple of 8, at least 16); the choice never changes results.
  TCellSwarm(const TissueBox& tissue, std::int64_t slab_voxels,
             ContactRule rule = ContactRule::adjacent);

  [[nodiscard]] const VoxelBits& bits() const { return bits_; }
  [[nodiscard]] VoxelBits& bits() { return bits_; }
  [[nodiscard]] std::vector<Slab>& slabs() { return slabs_; }
  [[nodiscard]] const std::vector<Slab>& slabs() const { return slabs_; }
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] std::int64_t slab_voxels() const { return slab_voxels_; }

  /// Puts a T cell on a free voxel of the box.
  void add(const SwarmCell& cell);

  /// Every T cell, in no particular order.
  template <class Visit>
  void for_each(Visit&& visit) const {
    for (const Slab& slab : slabs_) {
      for (std::uint32_t i = 0; i < slab.size(); ++i) {
        visit(SwarmCell{bits_.layout().position(slab.at[i]), slab.origin[i], slab.record[i]});
      }
      for (const EngagedCell& cell : slab.engaged) {
        visit(SwarmCell{bits_.layout().position(cell.at), cell.origin, cell.record});
      }
    }
  }

  /// Every T cell's voxel and record, in no particular order.
  template <class Visit>
  void for_each_voxel(Visit&& visit) const {
    for (const Slab& slab : slabs_) {
      for (std::uint32_t i = 0; i < slab.size(); ++i) visit(slab.at[i], slab.record[i]);
      for (const EngagedCell& cell : slab.engaged) visit(cell.at, cell.record);
    }
  }

  /// Gives every T cell the record that `next(voxel, record)` returns. An engaged T cell stays
  /// engaged.
  template <class Next>
  void update(Next&& next) {
    for (Slab& slab : slabs_) {
      for (std::uint32_t i = 0; i < slab.size(); ++i) {
        slab.record[i] = next(slab.at[i], slab.record[i]);
      }
      for (EngagedCell& cell : slab.engaged) cell.record = next(cell.at, cell.record);
    }
  }

  /// Removes every T cell outside `box`.
  void retain(const Box& box);
  /// Removes the T cells at these voxels (ascending); voxels without one are passed over.
  void remove(std::span<const BrickIndex> voxels);
  /// Names each T cell after the site where it now is: the identity of its draws in the coming
  /// step.
  void begin_step(const Lattice& lattice);

  /// Puts each slab's T cells in brick order, so that a sweep over them walks through memory.
  void sort();

  /// Brings each T cell back into the slab in which it now lies.
  void regroup();

 private:
  template <class Leaves>
  void remove_if(Leaves&& leaves);
  [[nodiscard]] std::size_t slab_of(BrickIndex at) const { return at / slab_stride_; }

  VoxelBits bits_;
  std::int64_t slab_voxels_;
  BrickIndex slab_stride_;  // voxels of one slab in brick order
  std::vector<Slab> slabs_;
};

}  // namespace marrow
