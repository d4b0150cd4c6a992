// SPDX-License-Identifier: BSD-3-Clause
// The clinical course: who has moderate or severe aplastic anemia, who responds, who relapses, who
// gets PNH or a malignant clone, who dies, and when. Definitions are data (ClinicalCriteria);
// core/MODEL.md, "Clinical state", gives the defaults and Camitta 1976 their origin. Reads counts
// and cellularity only; never acts on the marrow. Every count is the patient's own production:
// transfused cells neither hide disease nor make a response.
#pragma once

#include "core/patient/blood.hpp"
#include "core/patient/patient_state.hpp"
#include "core/random/draws.hpp"

#include <cstdint>

namespace marrow {

/// The patient's day: counts are judged, and the slow fields advanced, once every so many hours.
inline constexpr std::int64_t hours_per_day = 24;

/// Severe: at least 2 of neutrophils, platelets and reticulocytes below the criterion, and the
/// marrow's cellularity below it too.
bool meets_saa(const BloodCounts& counts, const ClinicalCriteria& criteria, double cellularity);

/// Moderate: the same with hemoglobin instead of reticulocytes. Severe disease mostly meets it too.
bool meets_moderate(const BloodCounts& counts, const ClinicalCriteria& criteria,
                    double cellularity);

/// Neutrophils, platelets and hemoglobin all above the criterion.
bool meets_response(const BloodCounts& counts, const ClinicalCriteria& criteria);

/// Judges one day's sample, taken at `hour`; first of all gives the day's transfusions. A
/// definition is met at the sample by which it has held, without a break in the daily samples, for
/// its window. Disease and relapse are dated at that sample. A response is dated at the first day
/// of its window, as trials date it once it is confirmed; the HLA-lacking share is that of the same
/// day (of the progenitors). Dates keep the first time of each.
/// - Moderate disease: moderate and not severe for its window, in a patient who was well. Severe
///   disease: severe for its window; diagnosis_h is its date. Very severe: the first sample of
///   severe disease (the window is over) with neutrophils below the limit.
/// - A response needs the disease, no transfusion since its window began, and the absence of severe
///   criteria; of moderate ones too if the disease was moderate. (After severe disease, a partial
///   response mostly still meets the moderate criteria.)
/// - Relapse: severe disease after a response, or moderate disease after a complete response, or
///   after a partial response of disease that never was severe. Trials differ: some ask for
///   transfusions or for new treatment. The best response stands until then.
/// - PNH: the GPI-negative share of neutrophils reaches pnh_share. Clonal evolution: that with
///   monosomy 7 reaches evolution_share. Drivers of age-related clonal hematopoiesis are no
///   evolution: they are common, and reported as shares. Neither changes the clinical state.
/// - Death, if the scenario has it: one draw a day against the highest hazard that applies. Nothing
///   changes after it.
void advance_clinic(PatientState& state, const PatientParameters& parameters, const Draws& draws,
                    double cellularity, std::int64_t hour);

/// Weekly hazard of death by the counts, with the care of the scenario: the highest of those of
/// neutrophils below the very severe limit, neutrophils and platelets below the severe ones.
double weekly_death_hazard(const BloodCounts& counts, const PatientParameters& parameters);

}  // namespace marrow
