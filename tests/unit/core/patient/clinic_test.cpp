// SPDX-License-Identifier: BSD-3-Clause
// The clinical course from made-up daily samples.
#include "core/patient/clinic.hpp"

#include "core/patient/blood.hpp"

#include <gtest/gtest.h>

namespace {

using namespace marrow;

constexpr std::int64_t day = hours_per_day;

struct Sample {
  double neutrophils;
  double platelets;
  double reticulocytes;
  double hemoglobin;
  double cellularity;
};
constexpr Sample normal{4.0, 250, 80, 140, 0.50};
constexpr Sample severe{0.3, 10, 80, 90, 0.10};    // two of three are enough
constexpr Sample between{0.45, 25, 30, 70, 0.30};  // neither severe nor a response
constexpr Sample partial{0.8, 50, 50, 90, 0.20};
constexpr Sample complete{2.0, 150, 80, 120, 0.40};

/// A patient seen once a day.
class Course {
 public:
  Course() : patient_(healthy_patient(parameters_)) {}

  Course& days(int n, const Sample& sample) {
    patient_.neutrophils_1e9_per_l = sample.neutrophils;
    patient_.platelets_1e9_per_l = sample.platelets;
    patient_.reticulocytes_1e9_per_l = sample.reticulocytes;
    patient_.hemoglobin_g_per_l = sample.hemoglobin;
    for (int i = 0; i < n; ++i) {
      advance_clinic(patient_, parameters_, sample.cellularity, hour_);
      hour_ += day;
    }
    return *this;
  }
  void set_hla_lacking_percent(std::int64_t percent) {
    patient_.progenitors = {};
    patient_.progenitors[0] = (100 - percent) * 1000;
    patient_.progenitors[GenotypeBit::hla_lost] = percent * 1000;
  }
  [[nodiscard]] std::int64_t next_hour() const { return hour_; }
  [[nodiscard]] const PatientState& patient() const { return patient_; }

