// SPDX-License-Identifier: BSD-3-Clause
// Where to show T cells that are only counted by block: at voxels drawn from (seed, block, hour),
// for pictures. Changes nothing in the model.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <vector>

namespace marrow {

/// The T cells of this rank's blocks at voxels of their blocks that T cells may enter, no two at
/// one; those that find none are left out. Ascending site. `tissue` holds the blocks' voxels.
std::vector<TCell> drawn_places(const ModelState& state, const Lattice& lattice, const Draws& draws,
                                const TissueBox& tissue);
inline std::vector<TCell> drawn_places(const ModelState& state, const Model& model,
                                       const TissueBox& tissue) {
  return drawn_places(state, model.lattice, model.draws, tissue);
}

}  // namespace marrow
