// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/shares.hpp"

#include "core/model/fault.hpp"
#include "core/model/model.hpp"
#include "core/rules/walk.hpp"

#include <algorithm>

namespace marrow::parallel {
namespace {

/// A box with its ghost layers; on a periodic lattice ghosts reach beyond its faces.
Box held(const Lattice& lattice, const Box& own, std::int64_t layers) {
  const Box grown = own.grown(layers);
  return lattice.periodic ? grown : intersection(grown, lattice.box());
}

bool touches(const Lattice& lattice, const Box& a, const Box& b) {
  if (!lattice.periodic) return !intersection(a, b).empty();
  const Index3 e = lattice.extent;
  for (std::int64_t z = -1; z <= 1; ++z) {
    for (std::int64_t y = -1; y <= 1; ++y) {
      for (std::int64_t x = -1; x <= 1; ++x) {
        if (!intersection(a, b.shifted({x * e.x, y * e.y, z * e.z})).empty()) return true;
      }
    }
  }
  return false;
}

/// Looks at a few hundred ranks at most: boxes repeat themselves.
std::int64_t count_most_neighbours(const Lattice& lattice, const Decomposition& decomposition,
                                   std::int64_t layers) {
  constexpr std::size_t most_looked_at = 256;
  const std::vector<Box>& boxes = decomposition.boxes();
  const std::size_t stride = 1 + boxes.size() / most_looked_at;
  std::int64_t most = 0;
  for (std::size_t r = 0; r < boxes.size(); r += stride) {
    const Box around = boxes[r].grown(layers);
    most = std::max(most, std::ranges::count_if(boxes, [&](const Box& other) {
                      return &other != &boxes[r] && touches(lattice, around, other);
                    }));
  }
  return most;
}

}  // namespace

// Ghost layers cost work in proportion to their width, messages cost time in proportion to their
// number; a twenty-fourth of the box is a compromise measured in tests/bench. A box without
// neighbours needs no exchange at all.
std::int64_t hops_window(const Decomposition& decomposition, const Parameters& parameters,
                         std::int64_t asked) {
  const std::int64_t hour = hops_per_hour(parameters.tcells, parameters.domain.spacing_um);
  const std::int64_t wanted = asked > 0 ? asked : parameters.run.hops_per_exchange;
  const std::int64_t thinnest = decomposition.thinnest();
  if (thinnest == 0) return hour;
  const std::int64_t fitting = std::clamp<std::int64_t>(thinnest / 24, 1, 16);
  // Ghost layers wider than a box would reach beyond its neighbours.
  const std::int64_t widest = std::max<std::int64_t>(1, thinnest / walk_reach_voxels);
  return std::min({hour, widest, wanted > 0 ? wanted : fitting});
}

std::int64_t ghost_layers(const Decomposition& decomposition, std::int64_t window) {
  const std::int64_t reach = injected(Fault::narrow_halo) ? 1 : walk_reach_voxels;
  return decomposition.thinnest() == 0 ? 1 : reach * window;
}

Shares shares_of(const Parameters& parameters, int ranks) {
  const Lattice lattice = parameters.lattice();
  const Decomposition decomposition(lattice, ranks);
  Shares shares;
  shares.window = hops_window(decomposition, parameters);
  shares.layers = ghost_layers(decomposition, shares.window);
  for (const Box& own : decomposition.boxes()) {
    shares.most_held = std::max(shares.most_held, held(lattice, own, shares.layers).volume());
    if (own.volume() <= shares.most_own) continue;
    shares.most_own = own.volume();
    shares.largest_box = own.extent();
  }
  shares.own_of_root = decomposition.box(0).volume();
  shares.held_by_root = held(lattice, decomposition.box(0), shares.layers).volume();
  shares.most_neighbours = count_most_neighbours(lattice, decomposition, shares.layers);
  const std::int64_t hour = hops_per_hour(parameters.tcells, parameters.domain.spacing_um);
  const bool alone = ranks == 1 && !lattice.periodic;
  if (parameters.tcells.motion == Motion::kernel) {
    shares.exchanges_per_hour = alone ? 0 : 1;
  } else {
    shares.exchanges_per_hour = alone ? 0 : (hour + shares.window - 1) / shares.window + 1;
  }
  return shares;
}

}  // namespace marrow::parallel
