// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/niche_grid.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {

std::int64_t niche_grid_pitch(const NicheParameters& niches, const Lattice& lattice) {
  const double voxels = niches.grid_spacing_um / lattice.spacing_um;
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::floor(voxels + 0.5)));
}

Index3 niche_grid_extent(const NicheParameters& niches, const Lattice& lattice) {
  const std::int64_t pitch = niche_grid_pitch(niches, lattice);
  return {lattice.extent.x / pitch, lattice.extent.y / pitch, lattice.extent.z / pitch};
}

NicheTable niche_grid(const NicheParameters& niches, const Lattice& lattice) {
  const std::int64_t pitch = niche_grid_pitch(niches, lattice);
  const Lattice grid{niche_grid_extent(niches, lattice)};
  const std::int64_t middle = pitch / 2;
  NicheTable table;
  table.reserve(static_cast<std::size_t>(volume(grid.extent)));
  for (SiteIndex n = 0; n < static_cast<SiteIndex>(volume(grid.extent)); ++n) {
    const Index3 g = grid.position(n);
    Niche niche;
    niche.site = lattice.site({g.x * pitch + middle, g.y * pitch + middle, g.z * pitch + middle});
    table.push_back(niche);
  }
  return table;
}

}  // namespace marrow
