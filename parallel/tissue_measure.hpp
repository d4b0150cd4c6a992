// SPDX-License-Identifier: BSD-3-Clause
// Tb.Th and Tb.Sp of the bone that was laid, measured by inscribed spheres in fixed windows of the
// lattice (core/tissue/sphere_fit.hpp). The windows depend on the extent alone.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

#include <vector>

namespace marrow::parallel {

struct BoneMeasure {
  double thickness_um = 0.0;  // 0 where a window holds no bone
  double spacing_um = 0.0;
};

/// Up to 8 cubes of at most 256^3 voxels, spread evenly; the whole lattice if it is no larger.
std::vector<Box> measuring_windows(const Index3& extent);

/// Collective. `tissue` covers `own`, this rank's part of the lattice.
BoneMeasure measure_bone(const Communicator& comm, const Lattice& lattice, const Box& own,
                         const TissueBox& tissue);

}  // namespace marrow::parallel
