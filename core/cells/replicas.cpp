// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/replicas.hpp"

#include "core/tissue/niche_grid.hpp"

namespace marrow {

Replicas::Replicas(const NicheParameters& niches, const Lattice& lattice, std::int64_t niche_count)
    : grid_{{niche_count, 1, 1}}, cube_(grid_), tiles_{{1, 1, 1}} {
  const std::int64_t edge = niches.replica_edge;
  if (edge > 0) {
    grid_.extent = niche_grid_extent(niches, lattice);
    cube_.extent = {edge, edge, edge};
    tiles_.extent = {grid_.extent.x / edge, grid_.extent.y / edge, grid_.extent.z / edge};
  }
  for (SiteIndex place = 0; place < static_cast<SiteIndex>(size()); ++place) {
    offsets_.push_back(static_cast<std::uint32_t>(grid_.site(cube_.position(place))));
  }
}

}  // namespace marrow
