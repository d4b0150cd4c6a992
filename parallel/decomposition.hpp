// SPDX-License-Identifier: BSD-3-Clause
// Which rank owns which box: weighted recursive bisection along block edges, the same list on every
// rank. Pure arithmetic: knows nothing of MPI.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace marrow::parallel {

class Decomposition {
 public:
  /// Divides the blocks of the lattice among `ranks`. `block_weight` (by block index; empty =
  /// volume) is counted work, never time. Throws Failure(command_line) when the ranks cannot each
  /// have a block; the message names the largest usable number and even divisions below it.
  Decomposition(const Lattice& lattice, int ranks, std::span<const std::int64_t> block_weight = {});

  /// Boxes in voxels, one per rank; they tile the lattice.
  [[nodiscard]] const std::vector<Box>& boxes() const { return boxes_; }
  [[nodiscard]] const Box& box(int rank) const { return boxes_[static_cast<std::size_t>(rank)]; }
  [[nodiscard]] int owner_of(const Index3& voxel) const;
  /// The least extent of any box along any axis that is divided; 0 when no axis is.
  [[nodiscard]] std::int64_t thinnest() const;

 private:
  Lattice lattice_;
  std::vector<Box> boxes_;
};

/// Global indices of the blocks of a box that begins on block edges, ascending.
std::vector<std::uint64_t> blocks_of(const Lattice& lattice, const Box& box);

}  // namespace marrow::parallel
