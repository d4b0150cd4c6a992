// SPDX-License-Identifier: BSD-3-Clause
// The blood counts: each relaxes to its normal value times the progenitors, with the lifetime of
// its cells (core/MODEL.md, "Blood"). The same on every rank. Knows nothing of stem cells or
// diagnoses.
#pragma once

#include "core/patient/patient_state.hpp"
#include "core/patient/progenitors.hpp"

namespace marrow {

/// A patient at rest: normal counts, and progenitors as `stem` would hold them in the long run.
PatientState healthy_patient(const PatientParameters& parameters, const StemCensus& stem);

/// The same with every niche full of normal stem cells.
PatientState healthy_patient(const PatientParameters& parameters);

/// One hour towards normal * sum of P, exactly for constant progenitors.
void advance_blood(PatientState& state, const PatientParameters& parameters);

}  // namespace marrow
