// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/niche_graph.hpp"

#include "core/tissue/niche_grid.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

/// Calls visit(place) for all places within `reach_squared` pitches of `place` in a closed cube.
/// Offsets run over each residue once, so that a neighbour on both sides counts once.
template <class Visit>
void for_each_near(const Lattice& cube, std::size_t place, double reach_squared, Visit&& visit) {
  const std::int64_t edge = cube.extent.x;
  const auto reach = static_cast<std::int64_t>(std::floor(std::sqrt(reach_squared)));
  const std::int64_t lo = -std::min(reach, (edge - 1) / 2);
  const std::int64_t hi = std::min(reach, edge / 2);
  const Index3 here = cube.position(place);
  for (std::int64_t z = lo; z <= hi; ++z) {
    for (std::int64_t y = lo; y <= hi; ++y) {
      for (std::int64_t x = lo; x <= hi; ++x) {
        const std::int64_t squared = x * x + y * y + z * z;
        if (squared == 0 || static_cast<double>(squared) > reach_squared) continue;
        visit(cube.site(wrapped(cube, here + Index3{x, y, z})));
      }
    }
  }
}

}  // namespace

NicheGraph::NicheGraph(const Model& model, const Replicas& replicas, const NicheIndex& whole) {
  const auto size = static_cast<std::size_t>(replicas.size());
  first_.reserve(size + 1);
  if (model.parameters.niches.replica_edge == 0) {
    for (std::size_t place = 0; place < size; ++place) {
      whole.for_each_neighbour(
          static_cast<std::uint32_t>(place),
          [&](std::uint32_t other, std::uint64_t) { neighbours_.push_back(other); });
      close();
    }
    return;
  }
  const auto pitch = static_cast<double>(niche_grid_pitch(model.parameters.niches, model.lattice));
  const double reach =
      model.parameters.hspc.placement_radius_um / (model.lattice.spacing_um * pitch);
  constexpr double slack = 1e-9;  // a radius of just one pitch reaches the next niche
  const Lattice cube{replicas.extent(), true};
  for (std::size_t place = 0; place < size; ++place) {
    for_each_near(cube, place, reach * reach + slack, [&](SiteIndex other) {
      neighbours_.push_back(static_cast<std::uint32_t>(other));
    });
    close();
  }
}

void NicheGraph::close() {
  has_hermits_ = has_hermits_ || neighbours_.size() == first_.back();
  std::sort(neighbours_.begin() + static_cast<std::ptrdiff_t>(first_.back()), neighbours_.end());
  first_.push_back(neighbours_.size());
}

}  // namespace marrow
