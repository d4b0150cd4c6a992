// SPDX-License-Identifier: BSD-3-Clause
// What therapy does to the rules in one hour: factors that are 1, and rates that are 0, without it.
// Made by core/patient/therapy.hpp from the dated events; the rules read it through Levels.
#pragma once

namespace marrow {

struct Modifiers {
  double antigen = 1.0;           // presentation of every clone; 0: the antigen is gone
  double kill = 1.0;              // chance of a kill on contact
  double tcell_division = 1.0;    // proliferation and reactivation of T cells
  double tcell_loss_per_h = 0.0;  // further death of T cells of every kind
  double treg_loss_per_h = 0.0;
  double stem_division = 1.0;    // T of the rules: vacancy-driven division
  double ifn_effect = 1.0;       // every effect of interferon
  double ifn_on_division = 1.0;  // its block of stem-cell division alone
  double tnf_effect = 1.0;       // bystander damage
  double monosomy_7_growth = 1.0;
  double progenitor_output = 1.0;
  double neutrophil_output = 1.0;
  double neutrophil_transit = 1.0;  // time of maturation
  double red_cell_rescue = 0.0;     // 1: GPI-negative red cells live as long as normal ones

  friend bool operator==(const Modifiers&, const Modifiers&) = default;
};

}  // namespace marrow
