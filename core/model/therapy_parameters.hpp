// SPDX-License-Identifier: BSD-3-Clause
// What a scenario says of treatment: the drugs and what they do at their standard dose, and the
// dated list of events. Plain data; see core/model/parameters.hpp. What it does in time is in
// core/patient/therapy.hpp.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marrow {

/// What therapy can give. Numbers are part of checkpoints: never renumber.
enum class Drug {
  horse_atg,
  rabbit_atg,
  alemtuzumab,
  cyclosporine,
  eltrombopag,
  g_csf,
  androgen,
  cyclophosphamide,
  anti_ifn,
  anti_tnf,
  complement_inhibitor,
  treg_infusion,
  transplant,
  clone_infusion,
  antigen_removal,
  antigen_challenge,
};
inline constexpr std::size_t drug_count = 16;

/// What a standard dose does. Factors act while the drug is given, log10 kills over one course.
struct DrugEffect {
  double tcell_log10_kill = 0.0;
  double treg_log10_kill = 0.0;
  double host_stem_log10_kill = 0.0;  // conditioning, whatever the dose of donor cells
  double tolerance = 0.0;             // chance that T cells do not grow back afterwards
  double tcell_kill = 1.0;            // × chance of a kill
  double tcell_division = 1.0;
  double stem_division = 1.0;    // × vacancy-driven division
  double ifn_effect = 1.0;       // × all effects of interferon
  double ifn_on_division = 1.0;  // × its block of stem-cell division alone
  double tnf_effect = 1.0;       // × bystander damage by TNF
  double progenitor_output = 1.0;
  double neutrophil_output = 1.0;
  double neutrophil_transit = 1.0;
  double monosomy_7_growth = 1.0;  // × growth of clones with monosomy 7
  double red_cell_survival = 0.0;  // 1: GPI-negative red cells live as long as normal ones
  double seeding_share = 0.0;      // of infused CD34+ cells that become stem cells of a niche
  double homing_share = 0.0;       // of infused regulatory T cells that reach the active marrow
};

/// The effects of the drugs at their standard dose (MODEL.md, "Therapy"), by Drug.
std::array<DrugEffect, drug_count> standard_effects();

/// What a dose is counted in; per day for drugs that are given over a course.
enum class DoseUnit { none, mg_per_kg, mg, ug_per_kg, cells_per_kg };

/// What a drug's dose is counted in, its standard dose and usual course.
struct DrugUse {
  DoseUnit unit = DoseUnit::none;
  double standard_dose = 0.0;  // 0: the drug has no dose
  double course_h = 0.0;       // 0: given once
};
DrugUse use_of(Drug drug);

/// "horse_atg", … : the word of a drug in scenarios.
std::string_view drug_name(Drug drug);
/// Every drug's word, by Drug.
std::vector<std::string> drug_names();

/// An amount of a drug; value < 0: the standard dose.
struct Dose {
  double value = -1.0;
  DoseUnit unit = DoseUnit::none;

  friend bool operator==(const Dose&, const Dose&) = default;
};

/// From when a therapy's date is counted.
enum class Anchor { start, trigger, diagnosis, response, relapse, severe };
/// What must be true on that date.
enum class Condition {
  always,
  severe,
  no_response,
  response,
  partial_response,
  complete_response,
  relapse
};

struct TherapyEvent {
  Drug drug = Drug::horse_atg;
  double at_h = 0.0;
  Anchor from = Anchor::start;
  Condition condition = Condition::always;
  Dose dose;
  double duration_h = 0.0;  // 0: the drug's usual course
  double taper_h = 0.0;     // further time over which the effect fades linearly
  std::string clone;        // the founder that is infused
  bool given = true;        // false: planned, but left out (an arm of a trial)
};

}  // namespace marrow
