// SPDX-License-Identifier: BSD-3-Clause
// Stem cells given into the blood, and the conditioning that makes room for them (MODEL.md,
// "Infusion"). Works on the replicated niche table: every rank does the same. `key` tells the acts
// of a run apart (the number of the event, say; below 2^40): two acts with one key would draw
// alike.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>

namespace marrow {

/// How many of `patient_cells` (stem cells that would find a place in the patient, >= 0) come to
/// the box: × K/N_real, rounded at random so that small grafts arrive in the right proportion of
/// runs.
std::int64_t cells_for_box(double patient_cells, const Model& model, std::uint64_t key);

/// Puts `cells` cells of `clone` into vacant niches in keyed order; those that find none are lost.
/// Returns and counts how many were placed. The first infusion of a founder is its birth.
std::int64_t infuse_stem_cells(ModelState& state, const Model& model, std::uint32_t clone,
                               std::int64_t cells, std::uint64_t key);

/// Conditioning: removes each live stem cell, of whatever clone, with chance 1 - 10^-log10_kill;
/// its niche is vacant at once. Returns and counts how many were removed.
std::int64_t deplete_host(ModelState& state, const Model& model, double log10_kill,
                          std::uint64_t key);

}  // namespace marrow
