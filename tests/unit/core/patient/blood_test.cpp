// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace marrow;

constexpr double one = static_cast<double>(fixed_one);
constexpr int hours_of_ten_years = 87660;

/// A two-stage chain C' = (N M - C)/L, M' = (u - M)/T from equilibrium at 1: the count after t
/// hours.
double closed_form(double normal, double lifetime_h, double transit_h, double supply, double t) {
  const double a = 1 / transit_h, b = 1 / lifetime_h;
  const double lag =
      a == b ? b * t * std::exp(-a * t) : b * (std::exp(-a * t) - std::exp(-b * t)) / (b - a);
  return normal * (supply + (1 - supply) * (std::exp(-b * t) + lag));
}

double closed_form(const BloodLineage& lineage, double supply, double t) {
  return closed_form(lineage.normal, lineage.lifetime_h, lineage.transit_h, supply, t);
}

StemCensus mixed_stem_cells() {
  StemCensus stem;
  stem.niches = 800;
  stem.cells[0] = 500;
  stem.cells[GenotypeBit::driver] = 100;
  stem.cells[GenotypeBit::gpi_negative] = 200;
  return stem;
}

TEST(HealthyPatient, HasNormalBloodAndFullProgenitors) {
  const PatientState patient = healthy_patient(PatientParameters{});
  EXPECT_EQ(patient.progenitors[0], fixed_one);
  EXPECT_EQ(progenitor_total(patient), fixed_one);
  EXPECT_EQ(blood_counts(patient), (BloodCounts{4.0, 250.0, 80.0, 140.0}));
  EXPECT_EQ(blood_counts_with_transfusion(patient), blood_counts(patient));
  EXPECT_EQ(patient.clinical, ClinicalState::well);
  EXPECT_EQ(patient.diagnosis_h, never);
  EXPECT_TRUE(patient.therapy_began_h.empty());
}

TEST(HealthyPatient, SharesTheProgenitorsAmongItsStemCells) {
  const PatientState patient = healthy_patient(PatientParameters{}, mixed_stem_cells());
  EXPECT_EQ(patient.progenitors[0], fixed_one / 8 * 5);
  EXPECT_EQ(patient.progenitors[GenotypeBit::driver], fixed_one / 8);
  EXPECT_DOUBLE_EQ(patient.platelets_1e9_per_l[GenotypeBit::driver], 250.0 / 8);
  const BloodCounts counts = blood_counts(patient);
  EXPECT_DOUBLE_EQ(counts.neutrophils_1e9_per_l, 4.0);
  EXPECT_DOUBLE_EQ(counts.reticulocytes_1e9_per_l, 80.0);
  EXPECT_DOUBLE_EQ(counts.hemoglobin_g_per_l, 140.0 * (0.75 + 0.25 / 2));  // half survival
}

TEST(HealthyPatient, IsAFixedPointToTheBit) {
  const PatientParameters parameters;
  for (const PatientState& before :
       {healthy_patient(parameters), healthy_patient(parameters, mixed_stem_cells())}) {
    PatientState patient = before;
    for (int h = 0; h < hours_of_ten_years; ++h) advance_blood(patient, parameters);
    EXPECT_EQ(patient, before);
  }
}

TEST(Blood, FollowsTheClosedFormOfMaturationAndLife) {
  PatientParameters parameters;
  parameters.platelets.transit_h = parameters.platelets.lifetime_h;  // equal rates have a limit
  parameters.reticulocytes.transit_h = 100;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = fixed_one / 4;
  for (int h = 1; h <= 5000; ++h) {
    advance_blood(patient, parameters);
    const BloodCounts now = blood_counts(patient);
    ASSERT_NEAR(now.neutrophils_1e9_per_l, closed_form(parameters.neutrophils, 0.25, h), 1e-11);
    ASSERT_NEAR(now.platelets_1e9_per_l, closed_form(parameters.platelets, 0.25, h), 1e-9);
    ASSERT_NEAR(now.reticulocytes_1e9_per_l, closed_form(parameters.reticulocytes, 0.25, h), 1e-9);
    ASSERT_NEAR(now.hemoglobin_g_per_l, closed_form(parameters.hemoglobin, 0.25, h), 1e-9);
  }
}

