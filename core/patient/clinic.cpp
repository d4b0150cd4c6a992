// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/clinic.hpp"

#include "core/math/elementary.hpp"
#include "core/patient/progenitors.hpp"

#include <algorithm>

namespace marrow {
namespace {

constexpr double days_per_week = 7.0;

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

void date(std::int64_t& first_h, bool happens, std::int64_t hour) {
  if (happens && first_h == never) first_h = hour;
}

bool in_response(const PatientState& state) {
  return state.clinical == ClinicalState::partial_response ||
         state.clinical == ClinicalState::complete_response;
}

void follow_severe_disease(PatientState& state, std::int64_t hour) {
  date(state.relapse_h, in_response(state), hour);
  if (state.diagnosis_h == never) {
    state.diagnosis_h = hour;
    state.hla_lacking_at_diagnosis = hla_lacking_share(state);
  }
  state.clinical = ClinicalState::severe_aplastic_anemia;
}

void follow_moderate_disease(PatientState& state, std::int64_t hour) {
  const bool was_severe = state.diagnosis_h != never;
  if (state.clinical == ClinicalState::well) {
    state.moderate_h = hour;
    state.hla_lacking_at_diagnosis = hla_lacking_share(state);
  } else if (state.clinical == ClinicalState::complete_response ||
             (state.clinical == ClinicalState::partial_response && !was_severe)) {
    date(state.relapse_h, true, hour);
  } else {
    return;
  }
  state.clinical = ClinicalState::moderate_aplastic_anemia;
}

/// What the counts of one sample meet.
struct Finding {
  bool severe;
  bool moderate;
};

void follow_disease(PatientState& state, const PatientParameters& parameters, const Finding& found,
                    double neutrophils, std::int64_t hour) {
  const bool severe_for_long =
      held_long_enough(state.saa_since_h, found.severe, hour, parameters.saa.window_h);
  const bool moderate_for_long = held_long_enough(
      state.moderate_since_h, found.moderate && !found.severe, hour, parameters.moderate.window_h);
  if (severe_for_long) follow_severe_disease(state, hour);
  if (moderate_for_long) follow_moderate_disease(state, hour);
  date(state.very_severe_h,
       severe_for_long && neutrophils < parameters.very_severe_neutrophils_1e9_per_l, hour);
}

void follow_responses(PatientState& state, const PatientParameters& parameters,
                      const BloodCounts& counts, const Finding& found, std::int64_t hour) {
  const bool moderate_counts =
      state.diagnosis_h == never || state.clinical == ClinicalState::moderate_aplastic_anemia;
  const bool diseased = found.severe || (moderate_counts && found.moderate);
  const std::int64_t share = hla_lacking_share(state);
  const auto follow = [&](const ClinicalCriteria& criteria, std::int64_t& since_h,
                          std::int64_t& first_h, std::int64_t& share_then) {
    const std::int64_t window_from = since_h == never ? hour : since_h;
    const bool holds =
        !diseased && meets_response(counts, criteria) && state.last_transfusion_h < window_from;
    return follow_response(holds, hour, criteria.window_h, share, since_h, first_h, share_then);
  };
  const bool partial = follow(parameters.partial_response, state.pr_since_h,
                              state.partial_response_h, state.hla_lacking_at_pr_window);
  const bool complete = follow(parameters.complete_response, state.cr_since_h,
                               state.complete_response_h, state.hla_lacking_at_cr_window);
  if (partial && !in_response(state)) state.clinical = ClinicalState::partial_response;
  if (complete) state.clinical = ClinicalState::complete_response;
}

bool dies_today(const BloodCounts& counts, const PatientParameters& parameters, const Draws& draws,
                std::int64_t hour) {
  if (!parameters.death) return false;
  const double chance = one_minus_exp(weekly_death_hazard(counts, parameters) / days_per_week);
  const Bits128 bits = draws(Purpose::death, Entity::patient, 0, static_cast<std::uint64_t>(hour));
  return Threshold::of(chance).happens(bits.first);
}

}  // namespace

bool meets_saa(const BloodCounts& counts, const ClinicalCriteria& criteria, double cellularity) {
  const int low = (counts.neutrophils_1e9_per_l < criteria.neutrophils_1e9_per_l ? 1 : 0) +
                  (counts.platelets_1e9_per_l < criteria.platelets_1e9_per_l ? 1 : 0) +
                  (counts.reticulocytes_1e9_per_l < criteria.reticulocytes_1e9_per_l ? 1 : 0);
  return low >= 2 && cellularity < criteria.cellularity;
}

bool meets_moderate(const BloodCounts& counts, const ClinicalCriteria& criteria,
                    double cellularity) {
  const int low = (counts.neutrophils_1e9_per_l < criteria.neutrophils_1e9_per_l ? 1 : 0) +
                  (counts.platelets_1e9_per_l < criteria.platelets_1e9_per_l ? 1 : 0) +
                  (counts.hemoglobin_g_per_l < criteria.hemoglobin_g_per_l ? 1 : 0);
  return low >= 2 && cellularity < criteria.cellularity;
}

bool meets_response(const BloodCounts& counts, const ClinicalCriteria& criteria) {
  return counts.neutrophils_1e9_per_l > criteria.neutrophils_1e9_per_l &&
         counts.platelets_1e9_per_l > criteria.platelets_1e9_per_l &&
         counts.hemoglobin_g_per_l > criteria.hemoglobin_g_per_l;
}

double weekly_death_hazard(const BloodCounts& counts, const PatientParameters& parameters) {
  if (!parameters.death) return 0.0;
  const DeathParameters& death = *parameters.death;
  double hazard = 0.0;
  if (counts.platelets_1e9_per_l < parameters.saa.platelets_1e9_per_l) {
    hazard = std::max(hazard, death.per_week_thrombopenia);
  }
  if (counts.neutrophils_1e9_per_l < parameters.saa.neutrophils_1e9_per_l) {
    hazard = std::max(hazard, death.per_week_severe);
  }
  if (counts.neutrophils_1e9_per_l < parameters.very_severe_neutrophils_1e9_per_l) {
    hazard = std::max(hazard, death.per_week_very_severe);
  }
  return hazard * death.care_factor;
}

void advance_clinic(PatientState& state, const PatientParameters& parameters, const Draws& draws,
                    double cellularity, std::int64_t hour) {
  if (state.clinical == ClinicalState::dead) return;
  transfuse(state, parameters, hour);
  const BloodCounts counts = blood_counts(state);
  const Finding found{meets_saa(counts, parameters.saa, cellularity),
                      meets_moderate(counts, parameters.moderate, cellularity)};
  follow_disease(state, parameters, found, counts.neutrophils_1e9_per_l, hour);
  if (state.clinical != ClinicalState::well) {
    follow_responses(state, parameters, counts, found, hour);
  }
  const double pnh = share_with(state.neutrophils_1e9_per_l, GenotypeBit::gpi_negative);
  date(state.pnh_h, pnh > 0 && pnh >= parameters.pnh_share, hour);
  const double malignant = share_with(state.neutrophils_1e9_per_l, GenotypeBit::monosomy_7);
  date(state.evolution_h, malignant > 0 && malignant >= parameters.evolution_share, hour);
  if (dies_today(counts, parameters, draws, hour)) {
    state.death_h = hour;
    state.clinical = ClinicalState::dead;
  }
}

}  // namespace marrow
