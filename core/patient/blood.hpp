// SPDX-License-Identifier: BSD-3-Clause
// The blood, by genotype class: progenitors feed maturing cells, and these the counts, with the
// times of maturation and the lifetimes of each line (core/MODEL.md, "Blood"). The same on every
// rank. Knows nothing of stem cells or diagnoses.
#pragma once

#include "core/model/modifiers.hpp"
#include "core/patient/patient_state.hpp"
#include "core/patient/progenitors.hpp"

#include <cstdint>

namespace marrow {

/// A patient at rest: progenitors as `stem` would hold them in the long run, and blood in
/// equilibrium with them. Normal counts, but for the red cells that a GPI-negative class is short
/// of.
PatientState healthy_patient(const PatientParameters& parameters, const StemCensus& stem);

/// The same with every niche full of normal stem cells.
PatientState healthy_patient(const PatientParameters& parameters);

/// One hour of  dM/dt = (P·output - M)/transit,  dC/dt = (normal·M - C)/lifetime  for each line and
/// class, exactly for constant progenitors (the chain's closed form). Hemoglobin of GPI-negative
/// classes lives gpi_negative_red_cell_survival times as long, unless rescued
/// (modifiers.red_cell_rescue); the marrow does not make up for it. Transfused cells decay. A class
/// without supply reaches exactly 0.
void advance_blood(PatientState& state, const PatientParameters& parameters,
                   const Modifiers& modifiers = {});

struct BloodCounts {
  double neutrophils_1e9_per_l = 0;
  double platelets_1e9_per_l = 0;
  double reticulocytes_1e9_per_l = 0;
  double hemoglobin_g_per_l = 0;

  friend bool operator==(const BloodCounts&, const BloodCounts&) = default;
};

/// What the patient's own marrow made, all classes.
BloodCounts blood_counts(const PatientState& state);
/// What a laboratory would measure: with transfused platelets and red cells.
BloodCounts blood_counts_with_transfusion(const PatientState& state);

/// Share of a line's own cells whose class has `bit`, e.g. of state.neutrophils_1e9_per_l; 0 when
/// there are none.
double share_with(const PerClass<double>& cells, GenotypeBit bit);

/// Whether a test that sees shares from `limit` on sees this one (patient.detection).
bool detected(double share, double limit);

/// The day's transfusions, if the scenario has them: red cells when hemoglobin, platelets when
/// platelets, with what was transfused before, are below their trigger. Each counts as one.
void transfuse(PatientState& state, const PatientParameters& parameters, std::int64_t hour);

}  // namespace marrow
