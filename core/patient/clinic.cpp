// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/clinic.hpp"

#include "core/patient/progenitors.hpp"

namespace marrow {
namespace {

/// Carries a window on, opens or breaks it; true when it has lasted long enough at `hour`.
bool held_long_enough(std::int64_t& since_h, bool holds, std::int64_t hour, double window_h) {
  if (!holds) {
    since_h = never;
    return false;
  }
  if (since_h == never) since_h = hour;
  return static_cast<double>(hour - since_h) >= window_h;
}

/// One kind of response: its window, its first date and the HLA-lacking share of that day. True
/// when met.
bool follow_response(bool holds, std::int64_t hour, double window_h, std::int64_t share,
                     std::int64_t& since_h, std::int64_t& first_h, std::int64_t& share_then) {
  const bool opens = holds && since_h == never;
  const bool met = held_long_enough(since_h, holds, hour, window_h);
  if (first_h != never) return met;
  if (!holds) share_then = 0;
  if (opens) share_then = share;
  if (met) first_h = since_h;
  return met;
}

void follow_disease(PatientState& state, bool met, std::int64_t hour) {
  if (!met || state.clinical == ClinicalState::severe_aplastic_anemia) return;
  if (state.clinical == ClinicalState::well) {
    state.diagnosis_h = hour;
    state.hla_lacking_at_diagnosis = hla_lacking_share(state);
  } else if (state.relapse_h == never) {
    state.relapse_h = hour;
  }
  state.clinical = ClinicalState::severe_aplastic_anemia;
}

}  // namespace

bool meets_saa(const PatientState& state, const ClinicalCriteria& criteria, double cellularity) {
  const int low_counts = (state.neutrophils_1e9_per_l < criteria.neutrophils_1e9_per_l ? 1 : 0) +
                         (state.platelets_1e9_per_l < criteria.platelets_1e9_per_l ? 1 : 0) +
                         (state.reticulocytes_1e9_per_l < criteria.reticulocytes_1e9_per_l ? 1 : 0);
  return low_counts >= 2 && cellularity < criteria.cellularity;
}

bool meets_response(const PatientState& state, const ClinicalCriteria& criteria) {
  return state.neutrophils_1e9_per_l > criteria.neutrophils_1e9_per_l &&
         state.platelets_1e9_per_l > criteria.platelets_1e9_per_l &&
         state.hemoglobin_g_per_l > criteria.hemoglobin_g_per_l;
}

void advance_clinic(PatientState& state, const PatientParameters& parameters, double cellularity,
                    std::int64_t hour) {
  const bool severe = meets_saa(state, parameters.saa, cellularity);
  const bool severe_for_long =
      held_long_enough(state.saa_since_h, severe, hour, parameters.saa.window_h);
  follow_disease(state, severe_for_long, hour);
  if (state.clinical == ClinicalState::well) return;

  const std::int64_t share = hla_lacking_share(state);
  const bool partial = !severe && meets_response(state, parameters.partial_response);
  const bool complete = !severe && meets_response(state, parameters.complete_response);
  const bool partial_met =
      follow_response(partial, hour, parameters.partial_response.window_h, share, state.pr_since_h,
                      state.partial_response_h, state.hla_lacking_at_pr_window);
  const bool complete_met =
      follow_response(complete, hour, parameters.complete_response.window_h, share,
                      state.cr_since_h, state.complete_response_h, state.hla_lacking_at_cr_window);
  if (partial_met && state.clinical == ClinicalState::severe_aplastic_anemia) {
    state.clinical = ClinicalState::partial_response;
  }
  if (complete_met) state.clinical = ClinicalState::complete_response;
}

}  // namespace marrow
