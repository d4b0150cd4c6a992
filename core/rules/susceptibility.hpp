// SPDX-License-Identifier: BSD-3-Clause
// How easily a T cell kills a given stem cell, and how much interferon that cell feels (MODEL.md,
// "What changes the chance of a kill"). The same for both motions of T cells.
#pragma once

#include "core/cells/clones.hpp"
#include "core/cells/record.hpp"
#include "core/model/model.hpp"
#include "core/rules/levels.hpp"

namespace marrow {

/// Steps of a record's interferon memory per level of the full attack.
inline constexpr double ifn_steps_per_level = 64.0;

/// Interferon at a stem cell, 1 = mean of the full attack: its receptors' memory of the local
/// field, or without fields the attack as a whole; drugs included.
inline double ifn_level(CellRecord cell, const Model& model, const Levels& levels) {
  const double level = model.parameters.signals
                           ? static_cast<double>(cell.ifn_memory()) / ifn_steps_per_level
                           : levels.attack;
  return level * levels.modifiers.ifn_effect;
}

/// Kill chance of a stem cell over that of a fully presenting one without any modifier: its
/// presentation, drugs, interferon on Fas (linear, so that its mean at the reference attack is
/// fas_multiplier), and a sublethal hit that it still remembers.
inline double susceptibility(CellRecord cell, const Clone& clone, const Model& model,
                             const Levels& levels) {
  const TCellParameters& t = model.parameters.tcells;
  double factor = static_cast<double>(clone.presentation) / full_presentation *
                  levels.modifiers.antigen * levels.modifiers.kill;
  if (t.fas_multiplier != 1.0)
    factor *= 1.0 + (t.fas_multiplier - 1.0) * ifn_level(cell, model, levels);
  if (t.cooperativity && cell.count() > 0) factor *= t.cooperativity->factor;
  return factor;
}

/// The same for a sublethal hit, which no earlier hit makes likelier.
inline double wound_susceptibility(CellRecord cell, const Clone& clone, const Model& model,
                                   const Levels& levels) {
  return model.parameters.tcells.cooperativity
             ? susceptibility(cell.with_count(0), clone, model, levels)
             : 0.0;
}

}  // namespace marrow
