// SPDX-License-Identifier: BSD-3-Clause
// Thickness and spacing by largest inscribed spheres, without a model of the shape (Hildebrand and
// Ruegsegger, J Microsc 1997;185:67): the local thickness at a point is the diameter of the largest
// sphere that contains the point and fits into its phase; Tb.Th is its mean over bone, Tb.Sp over
// the rest. Evaluated at a regular grid of points of one window. Knows nothing of ranks or of how
// the window was filled. Needs 2 bytes per voxel of the window while it runs.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <span>

namespace marrow {

/// Integers, so that windows and ranks add up: mean diameter = diameter_256ths / (256 * points)
/// voxels.
struct SphereFit {
  std::int64_t points = 0;
  std::int64_t diameter_256ths = 0;
};

enum class Phase { bone, rest };

/// One bit per voxel of `window`, x-fastest: set is bone. Spheres are centred inside the window but
/// may reach out of it: at the faces some are missed and others are cut from view and too large,
/// which nearly cancels (Tb.Sp of a 2 mm cube comes out 1.4 % smaller than 33 voxels from its
/// faces). Radii above 255 voxels are not measured; a phase that fills the window has no points.
SphereFit fit_spheres(const Index3& window, std::span<const std::uint64_t> bone, Phase phase);

}  // namespace marrow
