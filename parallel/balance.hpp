// SPDX-License-Identifier: BSD-3-Clause
// Balances counted work over ranks before a run: T cells walk in marrow, so a block weighs as much
// as it has voxels that they may enter. Never uses time.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/imported_tissue.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"

namespace marrow::parallel {

/// Collective. The boxes of equal volume where these share the work within 5 %; otherwise boxes of
/// equal work, for which the tissue is built once to be counted.
Decomposition balanced_decomposition(const Communicator& comm, const Parameters& parameters,
                                     const ImportedTissue* imported);

}  // namespace marrow::parallel
