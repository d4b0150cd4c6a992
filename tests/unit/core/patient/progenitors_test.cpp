// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/progenitors.hpp"

#include "core/cells/clones.hpp"
#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace {

using namespace marrow;

constexpr double one = static_cast<double>(fixed_one);
constexpr std::int64_t hours_of_ten_years = 87660;

StemCensus census_of(std::int64_t niches, std::int64_t normal, std::int64_t escaped = 0,
                     double escaped_presentation = 0.0) {
  StemCensus stem;
  stem.niches = niches;
  stem.cells[0] = normal;
  stem.presentation[0] = normal * full_presentation;
  stem.cells[GenotypeBit::hla_lost] = escaped;
  stem.presentation[GenotypeBit::hla_lost] =
      std::llround(escaped_presentation * full_presentation) * escaped;
  return stem;
}

TEST(CountStemCells, CountsLiveCellsByGenotypeOnly) {
  CloneTable clones(3);
  clones[1].genotype = GenotypeBit::hla_lost;
  clones[1].presentation = 0;
  clones[2].genotype = GenotypeBit::gpi_negative | GenotypeBit::driver;
  clones[2].presentation = full_presentation / 4;
  const std::vector<CellRecord> niches = {
      CellRecord::make(CellState::stem, 0),         CellRecord::make(CellState::stem, 1),
      CellRecord::make(CellState::stem, 2),         CellRecord::make(CellState::stem, 2),
      CellRecord::make(CellState::apoptotic, 0, 6), CellRecord()};
  const StemCensus census = count_stem_cells(niches, clones);
  EXPECT_EQ(census.niches, 6);
  EXPECT_EQ(census.total(), 4);
  EXPECT_EQ(census.cells[0], 1);
  EXPECT_EQ(census.cells[1], 1);
  EXPECT_EQ(census.cells[6], 2);
  EXPECT_EQ(census.presentation[0], full_presentation);
  EXPECT_EQ(census.presentation[1], 0);
  EXPECT_EQ(census.presentation[6], full_presentation / 2);
}

TEST(Progenitors, HealthStandsStillForTenYears) {
  const PatientParameters parameters;
  for (const std::int64_t stem_cells :
       {800, 783, 259}) {  // gain covers every vacancy down to 1/3.1
    PatientState patient = healthy_patient(parameters);
    const PatientState before = patient;
    const StemCensus stem = census_of(800, stem_cells);
    for (std::int64_t h = 0; h < hours_of_ten_years; ++h) {
      advance_progenitors(patient, parameters.progenitors, stem, 0.0);
      advance_blood(patient, parameters);
    }
    EXPECT_EQ(patient, before) << stem_cells;
  }
}

TEST(Progenitors, TargetsAreCappedByGainAndByNormal) {
  const ProgenitorParameters parameters;
  const auto total = [&](std::int64_t stem_cells) {
    return static_cast<double>(progenitor_targets(parameters, census_of(1000, stem_cells))[0]) /
           one;
  };
  EXPECT_DOUBLE_EQ(total(1000), 1.0);
  EXPECT_DOUBLE_EQ(total(323), 1.0);
  EXPECT_NEAR(total(322), 0.9982, 1e-9);
  EXPECT_NEAR(total(1), 0.0031, 1e-9);
  EXPECT_EQ(total(0), 0.0);
}

TEST(Progenitors, TargetsFollowTheSharesOfTheStemCells) {
  const auto targets = progenitor_targets(ProgenitorParameters{}, census_of(800, 300, 100));
  EXPECT_EQ(targets[0], fixed_one / 4 * 3);
  EXPECT_EQ(targets[GenotypeBit::hla_lost], fixed_one / 4);
}

