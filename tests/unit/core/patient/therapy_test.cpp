// SPDX-License-Identifier: BSD-3-Clause
// When treatment begins, and what is infused.
#include "tests/unit/core/patient/treated.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace {

using namespace marrow;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(Drugs, EachHasItsOwnWord) {
  const auto names = drug_names();
  EXPECT_EQ(names.size(), drug_count);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), drug_count);
  EXPECT_EQ(drug_name(Drug::horse_atg), "horse_atg");
  EXPECT_EQ(drug_name(Drug::complement_inhibitor), "complement_inhibitor");
  EXPECT_EQ(drug_name(Drug::antigen_challenge), "antigen_challenge");
  for (std::size_t i = 0; i < drug_count; ++i) {
    EXPECT_EQ(names[i], drug_name(static_cast<Drug>(i)));
    EXPECT_EQ(use_of(static_cast<Drug>(i)).unit == DoseUnit::none,
              use_of(static_cast<Drug>(i)).standard_dose == 0.0);
  }
}

TEST(RelativeDose, IsCountedInStandardDoses) {
  TherapyEvent event = event_of(Drug::horse_atg);
  EXPECT_EQ(relative_dose(event), 1.0);
  event.dose = {20.0, DoseUnit::mg_per_kg};
  EXPECT_EQ(relative_dose(event), 0.5);
  event.dose.value = 0;
  EXPECT_EQ(relative_dose(event), 0.0);
  EXPECT_EQ(relative_dose(event_of(Drug::antigen_removal)), 1.0);
}

TEST(Begin, HappensOnTheDateOfEachAnchor) {
  std::vector<TherapyEvent> events;
  for (const Anchor anchor :
       {Anchor::start, Anchor::trigger, Anchor::diagnosis, Anchor::response, Anchor::relapse}) {
    events.push_back(event_of(Drug::cyclosporine, 10));
    events.back().from = anchor;
  }
  Treated t(events);
  EXPECT_THAT(t.begin(0), IsEmpty());
  EXPECT_THAT(t.patient.therapy_began_h, ElementsAre(never, never, never, never, never));
  EXPECT_THAT(t.begin(10 * day - 1), IsEmpty());
  EXPECT_THAT(t.begin(10 * day), ElementsAre(0));
  EXPECT_THAT(t.begin(10 * day), IsEmpty());  // once only
  EXPECT_THAT(t.begin(40 * day), ElementsAre(1));
  t.patient.diagnosis_h = 100 * day;
  EXPECT_THAT(t.begin(110 * day - 1), IsEmpty());
  EXPECT_THAT(t.begin(110 * day), ElementsAre(2));
  t.patient.complete_response_h = 200 * day;  // known 28 d later: due already
  EXPECT_THAT(t.begin(228 * day), ElementsAre(3));
  t.patient.relapse_h = 300 * day;
  EXPECT_THAT(t.begin(310 * day), ElementsAre(4));
  EXPECT_THAT(t.patient.therapy_began_h,
              ElementsAre(10 * day, 40 * day, 110 * day, 228 * day, 310 * day));
}

TEST(Begin, CountsFromTheEarlierOfTwoDates) {
  const Parameters parameters;
  TherapyEvent event = event_of(Drug::horse_atg, 1);
  PatientState patient;
  event.from = Anchor::diagnosis;
  EXPECT_EQ(due_hour(event, parameters, patient), never);
  patient.diagnosis_h = 500;
  EXPECT_EQ(due_hour(event, parameters, patient), 524);
  patient.moderate_h = 300;
  EXPECT_EQ(due_hour(event, parameters, patient), 324);
  event.from = Anchor::severe;
  EXPECT_EQ(due_hour(event, parameters, patient), 524);
  event.from = Anchor::response;
  patient.partial_response_h = 900;
  EXPECT_EQ(due_hour(event, parameters, patient), 924);
  patient.complete_response_h = 800;
  EXPECT_EQ(due_hour(event, parameters, patient), 824);
  event.from = Anchor::trigger;
  EXPECT_EQ(due_hour(event, parameters, patient), never);  // this scenario has none
  event.from = Anchor::start;
  event.at_h = 7.25;
  EXPECT_EQ(due_hour(event, parameters, patient), 8);
}

