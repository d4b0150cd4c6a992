// SPDX-License-Identifier: BSD-3-Clause
// An image's tissue from the root to the ranks' boxes. Knows nothing of image formats.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/imported_tissue.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

namespace marrow::parallel {

/// Collective. Fills tissue.kind for tissue.box, which may wrap around a periodic lattice.
/// `imported` counts on the root only. Returns whether the image has vessels. Throws a Failure
/// everywhere if the image does not fit the lattice or holds unknown values.
bool distribute_image(const Communicator& comm, const Lattice& lattice,
                      const ImportedTissue* imported, TissueBox& tissue);

}  // namespace marrow::parallel
