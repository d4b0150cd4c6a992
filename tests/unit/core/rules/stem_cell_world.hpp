// SPDX-License-Identifier: BSD-3-Clause
// A box with a plain grid of niches, its model and state, for tests of the stem-cell rules.
#pragma once

#include "core/cells/niche_index.hpp"
#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/observe/census.hpp"

#include <cstdint>
#include <utility>

namespace marrow::test {

/// Counts of niches along the axes, and their distance in voxels.
struct NicheGrid {
  Index3 niches;
  std::int64_t pitch = 4;
};

inline Index3 voxels_of(const NicheGrid& grid) {
  return {grid.niches.x * grid.pitch, grid.niches.y * grid.pitch, grid.niches.z * grid.pitch};
}

/// Niche x + nx (y + ny z) lies at pitch (x, y, z).
inline NicheTable table_of(const NicheGrid& grid) {
  const Lattice lattice{voxels_of(grid), false, 10.0};
  NicheTable table;
  for (std::int64_t n = 0; n < volume(grid.niches); ++n) {
    const Index3 at = Lattice{grid.niches}.position(static_cast<SiteIndex>(n));
    table.push_back({lattice.site({at.x * grid.pitch, at.y * grid.pitch, at.z * grid.pitch}),
                     NicheType::perisinusoidal, 9});
  }
  return table;
}

inline Parameters parameters_of(const NicheGrid& grid) {
  Parameters p;
  p.domain.size_voxels = voxels_of(grid);
  return p;
}

/// Every niche holds a normal stem cell.
struct StemCellWorld {
  Model model;
  NicheIndex neighbourhoods;
  ModelState state;

  StemCellWorld(const NicheGrid& grid, Parameters p)
      : model((p.domain.size_voxels = voxels_of(grid), std::move(p)), table_of(grid), 0.8, 26.0),
        neighbourhoods(model.niches, model.lattice, model.parameters.hspc) {
    state.clones.assign(1, Clone{});
    state.niches.assign(model.niches.size(), CellRecord::make(CellState::stem, 0));
  }
  explicit StemCellWorld(const NicheGrid& grid) : StemCellWorld(grid, parameters_of(grid)) {}

  void vacate(std::uint32_t niche) { state.niches[niche] = CellRecord(); }
  void put(std::uint32_t niche, std::uint32_t clone) {
    state.niches[niche] = CellRecord::make(CellState::stem, clone);
  }
  [[nodiscard]] bool vacant(std::uint32_t niche) const {
    return state.niches[niche] == CellRecord();
  }
  [[nodiscard]] std::int64_t count(Counter which) const {
    return state.counters[static_cast<std::size_t>(which)];
  }
};

}  // namespace marrow::test