TEST(Begin, ConditionsAreJudgedOnceOnTheirDate) {
  using C = Condition;
  using S = ClinicalState;
  const auto met = [](S state, std::int64_t relapse_h = never) {
    PatientState patient;
    patient.clinical = state;
    patient.relapse_h = relapse_h;
    std::vector<C> conditions;
    for (const C c : {C::always, C::severe, C::no_response, C::response, C::partial_response,
                      C::complete_response, C::relapse}) {
      if (condition_holds(c, patient)) conditions.push_back(c);
    }
    return conditions;
  };
  EXPECT_THAT(met(S::well), ElementsAre(C::always));
  EXPECT_THAT(met(S::moderate_aplastic_anemia), ElementsAre(C::always, C::no_response));
  EXPECT_THAT(met(S::severe_aplastic_anemia), ElementsAre(C::always, C::severe, C::no_response));
  EXPECT_THAT(met(S::severe_aplastic_anemia, 10),
              ElementsAre(C::always, C::severe, C::no_response, C::relapse));
  EXPECT_THAT(met(S::partial_response, 10),
              ElementsAre(C::always, C::response, C::partial_response));
  EXPECT_THAT(met(S::complete_response), ElementsAre(C::always, C::response, C::complete_response));

  TherapyEvent second_line = event_of(Drug::eltrombopag, 10);
  second_line.condition = C::no_response;
  Treated t({second_line});
  t.patient.clinical = S::partial_response;
  EXPECT_THAT(t.begin(10 * day), IsEmpty());
  EXPECT_THAT(t.patient.therapy_began_h, ElementsAre(skipped));
  t.patient.clinical = S::severe_aplastic_anemia;  // too late
  EXPECT_THAT(t.begin(11 * day), IsEmpty());
  EXPECT_EQ(t.at(11 * day), Modifiers{});
}

TEST(Begin, LeavesOutWhatAnArmOmitsAndTheDead) {
  TherapyEvent omitted = event_of(Drug::horse_atg, 1);
  omitted.given = false;
  Treated t({omitted, event_of(Drug::cyclosporine, 1), event_of(Drug::g_csf, 2)});
  EXPECT_THAT(t.begin(day), ElementsAre(1));
  t.patient.clinical = ClinicalState::dead;
  EXPECT_THAT(t.begin(2 * day), IsEmpty());
  EXPECT_THAT(t.patient.therapy_began_h, ElementsAre(skipped, day, never));
  EXPECT_EQ(t.acting(2 * day), "none");
}

TEST(Infusion, CountsCellsOfThePatient) {
  Parameters parameters;
  EXPECT_DOUBLE_EQ(infused_cells(event_of(Drug::transplant), parameters), 10500.0);
  TherapyEvent clone = event_of(Drug::clone_infusion);
  clone.dose = {1e6, DoseUnit::cells_per_kg};
  parameters.patient.weight_kg = 50;
  EXPECT_DOUBLE_EQ(infused_cells(clone, parameters), 1e6 * 50 * 5e-5);
  EXPECT_EQ(infused_cells(event_of(Drug::horse_atg), parameters), 0.0);
}

TEST(Infusion, RegulatoryTCellsSpreadOverTheActiveMarrow) {
  Parameters parameters;
  const TherapyEvent tregs = event_of(Drug::treg_infusion);
  EXPECT_DOUBLE_EQ(infused_cells(tregs, parameters), 1.4e7);
  EXPECT_NEAR(infused_tregs_per_mm3(tregs, parameters), 1.4e7 / 1.14e6, 1e-12);
  parameters.patient.weight_kg = 20;
  EXPECT_NEAR(infused_tregs_per_mm3(tregs, parameters), 1.4e7 / 1.14e6, 1e-12);
  EXPECT_EQ(infused_tregs_per_mm3(event_of(Drug::transplant), parameters), 0.0);
}

}  // namespace
