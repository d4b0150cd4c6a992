// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/chronicle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace marrow;
using ::testing::ElementsAre;

constexpr std::int64_t day = 24;

TherapyEvent given(Drug drug, Anchor from, double at_d) {
  TherapyEvent event;
  event.drug = drug;
  event.from = from;
  event.at_h = at_d * 24;
  return event;
}

/// A patient with a trigger on day 30, who was treated.
struct Story {
  Parameters parameters;
  ModelState state;

  Story() {
    parameters.tcells.trigger = TriggerParameters{30.0 * day, 0.3, 1};
    parameters.therapy = {given(Drug::horse_atg, Anchor::diagnosis, 28),
                          given(Drug::eltrombopag, Anchor::diagnosis, 180),
                          given(Drug::transplant, Anchor::relapse, 10)};
    state.patient.therapy_began_h.assign(3, never);
  }
};

TEST(Chronicle, OfAHealthyPatientIsEmpty) {
  const Story s;
  EXPECT_THAT(chronicle(s.state, s.parameters), ElementsAre());
  EXPECT_EQ(chronicle_csv(s.state, s.parameters), "hour,day,event,detail\n");
}

TEST(Chronicle, TellsDiseaseAndTherapyByDate) {
  Story s;
  s.state.events_done = 1;
  PatientState& p = s.state.patient;
  p.moderate_h = 220 * day;
  p.diagnosis_h = 244 * day;
  p.hla_lacking_at_diagnosis = fixed_one / 4;
  p.very_severe_h = 300 * day;
  p.partial_response_h = 390 * day;
  p.hla_lacking_at_pr_window = fixed_one / 2;
  p.therapy_began_h = {248 * day, skipped, never};
  EXPECT_THAT(chronicle(s.state, s.parameters),
              ElementsAre(ChronicleEntry{30 * day, "trigger of the attack", ""},
                          ChronicleEntry{220 * day, "moderate aplastic anemia", ""},
                          ChronicleEntry{244 * day, "severe aplastic anemia, from moderate",
                                         "HLA-lacking share of progenitors 0.250"},
                          ChronicleEntry{248 * day, "horse_atg begins", "therapy[0]"},
                          ChronicleEntry{300 * day, "very severe aplastic anemia", ""},
                          ChronicleEntry{390 * day, "partial response",
                                         "HLA-lacking share of progenitors 0.500"},
                          ChronicleEntry{400 * day, "eltrombopag skipped",
                                         "therapy[1]: due on this day; when that was known, its "
                                         "condition did not hold"}));
}

TEST(Chronicle, TellsLateEffectsAndDeath) {
  Story s;
  PatientState& p = s.state.patient;
  p.relapse_h = 10 * day;
  p.therapy_began_h = {never, never, 20 * day};
  p.pnh_h = 30 * day;
  p.evolution_h = 36 * day + 12;
  p.death_h = 40 * day;
  EXPECT_EQ(chronicle_csv(s.state, s.parameters),
            "hour,day,event,detail\n"
            "240,10.00,\"relapse\",\"\"\n"
            "480,20.00,\"transplant begins\",\"therapy[2]\"\n"
            "720,30.00,\"PNH\",\"\"\n"
            "876,36.50,\"clonal evolution with monosomy 7\",\"\"\n"
            "960,40.00,\"death\",\"\"\n");
}

TEST(Chronicle, LeavesOutWhatAnArmOmits) {
  Story s;
  s.parameters.therapy[0].given = false;
  s.state.patient.diagnosis_h = 100 * day;
  s.state.patient.therapy_began_h[0] = skipped;
  EXPECT_EQ(chronicle(s.state, s.parameters).size(), 1u);
}

TEST(Chronicle, TellsWhenCoursesEnd) {
  Story s;
  TherapyEvent removal = given(Drug::antigen_removal, Anchor::start, 20);
  removal.duration_h = 40.0 * day;
  TherapyEvent csa = given(Drug::cyclosporine, Anchor::start, 40);
  csa.duration_h = 10.0 * day;
  csa.taper_h = 5.0 * day;
  s.parameters.therapy = {removal, csa};
  s.state.patient.therapy_began_h = {20 * day, 40 * day};
  s.state.step = 54 * day;
  EXPECT_THAT(chronicle(s.state, s.parameters),
              ElementsAre(ChronicleEntry{20 * day, "antigen_removal begins", "therapy[0]"},
                          ChronicleEntry{40 * day, "cyclosporine begins", "therapy[1]"},
                          ChronicleEntry{50 * day, "cyclosporine begins to taper", "therapy[1]"}))
      << "the trigger on day 30 ended the removal";
  s.state.step = 60 * day;
  s.parameters.tcells.trigger->at_h = 0.0;
  s.state.patient.death_h = 60 * day;
  const auto all = chronicle(s.state, s.parameters);
  EXPECT_THAT(all, testing::Contains(ChronicleEntry{55 * day, "cyclosporine ends", "therapy[1]"}));
  EXPECT_THAT(all,
              testing::Contains(ChronicleEntry{60 * day, "antigen_removal ends", "therapy[0]"}));
}

}  // namespace
