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
constexpr Sample severe{0.3, 10, 80, 90, 0.10};     // two of three are enough
constexpr Sample between{0.45, 25, 30, 70, 0.30};   // neither disease nor a response
constexpr Sample moderate{1.0, 40, 70, 110, 0.20};  // two of three are enough
constexpr Sample partial{0.8, 50, 50, 90, 0.20};
constexpr Sample complete{2.0, 150, 80, 120, 0.40};

/// A patient seen once a day.
class Course {
 public:
  explicit Course(const PatientParameters& parameters = {})
      : parameters_(parameters), patient_(healthy_patient(parameters_)) {}

  Course& days(int n, const Sample& sample) {
    patient_.neutrophils_1e9_per_l = {sample.neutrophils};
    patient_.platelets_1e9_per_l = {sample.platelets};
    patient_.reticulocytes_1e9_per_l = {sample.reticulocytes};
    patient_.hemoglobin_g_per_l = {sample.hemoglobin};
    for (int i = 0; i < n; ++i) {
      advance_clinic(patient_, parameters_, draws_, sample.cellularity, hour_);
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
  Draws draws_{1};
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
    return meets_saa({neutrophils, platelets, reticulocytes, 140.0}, criteria, marrow);
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
    return meets_response({neutrophils, platelets, 0.0, hemoglobin}, criteria);
  };
  EXPECT_TRUE(judged(1.1, 101, 101));
  EXPECT_FALSE(judged(1.0, 101, 101));
  EXPECT_FALSE(judged(1.1, 100, 101));
  EXPECT_FALSE(judged(1.1, 101, 100));
}

TEST(MeetsModerate, NeedsTwoCountsAndTheMarrow) {
  const ClinicalCriteria criteria = PatientParameters{}.moderate;
  const auto judged = [&](double neutrophils, double platelets, double hemoglobin, double marrow) {
    return meets_moderate({neutrophils, platelets, 0.0, hemoglobin}, criteria, marrow);
  };
  EXPECT_TRUE(judged(1.4, 49, 140, 0.29));
  EXPECT_TRUE(judged(1.4, 250, 99, 0.29));
  EXPECT_TRUE(judged(4.0, 49, 99, 0.29));
  EXPECT_FALSE(judged(1.4, 250, 140, 0.29));
  EXPECT_FALSE(judged(4.0, 49, 140, 0.29));
  EXPECT_FALSE(judged(4.0, 250, 99, 0.29));
  EXPECT_FALSE(judged(1.5, 50, 99, 0.29));  // every limit itself is not below
  EXPECT_FALSE(judged(1.4, 49, 99, 0.30));
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
  course.days(100, {4, 250, 80, 140, 0.1}).days(100, {0.1, 5, 10, 60, 0.30});
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  EXPECT_EQ(course.patient().saa_since_h, never);
  EXPECT_EQ(course.patient().moderate_since_h, never);
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

TEST(Clinic, ModerateDiseaseHasItsOwnDateAndMayBecomeSevere) {
  Course course;
  course.days(14, moderate);
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  course.set_hla_lacking_percent(10);
  course.days(1, moderate);
  EXPECT_EQ(course.patient().clinical, ClinicalState::moderate_aplastic_anemia);
  EXPECT_EQ(course.patient().moderate_h, 14 * day);
  EXPECT_EQ(course.patient().diagnosis_h, never);
  EXPECT_NEAR(share(course.patient().hla_lacking_at_diagnosis), 0.10, 1e-11);
  course.set_hla_lacking_percent(20);
  course.days(15, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().moderate_h, 14 * day);
  EXPECT_EQ(course.patient().diagnosis_h, 29 * day);
  EXPECT_EQ(course.patient().relapse_h, never);
  EXPECT_NEAR(share(course.patient().hla_lacking_at_diagnosis), 0.20, 1e-11);
}

TEST(Clinic, ASevereSampleBreaksTheWindowOfModerateDisease) {
  Course course;
  course.days(10, moderate).days(1, severe).days(14, moderate);
  EXPECT_EQ(course.patient().clinical, ClinicalState::well);
  EXPECT_EQ(course.patient().moderate_since_h, 11 * day);
  course.days(1, moderate);
  EXPECT_EQ(course.patient().moderate_h, 25 * day);
}

TEST(Clinic, SevereDiseaseThatEasesIsNotDiagnosedAgainAsModerate) {
  Course course;
  course.days(15, severe).days(60, {1.0, 15, 70, 110, 0.20});
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().moderate_h, never);
}

TEST(Clinic, VerySevereDiseaseNeedsSevereDisease) {
  Course course;
  constexpr Sample very_severe{0.19, 10, 80, 90, 0.10};
  course.days(14, very_severe);
  EXPECT_EQ(course.patient().very_severe_h, never);
  course.days(1, severe).days(3, severe);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().very_severe_h, never);
  const std::int64_t first = course.next_hour();
  course.days(2, very_severe);
  EXPECT_EQ(course.patient().very_severe_h, first);
}

