// SPDX-License-Identifier: BSD-3-Clause
// What a simulation stands on and never changes: the division of the lattice among ranks and the
// tissue. A function of few parameters, so that simulations of one marrow can share it.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/imported_tissue.hpp"
#include "parallel/communicator.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/tissue_setup.hpp"

#include <cstdint>
#include <memory>

namespace marrow::parallel {

struct Ground {
  Decomposition decomposition;
  std::int64_t window;  // sub-steps of the walk between exchanges of ghost layers
  Tissue tissue;
};

/// Collective. `imported`: non-null on every rank for tissue from an image (content on the root),
/// null for procedural tissue. `hops_per_exchange`: 0 = from the parameters, or from the boxes.
std::shared_ptr<const Ground> prepare_ground(const Communicator& comm, const Parameters& parameters,
                                             const ImportedTissue* imported = nullptr,
                                             std::int64_t hops_per_exchange = 0);

/// Whether both stand on the same ground, when divided among the same ranks.
bool same_ground(const Parameters& a, const Parameters& b);

}  // namespace marrow::parallel
