// SPDX-License-Identifier: BSD-3-Clause
// Marrow that no T cell can reach. Bone, vessels and the faces of the lattice enclose pockets that
// T cells walk neither into nor out of; a stem cell there would be safe by an accident of the
// tissue, so they are closed to T cells and niches alike. The verdict is on the whole lattice and
// the same for every division into boxes.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

namespace marrow::parallel {

/// Collective. Makes every enterable voxel that is not connected through faces of enterable voxels
/// to the largest connected whole of the lattice TissueKind::sealed, in `own` and in all that
/// tissue.box holds around it. Of equally large wholes the one with the lowest site stays open.
void seal_enclosed_marrow(const Communicator& comm, const Lattice& lattice, const Box& own,
                          TissueBox& tissue);

}  // namespace marrow::parallel
