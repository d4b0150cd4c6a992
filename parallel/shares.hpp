// SPDX-License-Identifier: BSD-3-Clause
// What each rank holds of a divided lattice, ghost layers included, and how often ranks talk: known
// from the boxes alone, before anything is built. Pure arithmetic: knows nothing of MPI.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "parallel/decomposition.hpp"

#include <cstdint>

namespace marrow::parallel {

/// Sub-steps of the walk between exchanges of ghost layers; `asked`: 0 = from the scenario, or from
/// the boxes.
std::int64_t hops_window(const Decomposition& decomposition, const Parameters& parameters,
                         std::int64_t asked = 0);

/// Width of the ghost region around each box, in voxels.
std::int64_t ghost_layers(const Decomposition& decomposition, std::int64_t window);

struct Shares {
  Index3 largest_box;                // extent of the largest own box
  std::int64_t most_own = 0;         // voxels of the largest own box
  std::int64_t most_held = 0;        // the same with ghost layers
  std::int64_t held_by_root = 0;     // what rank 0 holds with ghost layers
  std::int64_t own_of_root = 0;      // and without
  std::int64_t window = 0;           // sub-steps between exchanges
  std::int64_t layers = 0;           // of ghost voxels
  std::int64_t most_neighbours = 0;  // ranks that one rank exchanges ghosts with
  std::int64_t exchanges_per_hour = 0;
};

/// Of an even division among `ranks`. Throws Failure(command_line) when there are more ranks than
/// blocks.
Shares shares_of(const Parameters& parameters, int ranks);

}  // namespace marrow::parallel
