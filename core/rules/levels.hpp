// SPDX-License-Identifier: BSD-3-Clause
// What the rules of an hour read of the whole marrow: shares of the previous step's census, so that
// no decision depends on another of its own step, and what therapy does in that hour.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/model.hpp"
#include "core/model/modifiers.hpp"

#include <algorithm>

namespace marrow {

struct Levels {
  double attack = 0;   // A: T cells that kill over the reference density times the box
  double antigen = 0;  // Ag: summed presentation of live stem cells per niche
  double vacancy = 0;  // V: vacant share of the niches
  Modifiers modifiers{};
};

inline Levels levels_of(const Census& census, const Model& model, const Modifiers& modifiers = {}) {
  const auto niches = static_cast<double>(std::max<std::int64_t>(1, model.niche_count()));
  const double reference =
      model.parameters.tcells.reference_density_per_mm3 * model.lattice.volume_mm3();
  const double antigen =
      static_cast<double>(census.antigen) / (static_cast<double>(full_presentation) * niches);
  return {static_cast<double>(census.effector + census.engaged) / reference,
          antigen * modifiers.antigen, static_cast<double>(census.vacant) / niches, modifiers};
}

}  // namespace marrow