TEST(Clinic, ModerateDiseaseRespondsOnlyWhenItsCriteriaAreLeft) {
  Course course;
  course.days(15, moderate).days(60, partial);  // neutrophils and hemoglobin still meet them
  EXPECT_EQ(course.patient().clinical, ClinicalState::moderate_aplastic_anemia);
  const std::int64_t first = course.next_hour();
  constexpr Sample better{1.2, 60, 60, 110, 0.25};
  course.days(29, better);
  EXPECT_EQ(course.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(course.patient().partial_response_h, first);
  EXPECT_EQ(course.patient().relapse_h, never);
  course.days(15, moderate);
  EXPECT_EQ(course.patient().clinical, ClinicalState::moderate_aplastic_anemia);
  EXPECT_EQ(course.patient().relapse_h, course.next_hour() - day);
  course.days(29, better);
  EXPECT_EQ(course.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(course.patient().partial_response_h, first);
}

TEST(Clinic, ModerateCountsEndACompleteButNotAPartialResponseOfSevereDisease) {
  Course partially;
  partially.days(15, severe).days(100, partial);  // meets the moderate criteria throughout
  EXPECT_EQ(partially.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(partially.patient().relapse_h, never);

  Course completely;
  completely.days(15, severe).days(29, complete).days(14, moderate);
  EXPECT_EQ(completely.patient().clinical, ClinicalState::complete_response);
  completely.days(1, moderate);
  EXPECT_EQ(completely.patient().clinical, ClinicalState::moderate_aplastic_anemia);
  EXPECT_EQ(completely.patient().relapse_h, completely.next_hour() - day);
  EXPECT_EQ(completely.patient().moderate_h, never);  // the diagnosis was of severe disease
  completely.days(29, complete);
  EXPECT_EQ(completely.patient().clinical, ClinicalState::complete_response);
}

/// Platelets are given below 45, and do not help: nothing but the clinic runs here.
PatientParameters with_transfusion() {
  PatientParameters parameters;
  parameters.transfusion.emplace();
  parameters.transfusion->platelets_below_1e9_per_l = 45;
  parameters.transfusion->platelet_rise_1e9_per_l = 0;
  return parameters;
}

TEST(Clinic, ATransfusionBreaksTheWindowOfAResponse) {
  constexpr Sample needy{0.8, 40, 50, 90, 0.20};  // a partial response, but for the transfusions
  Course course(with_transfusion());
  course.days(15, severe).days(60, needy);
  EXPECT_EQ(course.patient().clinical, ClinicalState::severe_aplastic_anemia);
  EXPECT_EQ(course.patient().transfusions, 75);
  EXPECT_EQ(course.patient().last_transfusion_h, 74 * day);
  course.days(20, partial);
  EXPECT_EQ(course.patient().pr_since_h, 75 * day);
  course.days(1, needy);
  EXPECT_EQ(course.patient().pr_since_h, never);
  const std::int64_t first = course.next_hour();
  course.days(29, partial);
  EXPECT_EQ(course.patient().clinical, ClinicalState::partial_response);
  EXPECT_EQ(course.patient().partial_response_h, first);
}

TEST(Clinic, TransfusedCellsHideNoDisease) {
  PatientParameters parameters = with_transfusion();
  parameters.transfusion->platelet_rise_1e9_per_l = 1000;
  Course course(parameters);
  course.days(15, severe);
  EXPECT_EQ(course.patient().transfusions, 1);
  EXPECT_EQ(course.patient().diagnosis_h, 14 * day);
}

TEST(Clinic, DatesPnhAndMalignantClonesByTheirShareOfNeutrophils) {
  const PatientParameters parameters;
  PatientState patient = healthy_patient(parameters);
  const auto judge_with = [&](std::size_t genotype, double percent, std::int64_t hour) {
    patient.neutrophils_1e9_per_l = {};
    patient.neutrophils_1e9_per_l[0] = 100 - percent;
    patient.neutrophils_1e9_per_l[genotype] = percent;
    advance_clinic(patient, parameters, Draws(1), 0.5, hour);
  };
  judge_with(GenotypeBit::gpi_negative, 19.9, 24);
  judge_with(GenotypeBit::monosomy_7, 19.9, 48);
  judge_with(GenotypeBit::driver, 99.0, 72);  // clonal hematopoiesis is no evolution
  judge_with(GenotypeBit::hla_lost, 99.0, 96);
  EXPECT_EQ(patient.pnh_h, never);
  EXPECT_EQ(patient.evolution_h, never);
  judge_with(GenotypeBit::gpi_negative | GenotypeBit::driver, 20.0, 120);
  judge_with(GenotypeBit::monosomy_7 | GenotypeBit::driver, 20.0, 144);
  judge_with(GenotypeBit::gpi_negative, 90.0, 168);
  EXPECT_EQ(patient.pnh_h, 120);
  EXPECT_EQ(patient.evolution_h, 144);
  EXPECT_EQ(patient.clinical, ClinicalState::well);
}

TEST(Clinic, DefinitionsAreData) {
  PatientParameters parameters;
  parameters.saa.window_h = 0;
  parameters.saa.neutrophils_1e9_per_l = 5.0;
  parameters.saa.platelets_1e9_per_l = 300;
  parameters.saa.cellularity = 0.6;
  parameters.very_severe_neutrophils_1e9_per_l = 4.5;
  PatientState patient = healthy_patient(parameters);
  advance_clinic(patient, parameters, Draws(1), 0.5, 240);
  EXPECT_EQ(patient.diagnosis_h, 240);
  EXPECT_EQ(patient.very_severe_h, 240);
}

}  // namespace
