// SPDX-License-Identifier: BSD-3-Clause
// The bias of T cells up the CXCL9/10 field (MODEL.md, "Chemotaxis"): of a walk, hop by hop, and of
// the doors by which T cells enter. Bounded so that T cells gather at most twofold.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/immune_parameters.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace marrow {

/// Chances that a hop down the field along an axis is turned round, in 1/32768, with the sign of
/// the direction that it is turned to.
using HopBias = std::array<std::int16_t, 3>;
inline constexpr double full_bias = 32768.0;

/// `level`: CXCL9/10 over its mean in the marrow; `gradient_per_um`: of the same, along the axes.
/// The share of directed hops is chi·g/(g + g1/2), but at most what a potential with e^psi between
/// 1 and 2 would give, psi = ln(1 + u/(u + 1)): a hop moves a/6·grad psi on average, so the density
/// of walkers tends to e^psi.
HopBias hop_bias(const ChemotaxisParameters& chemotaxis, double level,
                 const std::array<double, 3>& gradient_per_um, double spacing_um);

/// Chance that a door of this level lets an arrival in, between 1/2 and 1: e^psi over 2.
double door_openness(double level);

/// The bias everywhere a rank's T cells may walk: one entry per cell of the signal grid.
struct ChemotaxisMap {
  Box covered;    // grid cells
  int shift = 0;  // log2 of voxels per cell
  std::vector<HopBias> bias;

  [[nodiscard]] const HopBias& at(const Index3& voxel) const {
    const Index3 cell{voxel.x >> shift, voxel.y >> shift, voxel.z >> shift};
    return bias[static_cast<std::size_t>(offset_in(covered, cell))];
  }
};

}  // namespace marrow
