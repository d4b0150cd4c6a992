// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/clinic.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace marrow;

constexpr std::int64_t day = hours_per_day;

TEST(Death, TheHighestHazardThatAppliesCounts) {
  PatientParameters parameters;
  EXPECT_EQ(weekly_death_hazard({0.1, 5, 5, 60}, parameters), 0.0);  // not asked for
  parameters.death.emplace();
  parameters.death->care_factor = 0.5;
  EXPECT_EQ(weekly_death_hazard({4.0, 250, 80, 140}, parameters), 0.0);
  EXPECT_EQ(weekly_death_hazard({0.5, 20, 80, 140}, parameters), 0.0);
  EXPECT_DOUBLE_EQ(weekly_death_hazard({4.0, 19, 80, 140}, parameters), 0.0035);
  EXPECT_DOUBLE_EQ(weekly_death_hazard({0.4, 19, 80, 140}, parameters), 0.0075);
  EXPECT_DOUBLE_EQ(weekly_death_hazard({0.1, 250, 80, 140}, parameters), 0.015);
}

// Survival over n days is exp(-hazard·n/7); 4 standard deviations.
TEST(Death, ComesAsOftenAsTheHazardSays) {
  PatientParameters parameters;
  parameters.death.emplace();
  parameters.death->care_factor = 1.0;
  constexpr int patients = 2000, days = 30;
  int dead = 0;
  for (int i = 0; i < patients; ++i) {
    PatientState patient = healthy_patient(parameters);
    patient.neutrophils_1e9_per_l[0] = 0.1;
    const Draws draws(static_cast<std::uint64_t>(i));
    for (int d = 1; d <= days; ++d) advance_clinic(patient, parameters, draws, 0.5, d * day);
    if (patient.clinical != ClinicalState::dead) continue;
    ++dead;
    EXPECT_EQ(patient.death_h % day, 0);
  }
  const double expected = 1 - std::exp(-0.03 * days / 7);
  EXPECT_NEAR(dead / double{patients}, expected,
              4 * std::sqrt(expected * (1 - expected) / patients));
}

TEST(Death, EndsTheCourse) {
  PatientParameters parameters;
  parameters.transfusion.emplace();
  parameters.death.emplace();
  parameters.death->per_week_very_severe = 1e6;
  PatientState patient = healthy_patient(parameters);
  advance_clinic(patient, parameters, Draws(1), 0.1, 0);
  EXPECT_EQ(patient.clinical, ClinicalState::well);
  patient.neutrophils_1e9_per_l[0] = 0.1;
  patient.platelets_1e9_per_l[0] = 15;
  advance_clinic(patient, parameters, Draws(1), 0.1, day);
  EXPECT_EQ(patient.clinical, ClinicalState::dead);
  EXPECT_EQ(patient.death_h, day);
  patient.platelets_1e9_per_l[0] = 5;
  const PatientState before = patient;
  for (int d = 2; d < 40; ++d) advance_clinic(patient, parameters, Draws(1), 0.1, d * day);
  EXPECT_EQ(patient, before);
}

}  // namespace