TEST(Blood, NearlyEqualRatesAreAsExact) {
  PatientParameters parameters;
  for (const double apart : {1e-15, 1e-12, 1e-9, 1e-6}) {
    parameters.platelets.transit_h = parameters.platelets.lifetime_h * (1 + apart);
    BloodLineage equal = parameters.platelets;
    equal.transit_h = equal.lifetime_h;
    PatientState patient = healthy_patient(parameters);
    patient.progenitors[0] = 0;
    for (int h = 1; h <= 300; ++h) advance_blood(patient, parameters);
    EXPECT_NEAR(blood_counts(patient).platelets_1e9_per_l, closed_form(equal, 0.0, 300),
                250 * (apart + 1e-13));
  }
}

TEST(Blood, WithoutMaturationNeutrophilsHalveInNineteenHours) {
  PatientParameters parameters;
  parameters.neutrophils.transit_h = 0;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = 0;
  for (int h = 0; h < 19; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(blood_counts(patient).neutrophils_1e9_per_l, 2.0, 0.01);
}

TEST(Blood, EndsAtExactlyZeroWithoutProgenitorsAndRecoversFromTheLeastSupply) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  patient.progenitors[0] = 0;
  for (int h = 0; h < 120000; ++h) advance_blood(patient, parameters);
  EXPECT_EQ(blood_counts(patient), BloodCounts{});
  EXPECT_EQ(patient.maturing_red_cells, PerClass<double>{});
  patient.progenitors[0] = 1;  // 2^-40 of normal
  for (int h = 0; h < 120000; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(blood_counts(patient).hemoglobin_g_per_l * one / 140.0, 1.0, 1e-9);
  patient.progenitors[0] = fixed_one;
  for (int h = 0; h < 120000; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(blood_counts(patient).hemoglobin_g_per_l, 140.0, 1e-9);
  EXPECT_NEAR(blood_counts(patient).neutrophils_1e9_per_l, 4.0, 1e-11);
}

TEST(Blood, ClassesDoNotMix) {
  const PatientParameters parameters;
  PatientState both = healthy_patient(parameters, mixed_stem_cells());
  PatientState alone = both;
  both.progenitors[0] = 0;
  for (int h = 0; h < 1000; ++h) {
    advance_blood(both, parameters);
    advance_blood(alone, parameters);
  }
  EXPECT_LT(both.neutrophils_1e9_per_l[0], 0.01);
  EXPECT_EQ(both.neutrophils_1e9_per_l[GenotypeBit::driver],
            alone.neutrophils_1e9_per_l[GenotypeBit::driver]);
}

TEST(Blood, GpiNegativeRedCellsLiveShorterUntilTheyAreRescued) {
  PatientParameters parameters;
  parameters.gpi_negative_red_cell_survival = 0.25;
  PatientState patient = healthy_patient(parameters, mixed_stem_cells());
  constexpr std::size_t negative = GenotypeBit::gpi_negative;
  EXPECT_DOUBLE_EQ(patient.hemoglobin_g_per_l[negative], 140.0 / 4 * 0.25);
  EXPECT_DOUBLE_EQ(patient.reticulocytes_1e9_per_l[negative], 80.0 / 4);
  Modifiers rescue;
  rescue.red_cell_rescue = 1.0;
  const double life = parameters.hemoglobin.lifetime_h;
  for (int h = 1; h <= 1000; ++h) advance_blood(patient, parameters, rescue);
  EXPECT_NEAR(patient.hemoglobin_g_per_l[negative], 140.0 / 4 * (1 - 0.75 * std::exp(-1000 / life)),
              1e-10);
  const double at_stop = patient.hemoglobin_g_per_l[negative];
  for (int h = 1; h <= 1000; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(patient.hemoglobin_g_per_l[negative],
              8.75 + (at_stop - 8.75) * std::exp(-1000 / (life * 0.25)), 1e-10);
  EXPECT_EQ(patient.hemoglobin_g_per_l[0],
            healthy_patient(parameters, mixed_stem_cells()).hemoglobin_g_per_l[0]);
}

TEST(Blood, OutputFactorsScaleTheSupplyAndTransitTheDelay) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  Modifiers growth_factor;
  growth_factor.neutrophil_output = 2.0;
  growth_factor.neutrophil_transit = 0.5;
  BloodLineage fast = parameters.neutrophils;
  fast.transit_h /= 2;
  for (int h = 1; h <= 200; ++h) {
    advance_blood(patient, parameters, growth_factor);
    ASSERT_NEAR(blood_counts(patient).neutrophils_1e9_per_l, closed_form(fast, 2.0, h), 1e-11);
  }
  EXPECT_EQ(blood_counts(patient).platelets_1e9_per_l, 250.0);

  patient = healthy_patient(parameters);
  Modifiers suppressed;
  suppressed.progenitor_output = 0.5;
  for (int h = 0; h < 60000; ++h) advance_blood(patient, parameters, suppressed);
  const BloodCounts half = blood_counts(patient);
  EXPECT_NEAR(half.neutrophils_1e9_per_l, 2.0, 1e-12);
  EXPECT_NEAR(half.platelets_1e9_per_l, 125.0, 1e-10);
  EXPECT_NEAR(half.reticulocytes_1e9_per_l, 40.0, 1e-10);
  EXPECT_NEAR(half.hemoglobin_g_per_l, 70.0, 1e-6);
}

TEST(ShareWith, CountsEveryClassThatHasTheBit) {
  PerClass<double> cells{};
  EXPECT_EQ(share_with(cells, GenotypeBit::driver), 0.0);
  cells[0] = 1;
  cells[GenotypeBit::driver] = 2;
  cells[GenotypeBit::driver | GenotypeBit::monosomy_7] = 4;
  cells[GenotypeBit::gpi_negative] = 1;
  EXPECT_EQ(share_with(cells, GenotypeBit::driver), 0.75);
  EXPECT_EQ(share_with(cells, GenotypeBit::monosomy_7), 0.5);
  EXPECT_EQ(share_with(cells, GenotypeBit::gpi_negative), 0.125);
  EXPECT_EQ(share_with(cells, GenotypeBit::hla_lost), 0.0);
}

TEST(Detected, BeginsAtTheLimitAndNeedsACell) {
  EXPECT_TRUE(detected(3e-5, 3e-5));
  EXPECT_FALSE(detected(2.9e-5, 3e-5));
  EXPECT_FALSE(detected(0.0, 0.0));
}

TEST(Transfusion, IsGivenBelowTheTriggersAndDecays) {
  PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  patient.hemoglobin_g_per_l[0] = 69.9;
  patient.platelets_1e9_per_l[0] = 9.9;
  transfuse(patient, parameters, 24);  // the scenario has none
  EXPECT_EQ(patient.transfusions, 0);

  parameters.transfusion.emplace();
  transfuse(patient, parameters, 24);
  EXPECT_EQ(patient.transfusions, 2);
  EXPECT_EQ(patient.last_transfusion_h, 24);
  EXPECT_DOUBLE_EQ(blood_counts_with_transfusion(patient).hemoglobin_g_per_l, 89.9);
  EXPECT_DOUBLE_EQ(blood_counts_with_transfusion(patient).platelets_1e9_per_l, 39.9);
  EXPECT_EQ(blood_counts(patient).hemoglobin_g_per_l, 69.9);
  transfuse(patient, parameters, 48);  // enough now
  EXPECT_EQ(patient.transfusions, 2);
  EXPECT_EQ(patient.last_transfusion_h, 24);

  for (int h = 1; h <= 240; ++h) advance_blood(patient, parameters);
  EXPECT_NEAR(patient.transfused_hemoglobin_g_per_l, 20 * std::exp(-10 / 58.0), 1e-12);
  EXPECT_NEAR(patient.transfused_platelets_1e9_per_l, 30 * std::exp(-10 / 4.0), 1e-12);
}

TEST(Transfusion, TriggersThemselvesAreNotBelow) {
  PatientParameters parameters;
  parameters.transfusion.emplace();
  PatientState patient = healthy_patient(parameters);
  patient.hemoglobin_g_per_l[0] = 70.0;
  patient.platelets_1e9_per_l[0] = 10.0;
  transfuse(patient, parameters, 24);
  EXPECT_EQ(patient.transfusions, 0);
  EXPECT_EQ(patient.last_transfusion_h, never);
}

// Without a marrow of his own, a patient needs so many transfusions: the rises make up for decay.
TEST(Transfusion, KeepsAnAplasticPatientAboveTheTrigger) {
  PatientParameters parameters;
  parameters.transfusion.emplace();
  PatientState patient;
  for (int h = 1; h <= 24 * 1000; ++h) {
    advance_blood(patient, parameters);
    if (h % 24 == 0) transfuse(patient, parameters, h);
  }
  EXPECT_GE(patient.transfused_hemoglobin_g_per_l, 70.0);
  EXPECT_LT(patient.transfused_hemoglobin_g_per_l, 90.0);
  EXPECT_GE(patient.transfused_platelets_1e9_per_l, 10.0);
  // ln(29/10)·4 d and ln(80/70)·58 d are the shortest gaps.
  EXPECT_GT(patient.transfusions, 1000 / 8 + 1000 / 16);
  EXPECT_LT(patient.transfusions, 1000 / 4 + 1000 / 7);
}

}  // namespace
