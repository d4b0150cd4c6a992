// SPDX-License-Identifier: BSD-3-Clause
// The patients of a cohort: functions of (seed, number, parameter) alone, with the distributions
// and correlations that the file states.
#include "io/cohort/cohort_file.hpp"

#include "core/math/normal.hpp"
#include "io/cohort/table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <numeric>
#include <sstream>
#include <string>
#include <vector>

namespace {

using namespace marrow::io;

std::string base_text() {
  std::ifstream file(std::string(MARROW_SOURCE_DIR) + "/tests/data/cohorts/base.yaml");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::shared_ptr<const Cohort> read(const std::string& head, const std::string& rest) {
  CohortBytes bytes;
  bytes.text = "cohort: {name: c, scenario: base.yaml, " + head + "}\n" + rest;
  bytes.base_path = "base.yaml";
  bytes.base_text = base_text();
  const CohortReading reading = read_cohort(bytes, "c.yaml");
  EXPECT_TRUE(reading.ok()) << render_all(reading.diagnostics);
  return reading.cohort;
}

const std::string stress = "  hspc.stress_rate: {lognormal: {median: 0.06 /wk, sd_log: 0.7}}\n";
const std::string age = "  patient.age: {uniform: {from: 15 y, to: 75 y}}\n";

double number(const Value& value) { return std::get<double>(value); }

TEST(Cohort, APatientDependsNeitherOnOthersNorOnOtherParameters) {
  const auto few = read("patients: 20, seed: 3", "draws:\n" + stress);
  const auto many = read("patients: 500, seed: 3", "draws:\n" + age + stress);
  const VirtualPatient a = few->patient(17);
  const VirtualPatient b = many->patient(17);
  EXPECT_EQ(a.seed, b.seed);
  EXPECT_EQ(number(a.values[0]), number(b.values[1]));
  EXPECT_NE(a.seed, few->patient(16).seed);
  EXPECT_LT(a.seed, std::uint64_t{1} << 53);
}

TEST(Cohort, KnownDraws) {
  const auto cohort = read("patients: 20, seed: 3", "draws:\n" + stress + age);
  EXPECT_EQ(cohort->patient(1).seed, 6388365285379426ULL);
  EXPECT_EQ(number(cohort->patient(1).values[0]), 2.6977931293516394e-4);
  EXPECT_EQ(number(cohort->patient(1).values[1]), 37.60051081438575);
}

TEST(Cohort, DrawsHaveTheMomentsOfTheirLaw) {
  const auto cohort = read("patients: 4000, seed: 9", "draws:\n" + stress + age);
  double sum = 0.0;
  double squares = 0.0;
  double ages = 0.0;
  for (int i = 1; i <= 4000; ++i) {
    const VirtualPatient patient = cohort->patient(i);
    const double x = std::log(number(patient.values[0]) / (0.06 / (7 * 24)));
    sum += x;
    squares += x * x;
    ages += number(patient.values[1]);
  }
  EXPECT_NEAR(sum / 4000, 0.0, 5 * 0.7 / std::sqrt(4000.0));
  EXPECT_NEAR(std::sqrt(squares / 4000), 0.7, 5 * 0.7 / std::sqrt(8000.0));
  EXPECT_NEAR(ages / 4000, 45.0, 5 * 60 / std::sqrt(12 * 4000.0));
}

TEST(Cohort, CorrelatedDrawsHaveTheStatedCorrelationOfScores) {
  const std::string matrix =
      "correlated:\n  - {parameters: [hspc.stress_rate, patient.age], matrix: [[1, -0.6], [-0.6, "
      "1]]}\n";
  const auto cohort = read("patients: 4000, seed: 9", "draws:\n" + stress + age + matrix);
  const auto alone = read("patients: 4000, seed: 9", "draws:\n" + stress + age);
  double products = 0.0;
  for (int i = 1; i <= 4000; ++i) {
    const VirtualPatient patient = cohort->patient(i);
    const double z = std::log(number(patient.values[0]) / (0.06 / (7 * 24))) / 0.7;
    const double y = marrow::normal_quantile((number(patient.values[1]) / 15.0 - 1.0) / 4.0);
    products += z * y;
    EXPECT_EQ(number(patient.values[0]), number(alone->patient(i).values[0]));
  }
  EXPECT_NEAR(products / 4000, -0.6, 5 * std::sqrt(1.36 / 4000.0));
}

TEST(Cohort, KindsAndArmsReachTheScenario) {
  const auto cohort =
      read("patients: 50, seed: 3",
           "traits:\n  - name: attack\n    kinds:\n"
           "      - {name: a, weight: 40 %, set: {'clones.founders[0].presentation': 0}}\n"
           "      - {name: b, weight: 60 %, set: {'clones.founders[0].presentation': 0.4}}\n"
           "arms:\n  - {name: given}\n  - {name: none, set: {'therapy[0].given': false}}\n"
           "draws:\n  run.duration: {uniform: {from: 100 d, to: 200 d}}\n");
  int of_kind_a = 0;
  for (int i = 1; i <= 50; ++i) {
    const VirtualPatient patient = cohort->patient(i);
    const auto given = cohort->scenario(patient, 0).scenario->parameters;
    const auto none = cohort->scenario(patient, 1).scenario->parameters;
    EXPECT_EQ(given.clones.founders[0].presentation, patient.kinds[0] == 0 ? 0.0 : 0.4);
    EXPECT_TRUE(given.therapy[0].given);
    EXPECT_FALSE(none.therapy[0].given);
    EXPECT_EQ(given.scenario.seed, patient.seed);
    EXPECT_EQ(none.scenario.seed, patient.seed);
    EXPECT_EQ(given.run.duration_h, std::floor(given.run.duration_h));
    of_kind_a += patient.kinds[0] == 0 ? 1 : 0;
  }
  EXPECT_NEAR(of_kind_a, 20, 5 * std::sqrt(50 * 0.24));
}

TEST(Cohort, ARefusedDrawIsOnePatientsReason) {
  const auto cohort = read("patients: 50, seed: 3",
                           "draws:\n  clones.founders[0].cells: {uniform: {from: 1, to: 160}}\n");
  int refused = 0;
  for (int i = 1; i <= 50; ++i) {
    const ReadResult result = cohort->scenario(cohort->patient(i), 0);
    if (result.ok()) continue;
    ++refused;
    EXPECT_NE(reason_of(result.diagnostics), "");
    EXPECT_EQ(reason_of(result.diagnostics).find('\n'), std::string::npos);
  }
  EXPECT_GT(refused, 5);
  EXPECT_LT(refused, 45);
}

TEST(Cohort, WhatDiffersIsNamed) {
  const std::string arm = "arms:\n  - {name: a}\n";
  const std::string arms = arm + "  - {name: b, set: {'therapy[0].given': false}}\n";
  const auto first = read("patients: 5, seed: 3", "draws:\n" + stress + arm);
  EXPECT_TRUE(
      differences(*first, *read("patients: 9, seed: 3", "draws:\n" + stress + arms)).empty());
  EXPECT_EQ(differences(*first, *read("patients: 5, seed: 4", "draws:\n" + stress + arm)),
            (std::vector<std::string>{"cohort.seed was 3, is now 4"}));
  const auto other =
      differences(*first, *read("patients: 5, seed: 3",
                                "set: {'hspc.relocation_rate': 0.03 /d}\ndraws:\n" + stress + arm));
  ASSERT_EQ(other.size(), 1U);
  EXPECT_EQ(other[0], "arm 'a': hspc.relocation_rate was 0.02 /d, is now 0.03 /d");
}

TEST(Table, UnitsBecomePartsOfNames) {
  EXPECT_EQ(unit_in_name("mm^3/h"), "mm3_per_h");
  EXPECT_EQ(unit_in_name("/h"), "per_h");
  EXPECT_EQ(unit_in_name("10^9/L"), "1e9_per_L");
}

TEST(Table, CellsAreQuotedWhereTheyMust) {
  const std::vector<std::string> cells = {"a", "b, c", "d \"e\"", "f\ng"};
  EXPECT_EQ(csv_row(cells), "a,\"b, c\",\"d \"\"e\"\"\",\"f g\"\n");
}

}  // namespace
