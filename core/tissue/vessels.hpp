// SPDX-License-Identifier: BSD-3-Clause
// Tubular networks in the marrow space: sinusoids and arterioles. One jittered node per cell of a
// regular grid, tubes between neighbouring nodes; node and tube are pure functions of (seed, cell),
// so any box can be filled without its surroundings. Knows nothing of bone shape, ranks or files.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

namespace marrow {

/// Turns marrow voxels inside the network into `kind` (sinusoid or arteriole); other tissue stays.
/// The box may reach beyond a periodic lattice. A diameter of 0 means no vessels.
void carve_vessels(TissueBox& tissue, const Lattice& lattice, const VesselParameters& vessels,
                   TissueKind kind, const Draws& draws);

/// Both networks of the scenario: arterioles, then sinusoids in what is left of the marrow.
void carve_vessels(TissueBox& tissue, const Lattice& lattice, const TissueParameters& parameters,
                   const Draws& draws);

}  // namespace marrow