 private:
  PatientParameters parameters_;
  PatientState patient_;
  std::int64_t hour_ = 0;
};

double share(std::int64_t fixed) {
  return static_cast<double>(fixed) / static_cast<double>(fixed_one);
}

TEST(MeetsSaa, NeedsTwoCountsAndTheMarrow) {
  const ClinicalCriteria criteria = PatientParameters{}.saa;
  const auto judged = [&](double neutrophils, double platelets, double reticulocytes,
                          double marrow) {
    PatientState p;
    p.neutrophils_1e9_per_l = neutrophils;
    p.platelets_1e9_per_l = platelets;
    p.reticulocytes_1e9_per_l = reticulocytes;
    return meets_saa(p, criteria, marrow);
  };
  EXPECT_TRUE(judged(0.4, 10, 50, 0.1));
  EXPECT_TRUE(judged(0.4, 10, 80, 0.1));
  EXPECT_TRUE(judged(0.4, 100, 50, 0.1));
  EXPECT_TRUE(judged(1.0, 10, 50, 0.1));
  EXPECT_FALSE(judged(0.4, 100, 80, 0.1));
  EXPECT_FALSE(judged(1.0, 10, 80, 0.1));
  EXPECT_FALSE(judged(1.0, 100, 50, 0.1));
  EXPECT_FALSE(judged(0.4, 10, 50, 0.25));  // every limit itself is not below
  EXPECT_FALSE(judged(0.5, 10, 60, 0.1));
  EXPECT_FALSE(judged(0.5, 20, 50, 0.1));
}

TEST(MeetsResponse, NeedsAllThreeCountsAboveTheirLimits) {
  const ClinicalCriteria criteria = PatientParameters{}.complete_response;
  const auto judged = [&](double neutrophils, double platelets, double hemoglobin) {
    PatientState p;
    p.neutrophils_1e9_per_l = neutrophils;
    p.platelets_1e9_per_l = platelets;
    p.hemoglobin_g_per_l = hemoglobin;
    return meets_response(p, criteria);
  };
  EXPECT_TRUE(judged(1.1, 101, 101));
  EXPECT_FALSE(judged(1.0, 101, 101));
  EXPECT_FALSE(judged(1.1, 100, 101));
  EXPECT_FALSE(judged(1.1, 101, 100));
}

TEST(Clinic, LeavesTheHealthyAlone) {
  Course course;
  const PatientState before = course.patient();
  course.days(3650, normal);
  EXPECT_EQ(course.patient(), before);
}

TEST(Clinic, DiagnosesAtTheSampleFourteenDaysAfterTheFirst) {
  Course course;
  course.days(30, normal).days(14, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  EXPECT_EQ(course.patient().saa_since_h, 30 * day);
  course.set_hla_lacking_percent(39);
  course.days(1, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().diagnosis_h, 44 * day);
  EXPECT_NEAR(share(course.patient().hla_lacking_at_diagnosis), 0.39, 1e-11);
}

TEST(Clinic, OneBetterSampleStartsTheWindowAnew) {
  Course course;
  course.days(14, severe).days(1, between).days(14, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  course.days(1, severe);
  EXPECT_EQ(course.patient().diagnosis_h, 29 * day);
}

TEST(Clinic, ALowMarrowAloneOrLowCountsAloneAreNoDiagnosis) {
  Course course;
  course.days(100, {4, 250, 80, 140, 0.1}).days(100, {0.1, 5, 10, 60, 0.25});
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  EXPECT_EQ(course.patient().saa_since_h, never);
}

TEST(Clinic, DatesAPartialResponseAtTheFirstOfTwentyEightDays) {
  Course course;
  course.days(15, severe).days(10, between);
  const std::int64_t first = course.next_hour();
  course.set_hla_lacking_percent(80);
  course.days(1, partial);
  course.set_hla_lacking_percent(95);
  course.days(27, partial);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().partial_response_h, never);
  course.days(1, partial);
  EXPECT_EQ(course.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(course.patient().partial_response_h, first);
  EXPECT_NEAR(share(course.patient().hla_lacking_at_pr_window), 0.80, 1e-11);
  EXPECT_EQ(course.patient().complete_response_h, never);
}

TEST(Clinic, ABrokenResponseWindowLeavesNoTrace) {
  Course course;
  course.days(15, severe);
  course.set_hla_lacking_percent(50);
  course.days(28, partial).days(1, between);
  EXPECT_EQ(course.patient().pr_since_h, never);
  EXPECT_EQ(course.patient().hla_lacking_at_pr_window, 0);
  const std::int64_t first = course.next_hour();
  course.set_hla_lacking_percent(60);
  course.days(29, partial);
  EXPECT_EQ(course.patient().partial_response_h, first);
  EXPECT_NEAR(share(course.patient().hla_lacking_at_pr_window), 0.60, 1e-11);
}

TEST(Clinic, ACompleteResponseFollowsAPartialOneOrComesWithIt) {
  Course slow;
  slow.days(15, severe).days(40, partial);
  const std::int64_t first = slow.next_hour();
  slow.set_hla_lacking_percent(97);
  slow.days(29, complete);
  EXPECT_EQ(slow.patient().clinical, ClinicalState::complete_response);
  EXPECT_EQ(slow.patient().partial_response_h, 15 * day);
  EXPECT_EQ(slow.patient().complete_response_h, first);
  EXPECT_NEAR(share(slow.patient().hla_lacking_at_cr_window), 0.97, 1e-11);

  Course sudden;
  sudden.days(15, severe).days(29, complete);
  EXPECT_EQ(sudden.patient().clinical, ClinicalState::complete_response);
  EXPECT_EQ(sudden.patient().partial_response_h, 15 * day);
  EXPECT_EQ(sudden.patient().complete_response_h, 15 * day);
}

TEST(Clinic, ACompleteResponseStandsUntilARelapse) {
  Course course;
  course.days(15, severe).days(29, complete).days(100, between);
  EXPECT_EQ(course.patient().clinical, ClinicalState::complete_response);
  const std::int64_t start = course.next_hour();
  course.days(14, severe);
  EXPECT_EQ(course.patient().relapse_h, never);
  course.days(1, severe);
  EXPECT_EQ(course.patient().relapse_h, start + 14 * day);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().diagnosis_h, 14 * day);
}

TEST(Clinic, AfterARelapseResponsesNeedNewWindowsAndFirstDatesStay) {
  Course course;
  course.days(15, severe).days(29, partial).days(15, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  const std::int64_t relapse = course.patient().relapse_h;
  EXPECT_NE(relapse, never);
  course.days(28, partial);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  course.days(1, partial);
  EXPECT_EQ(course.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(course.patient().partial_response_h, 15 * day);
  course.days(15, severe);
  EXPECT_EQ(course.patient().relapse_h, relapse);
}

TEST(Clinic, DefinitionsAreData) {
  PatientParameters parameters;
  parameters.saa.window_h = 0;
  parameters.saa.neutrophils_1e9_per_l = 5.0;
  parameters.saa.platelets_1e9_per_l = 300;
  parameters.saa.cellularity = 0.6;
  PatientState patient = healthy_patient(parameters);
  advance_clinic(patient, parameters, 0.5, 240);
  EXPECT_EQ(patient.diagnosis_h, 240);
}

}  // namespace
