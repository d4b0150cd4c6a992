// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace marrow;

TEST(HealthyPatient, HasNormalBloodAndFullProgenitors) {
  const PatientState patient = healthy_patient(PatientParameters{});
  EXPECT_EQ(patient.progenitors[0], fixed_one);
  EXPECT_EQ(progenitor_total(patient), fixed_one);
  EXPECT_EQ(patient.neutrophils_1e9_per_l, 4.0);
  EXPECT_EQ(patient.platelets_1e9_per_l, 250.0);
  EXPECT_EQ(patient.reticulocytes_1e9_per_l, 80.0);
  EXPECT_EQ(patient.hemoglobin_g_per_l, 140.0);
  EXPECT_EQ(patient.clinical, ClinicalState::well);
  EXPECT_EQ(patient.diagnosis_h, never);
}

TEST(HealthyPatient, SharesTheProgenitorsAmongItsStemCells) {
  StemCensus stem;
  stem.niches = 800;
  stem.cells[0] = 600;
  stem.cells[GenotypeBit::driver] = 200;
  const PatientState patient = healthy_patient(PatientParameters{}, stem);
  EXPECT_EQ(patient.progenitors[0], fixed_one / 4 * 3);
  EXPECT_EQ(patient.progenitors[GenotypeBit::driver], fixed_one / 4);
}

TEST(Blood, FollowsTheClosedFormWithEachLifetime) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = fixed_one / 4;
  const auto expected = [](const BloodLineage& lineage, double hours) {
    return lineage.normal * (0.25 + 0.75 * std::exp(-hours / lineage.lifetime_h));
  };
  for (int h = 1; h <= 5000; ++h) {
    advance_blood(patient, parameters);
    ASSERT_NEAR(patient.neutrophils_1e9_per_l, expected(parameters.neutrophils, h), 1e-11) << h;
    ASSERT_NEAR(patient.platelets_1e9_per_l, expected(parameters.platelets, h), 1e-9) << h;
    ASSERT_NEAR(patient.reticulocytes_1e9_per_l, expected(parameters.reticulocytes, h), 1e-9) << h;
    ASSERT_NEAR(patient.hemoglobin_g_per_l, expected(parameters.hemoglobin, h), 1e-9) << h;
  }
}

TEST(Blood, NeutrophilsHalveInNineteenHours) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = 0;
  for (int h = 0; h < 19; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(patient.neutrophils_1e9_per_l, 2.0, 0.01);
}

TEST(Blood, EndsAtExactlyZeroWithoutProgenitorsAndRecovers) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = 0;
  for (int h = 0; h < 100000; ++h) advance_blood(patient, parameters);
  EXPECT_EQ(patient.neutrophils_1e9_per_l, 0.0);
  EXPECT_EQ(patient.platelets_1e9_per_l, 0.0);
  EXPECT_EQ(patient.reticulocytes_1e9_per_l, 0.0);
  EXPECT_EQ(patient.hemoglobin_g_per_l, 0.0);
  patient.progenitors[0] = fixed_one;
  for (int h = 0; h < 100000; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(patient.hemoglobin_g_per_l, 140.0, 1e-9);
  EXPECT_NEAR(patient.neutrophils_1e9_per_l, 4.0, 1e-11);
}

}  // namespace
