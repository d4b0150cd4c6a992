// SPDX-License-Identifier: BSD-3-Clause
// What regulatory T cells leave of the T cells' proliferation and killing, block by block
// (MODEL.md, "Regulatory T cells").
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

/// Factor on proliferation and killing at a density of regulatory T cells: 1 at the density that
/// the body keeps up, so that the reference attack keeps its course; half of the largest at
/// half_ratio times the reference density of T cells, if none were normal.
inline double freedom_at(double tregs_per_mm3, const TregParameters& tregs,
                         double reference_density_per_mm3) {
  const double half = tregs.half_ratio * reference_density_per_mm3;
  return (half + tregs.density_per_mm3) / (half + tregs_per_mm3);
}

/// The factor of every block of the lattice, on every rank; without entries it is 1 everywhere.
struct Suppression {
  BlockGrid grid{Index3{}};
  std::vector<double> freedom;  // by block index

  [[nodiscard]] double at(const Index3& voxel) const {
    if (freedom.empty()) return 1.0;
    return freedom[static_cast<std::size_t>(grid.index(BlockGrid::block_of(voxel)))];
  }
};

}  // namespace marrow
