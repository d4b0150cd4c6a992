// SPDX-License-Identifier: BSD-3-Clause
// The random field whose low levels are trabecular bone. Two independent Gaussian random fields f
// and h, each a fixed sum of plane waves, give u = f^2 + roundness*h^2: for roundness 0 the bone u
// < T is the sheet around f = 0 (plates), for 1 the tube around f = h = 0 (rods), between them a
// network of perforated plates and struts. A voxel's level is a pure function of (seed, site);
// which level is the last bone level is decided by the caller, from counts over the whole lattice.
// Knows nothing of ranks.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// Length scale and shape of the texture.
struct BoneTexture {
  double wavelength_um = 0.0;
  double roundness = 0.0;  // 0 plates .. 1 rods
};

/// Levels are 0 .. bone_levels - 1; bone is level < (a threshold).
inline constexpr int bone_levels = 65536;

/// The smallest threshold whose share of `voxels_by_level` is nearest to `share`.
int bone_threshold(std::span<const std::int64_t> voxels_by_level, double share);

class BoneField {
 public:
  BoneField(const Lattice& lattice, const BoneTexture& texture, const Draws& draws);

  /// Adds the number of voxels of each level in `box` (inside the lattice) to `voxels_by_level`.
  void count_levels(const Box& box, std::span<std::int64_t> voxels_by_level) const;

  /// Makes every voxel of `tissue` whose level is below `threshold` bone. The box may reach beyond
  /// a periodic lattice by any distance.
  void carve(TissueBox& tissue, int threshold) const;

 private:
  /// A plane wave: turns per lattice extent along each axis, and its phase.
  struct Wave {
    double x, y, z;
    double phase_turns;
  };
  struct Axis;
  struct Plane;

  [[nodiscard]] Axis axis_along(std::int64_t Index3::*axis, const Box& box) const;
  void fill_plane(const Axis& x, const Axis& y, const Axis& z, std::size_t node,
                  Plane& plane) const;
  template <class Row>
  void for_each_row(const Box& box, Row&& row) const;

  Lattice lattice_;
  Index3 nodes_;  // intervals of the coarse grid along each axis
  double roundness_;
  std::vector<Wave> waves_;  // the first half makes f, the second h
};

}  // namespace marrow