TEST(Progenitors, EveryChangeIsTheSumOfItsFlows) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  for (std::int64_t h = 0; h < 5000; ++h) {
    const PatientState before = patient;
    const auto stem = census_of(800, std::max<std::int64_t>(0, 800 - h / 2), h / 100, 0.3);
    const ProgenitorFlows flows =
        advance_progenitors(patient, parameters.progenitors, stem, static_cast<double>(h) / 5000);
    for (std::size_t g = 0; g < genotype_classes; ++g) {
      ASSERT_EQ(patient.progenitors[g] - before.progenitors[g],
                flows.produced[g] - flows.matured[g] - flows.killed[g]);
      ASSERT_GE(patient.progenitors[g], 0);
      ASSERT_GE(flows.produced[g], 0);
      ASSERT_GE(flows.matured[g], 0);
      ASSERT_GE(flows.killed[g], 0);
    }
  }
}

// dP/dt = k (T - P) - delta A P from P = 1: P(t) = P* + (1 - P*) e^{-(k + delta A) t}, P* = k T/(k
// + delta A).
TEST(Progenitors, FollowTheClosedFormUnderAConstantAttack) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  const StemCensus stem = census_of(1000, 100);
  const double attack = 0.9, target = 0.31;
  const double k = 1.0 / parameters.progenitors.transit_h;
  const double loss = k + parameters.progenitors.kill_rate_per_h * attack;
  for (int h = 1; h <= 3000; ++h) {
    advance_progenitors(patient, parameters.progenitors, stem, attack);
    const double rest = k * target / loss;
    const double expected = rest + (1 - rest) * std::exp(-loss * h);
    ASSERT_NEAR(static_cast<double>(patient.progenitors[0]) / one, expected, 1e-9) << h;
  }
}

TEST(Progenitors, PresentationScalesTheAttack) {
  const PatientParameters parameters;
  const auto killed_with = [&](double presentation) {
    PatientState patient;
    patient.progenitors[GenotypeBit::hla_lost] = fixed_one;
    const auto flows = advance_progenitors(patient, parameters.progenitors,
                                           census_of(800, 0, 800, presentation), 1.0);
    return static_cast<double>(flows.killed[GenotypeBit::hla_lost]) / one;
  };
  EXPECT_EQ(killed_with(0.0), 0.0);
  const double full = killed_with(1.0);
  EXPECT_NEAR(full, parameters.progenitors.kill_rate_per_h, 1e-5);
  EXPECT_NEAR(killed_with(0.25) / full, 0.25, 1e-3);
}

TEST(Progenitors, AnOrphanedPoolKeepsItsPresentationAndEndsAtExactlyZero) {
  const PatientParameters parameters;
  PatientState patient;
  patient.progenitors[GenotypeBit::hla_lost] = fixed_one / 2;
  advance_progenitors(patient, parameters.progenitors, census_of(800, 0, 3, 0.5), 1.0);
  EXPECT_EQ(patient.presentation[GenotypeBit::hla_lost], full_presentation / 2);
  const auto flows = advance_progenitors(patient, parameters.progenitors, census_of(800, 0), 1.0);
  EXPECT_EQ(patient.presentation[GenotypeBit::hla_lost], full_presentation / 2);
  EXPECT_GT(flows.killed[GenotypeBit::hla_lost], 0);
  for (int h = 0; h < 12000; ++h) {
    advance_progenitors(patient, parameters.progenitors, census_of(800, 0), 1.0);
  }
  EXPECT_EQ(progenitor_total(patient), 0);
  EXPECT_EQ(hla_lacking_share(patient), 0);
}

TEST(HlaLackingShare, CountsEveryClassThatLostTheAllele) {
  PatientState patient;
  patient.progenitors[0] = 500;
  patient.progenitors[GenotypeBit::hla_lost] = 100;
  patient.progenitors[GenotypeBit::hla_lost | GenotypeBit::gpi_negative] = 200;
  patient.progenitors[GenotypeBit::gpi_negative] = 200;
  EXPECT_EQ(hla_lacking_share(patient), std::llround(0.3 * one));
}

}  // namespace
