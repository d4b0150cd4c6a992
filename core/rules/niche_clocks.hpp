// SPDX-License-Identifier: BSD-3-Clause
// What time does to the niches at the end of an hour: apoptotic cells leave, stem cells forget
// sublethal hits and follow the interferon around them, and, where the scenario says so, vacant
// niches are lost under the attack and return (MODEL.md, "Apoptosis", "Cooperativity",
// "Interferon", "Loss of niches"). Works on the replicated niche table: every rank does the same.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"

#include <cstdint>
#include <span>

namespace marrow {

/// One hour of every clock.
void advance_niche_clocks(ModelState& state, const Model& model, const Levels& levels);

/// The live stem cells of these niches remember a sublethal hit for the window of the scenario.
/// Call after the hour's clocks.
void remember_wounds(ModelState& state, const CooperativityParameters& cooperativity,
                     std::span<const std::uint32_t> niches);

/// Interferon around a niche, 1 = mean of the full attack.
struct NicheSignal {
  std::uint32_t niche = 0;
  float ifn = 0;
};

/// The receptors of the stem cells in these niches follow the field over `elapsed_h`; the memory is
/// a small integer, rounded up or down at random (keyed) so that slow changes are not lost.
void follow_interferon(ModelState& state, const Model& model, double elapsed_h,
                       std::span<const NicheSignal> signals);

}  // namespace marrow
