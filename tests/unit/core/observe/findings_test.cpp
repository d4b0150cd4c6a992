// SPDX-License-Identifier: BSD-3-Clause
// What an examination finds, on states made by hand.
#include "core/observe/findings.hpp"

#include "core/observe/course.hpp"
#include "core/observe/survivors.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace {

using namespace marrow;

/// Niches in two groups of two: 100 um apart within a group, 3 mm between the groups.
struct TwoGroups {
  Lattice lattice{{400, 40, 40}, false, 10.0};
  NicheTable niches;
  TwoGroups() {
    for (const std::int64_t x : {10, 20, 320, 330}) {
      Niche niche;
      niche.site = lattice.site({x, 20, 20});
      niches.push_back(niche);
    }
  }
  [[nodiscard]] std::vector<CellRecord> with(std::vector<std::size_t> alive) const {
    std::vector<CellRecord> records(niches.size());
    for (const std::size_t i : alive) records[i] = CellRecord::make(CellState::stem, 0);
    return records;
  }
};

TEST(Survivors, AreComparedWithRandomNiches) {
  const TwoGroups t;
  // Of the 6 pairs of niches 2 are near. Two cells side by side: 1 pair where 1/3 is expected.
  EXPECT_NEAR(*survivor_clustering(t.niches, t.lattice, t.with({0, 1})), 3.0, 1e-12);
  EXPECT_EQ(*survivor_clustering(t.niches, t.lattice, t.with({0, 2})), 0.0);
  EXPECT_NEAR(*survivor_clustering(t.niches, t.lattice, t.with({0, 1, 2, 3})), 1.0, 1e-12);
  EXPECT_FALSE(survivor_clustering(t.niches, t.lattice, t.with({3})).has_value());
}

TEST(Course, DatesAResponseAtTheFirstDayOfItsWindow) {
  PatientState patient;
  Course course;
  course.follow(patient, 0);
  patient.clinical = ClinicalState::severe_aplastic_anemia;
  course.follow(patient, 240);
  patient.pr_since_h = 480;
  course.follow(patient, 480);
  patient.clinical = ClinicalState::partial_response;
  course.follow(patient, 480 + 672);
  patient.clinical = ClinicalState::dead;
  course.follow(patient, 2400);
  EXPECT_EQ(course.at(239), ClinicalState::well);
  EXPECT_EQ(course.at(479), ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.at(480), ClinicalState::partial_response);
  EXPECT_EQ(course.at(2399), ClinicalState::partial_response);
  EXPECT_EQ(course.at(2400), ClinicalState::dead);
}

TEST(Findings, DatesAreDaysAndEmptyBefore) {
  ModelState state;
  state.step = 2400;
  state.patient.moderate_h = 480;
  state.patient.diagnosis_h = 240;
  Parameters parameters;
  const std::vector<std::string> names = event_columns();
  const auto day = [&](const std::string& name) {
    const auto at = std::ranges::find(names, name) - names.begin();
    return event_days(state, parameters)[static_cast<std::size_t>(at)];
  };
  EXPECT_EQ(day("severe_day"), "10");
  EXPECT_EQ(day("diagnosis_day"), "10");
  EXPECT_EQ(day("response_day"), "");
  EXPECT_EQ(day("end_day"), "100");
  state.patient.death_h = 1200;
  EXPECT_EQ(day("end_day"), "50");
}

TEST(Findings, TreatmentIsAnyDrugButTheAntigen) {
  Parameters parameters;
  parameters.therapy.resize(2);
  parameters.therapy[0].drug = Drug::antigen_removal;
  parameters.therapy[1].drug = Drug::cyclosporine;
  PatientState patient;
  patient.therapy_began_h = {24, never};
  EXPECT_EQ(first_treatment_h(patient, parameters), never);
  patient.therapy_began_h = {24, 72};
  EXPECT_EQ(first_treatment_h(patient, parameters), 72);
}

}  // namespace
