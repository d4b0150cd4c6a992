// SPDX-License-Identifier: BSD-3-Clause
// The clinical course: who has severe aplastic anemia, who responds, who relapses, and when.
// Definitions are data (ClinicalCriteria); core/MODEL.md, "Clinical state", gives the defaults and
// Camitta 1976 their origin. Reads counts and cellularity only; never acts on the marrow.
#pragma once

#include "core/patient/patient_state.hpp"

#include <cstdint>

namespace marrow {

/// The patient's day: counts are judged, and the slow fields advanced, once every so many hours.
inline constexpr std::int64_t hours_per_day = 24;

/// At least 2 of the 3 counts below the criterion, and the marrow's cellularity below it too.
bool meets_saa(const PatientState& state, const ClinicalCriteria& criteria, double cellularity);

/// Neutrophils, platelets and hemoglobin all above the criterion.
bool meets_response(const PatientState& state, const ClinicalCriteria& criteria);

/// Judges one day's sample, taken at `hour`. A definition is met at the sample by which it has
/// held, without a break in the daily samples, for its window.
/// - Diagnosis and relapse are dated at that sample, the second of the two that the definition asks
/// for.
/// - A response is dated at the first day of its window, as trials date it once it is confirmed;
/// the
///   HLA-lacking share is that of the same day. Responses need a diagnosis and the absence of
///   severe disease.
/// - Relapse: severe disease again after a response. The best response stands until then.
/// Dates keep the first time of each; windows start anew after a relapse.
void advance_clinic(PatientState& state, const PatientParameters& parameters, double cellularity,
                    std::int64_t hour);

}  // namespace marrow
