// SPDX-License-Identifier: BSD-3-Clause
// The niche table of the lattice: candidates of all ranks, their distances to bone, one choice that
// every rank makes alike.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/niche_selection.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

namespace marrow::parallel {

struct NicheChoice {
  NicheTable niches;
  NicheStrata placed{};
};

/// Collective. `tissue` covers `own` and niche_reach layers around it. Throws a Failure on every
/// rank if fewer niches fit than the scenario asks for.
NicheChoice choose_niches(const Communicator& comm, const Parameters& parameters, const Box& own,
                          const TissueBox& tissue);

}  // namespace marrow::parallel
