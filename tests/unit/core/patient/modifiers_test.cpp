// SPDX-License-Identifier: BSD-3-Clause
// What treatment does to the rules, hour by hour.
#include "tests/unit/core/patient/treated.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace {

using namespace marrow;

TEST(ModifiersAt, AreNeutralWithoutTherapy) {
  Treated t({event_of(Drug::cyclosporine, 5)});
  EXPECT_EQ(t.at(0), Modifiers{});  // before any call of begin_due_events
  t.run_to(5 * day - 1);
  EXPECT_EQ(t.at(5 * day - 1), Modifiers{});
  EXPECT_EQ(t.acting(5 * day - 1), "none");
}

TEST(ModifiersAt, ADrugActsForItsCourseAndFadesLinearly) {
  TherapyEvent event = event_of(Drug::cyclosporine, 1);
  event.duration_h = 10 * day;
  event.taper_h = 20 * day;
  Treated t({event});
  t.effect(Drug::cyclosporine).tolerance = 0;
  t.run_to(day);
  const auto kill = [&](double days) { return t.at(static_cast<std::int64_t>(days * 24)).kill; };
  EXPECT_EQ(t.at(day - 1), Modifiers{});
  EXPECT_DOUBLE_EQ(kill(1), 0.53);
  EXPECT_DOUBLE_EQ(kill(11), 0.53);
  EXPECT_DOUBLE_EQ(t.at(11 * day - 1).tcell_division, 0.10);
  EXPECT_DOUBLE_EQ(t.at(16 * day).tcell_division, 1 - 0.90 * 0.75);
  EXPECT_DOUBLE_EQ(t.at(21 * day).tcell_division, 0.55);
  EXPECT_DOUBLE_EQ(t.at(21 * day).ifn_effect, 1 - 0.47 * 0.5);
  EXPECT_DOUBLE_EQ(t.at(31 * day - 12).tcell_division, 1 - 0.90 * 0.025);
  EXPECT_EQ(t.acting(31 * day - 1), "cyclosporine");
  EXPECT_EQ(t.at(31 * day), Modifiers{});
  EXPECT_EQ(t.acting(31 * day), "none");
}

TEST(ModifiersAt, WithoutADurationTheUsualCourseCounts) {
  Treated t({event_of(Drug::eltrombopag)});
  t.run_to(0);
  EXPECT_EQ(t.at(180 * day - 1).stem_division, 1.4);
  EXPECT_EQ(t.at(180 * day - 1).ifn_on_division, 0.0);
  EXPECT_EQ(t.at(180 * day), Modifiers{});
}

TEST(ModifiersAt, DosesScaleFactorsUpToTheStandard) {
  TherapyEvent half = event_of(Drug::g_csf);
  half.dose = {2.5, DoseUnit::ug_per_kg};
  TherapyEvent twice = event_of(Drug::androgen);
  twice.dose = {800, DoseUnit::mg};
  Treated t({half, twice});
  t.run_to(0);
  const Modifiers m = t.at(0);
  EXPECT_DOUBLE_EQ(m.neutrophil_output, 1.5);
  EXPECT_DOUBLE_EQ(m.neutrophil_transit, 0.75);
  EXPECT_DOUBLE_EQ(m.monosomy_7_growth, 1.5);
  EXPECT_DOUBLE_EQ(m.stem_division, 1.3);
}

TEST(ModifiersAt, DrugsMultiply) {
  Treated t({event_of(Drug::eltrombopag), event_of(Drug::androgen), event_of(Drug::cyclosporine),
             event_of(Drug::anti_ifn), event_of(Drug::anti_tnf),
             event_of(Drug::complement_inhibitor)});
  t.run_to(0);
  const Modifiers m = t.at(0);
  EXPECT_DOUBLE_EQ(m.stem_division, 1.4 * 1.3);
  EXPECT_DOUBLE_EQ(m.ifn_effect, 0.53 * 0.2);
  EXPECT_DOUBLE_EQ(m.tnf_effect, 0.2);
  EXPECT_DOUBLE_EQ(m.red_cell_rescue, 1.0);
  EXPECT_EQ(m.antigen, 1.0);
  EXPECT_EQ(t.acting(0),
            "eltrombopag+androgen+cyclosporine+anti_ifn+anti_tnf+complement_inhibitor");
}

TEST(ModifiersAt, OverlappingEventsOfOneDrugDoNotAddUp) {
  TherapyEvent half = event_of(Drug::cyclosporine);
  half.dose = {2.5, DoseUnit::mg_per_kg};
  TherapyEvent full = event_of(Drug::cyclosporine, 10);
  full.duration_h = 10 * day;
  Treated t({half, full});
  t.run_to(10 * day);
  EXPECT_DOUBLE_EQ(t.at(9 * day).kill, 1 - 0.47 / 2);
  EXPECT_DOUBLE_EQ(t.at(15 * day).kill, 0.53);
  EXPECT_DOUBLE_EQ(t.at(25 * day).kill, 1 - 0.47 / 2);
}

TEST(ModifiersAt, TheSameDrugTwiceIsNamedOnce) {
  Treated t({event_of(Drug::androgen), event_of(Drug::androgen, 1)});
  t.run_to(day);
  EXPECT_EQ(t.acting(day), "androgen");
}

/// The survival of T cells and Tregs over a course, in log10.
std::pair<double, double> log10_kill(const Treated& t, std::int64_t hours) {
  double tcells = 0, tregs = 0;
  for (std::int64_t h = 0; h < hours; ++h) {
    tcells += t.at(h).tcell_loss_per_h;
    tregs += t.at(h).treg_loss_per_h;
  }
  return {tcells / std::log(10.0), tregs / std::log(10.0)};
}

TEST(LogKill, TheHazardOfACourseSumsToIt) {
  for (const Drug drug : {Drug::horse_atg, Drug::rabbit_atg, Drug::alemtuzumab,
                          Drug::cyclophosphamide, Drug::transplant}) {
    Treated t({event_of(drug)});
    t.run_to(0);
    const auto [tcells, tregs] = log10_kill(t, 100 * day);
    EXPECT_NEAR(tcells, t.effect(drug).tcell_log10_kill, 1e-12) << drug_name(drug);
    EXPECT_NEAR(tregs, t.effect(drug).treg_log10_kill, 1e-12) << drug_name(drug);
    const auto course = static_cast<std::int64_t>(use_of(drug).course_h);
    EXPECT_GT(t.at(course - 1).tcell_loss_per_h, 0.0);
    EXPECT_EQ(t.at(course).tcell_loss_per_h, 0.0);
  }
}

TEST(LogKill, GoesWithDoseAndTime) {
  TherapyEvent event = event_of(Drug::horse_atg);
  event.dose = {80, DoseUnit::mg_per_kg};
  for (const double duration : {0.0, 240.0, 24.5, 0.25}) {
    event.duration_h = duration;
    event.taper_h = 48;  // kills nothing
    Treated t({event});
    t.run_to(0);
    const double courses = (duration > 0 ? duration : 96.0) / 96.0;
    EXPECT_NEAR(log10_kill(t, 30 * day).first, 2 * 0.92 * courses, 1e-12) << duration;
  }
}

TEST(LogKill, OfACourseIsTheSameInPieces) {
  std::vector<TherapyEvent> daily;
  for (const double at_d : {0.0, 1.0, 2.0, 3.0}) {
    daily.push_back(event_of(Drug::horse_atg, at_d));
    daily.back().duration_h = 24;
  }
  Treated t(daily);
  t.run_to(4 * day);
  EXPECT_NEAR(log10_kill(t, 30 * day).first, 0.92, 1e-12);
}

TEST(LogKill, AGraftOfFewCellsNeedsTheSameConditioning) {
  TherapyEvent small = event_of(Drug::transplant);
  small.dose = {3e5, DoseUnit::cells_per_kg};
  Treated t({small});
  t.run_to(0);
  EXPECT_NEAR(log10_kill(t, 30 * day).first, 3.0, 1e-12);
  EXPECT_EQ(host_stem_log10_kill(small, t.parameters), 1.5);
  EXPECT_EQ(host_stem_log10_kill(event_of(Drug::horse_atg), t.parameters), 0.0);
  EXPECT_EQ(host_stem_log10_kill(event_of(Drug::clone_infusion), t.parameters), 0.0);
}

/// How many of n patients no longer let T cells divide at `hour`.
int tolerant(Treated t, int n, std::int64_t hour) {
  t.parameters.tcells.trigger.reset();  // the attack is there from the start
  int count = 0;
  for (int seed = 1; seed <= n; ++seed) {
    t.draws = Draws(static_cast<std::uint64_t>(seed));
    count += t.at(hour).tcell_division == 0.0 ? 1 : 0;
  }
  return count;
}

void expect_share(int count, int n, double p) {
  EXPECT_NEAR(count / double(n), p, 4.5 * std::sqrt(p * (1 - p) / n));
}

TEST(Tolerance, ComesAsOftenAsTheChanceSays) {
  constexpr int n = 4000;
  for (const Drug drug : {Drug::horse_atg, Drug::rabbit_atg, Drug::cyclosporine}) {
    Treated t({event_of(drug)});
    t.run_to(0);
    const auto end = static_cast<std::int64_t>(use_of(drug).course_h);
    EXPECT_EQ(tolerant(t, n, end - 1), 0) << drug_name(drug);
    const int at_end = tolerant(t, n, end);
    expect_share(at_end, n, t.effect(drug).tolerance);
    EXPECT_EQ(tolerant(t, n, end + 9999), at_end);
  }
}

TEST(Tolerance, TheEventsOfAPatientDrawApart) {
  constexpr int n = 4000;
  Treated t({event_of(Drug::horse_atg), event_of(Drug::rabbit_atg)});
  t.run_to(0);
  expect_share(tolerant(t, n, 10 * day), n, 1 - 0.49 * 0.77);
}

TEST(Tolerance, ScalesWithALowDose) {
  constexpr int n = 4000;
  TherapyEvent event = event_of(Drug::horse_atg);
  event.dose = {10, DoseUnit::mg_per_kg};
  Treated t({event});
  t.run_to(0);
  expect_share(tolerant(t, n, 10 * day), n, 0.51 / 4);
}

TEST(Tolerance, OfACourseIsTheSameInPieces) {
  constexpr int n = 4000;
  Treated whole({event_of(Drug::cyclosporine)});
  TherapyEvent first = event_of(Drug::cyclosporine);
  TherapyEvent second = event_of(Drug::cyclosporine, 90);
  first.duration_h = second.duration_h = 90.0 * day;
  Treated halves({second, first});
  whole.run_to(180 * day);
  halves.run_to(180 * day);
  expect_share(tolerant(whole, n, 180 * day), n, 0.25);
  EXPECT_EQ(tolerant(halves, n, 180 * day - 1), 0) << "the course is not over";
  expect_share(tolerant(halves, n, 180 * day), n, 0.25);

  Treated half({first});
  half.run_to(0);
  expect_share(tolerant(half, n, 200 * day), n, 0.125);
  Treated apart({first, event_of(Drug::cyclosporine, 200)});
  apart.run_to(200 * day);
  expect_share(tolerant(apart, n, 400 * day), n, 1 - 0.875 * 0.75);
}

TEST(Tolerance, AndRemovalOfBeforeTheTriggerEndWithIt) {
  Treated t({event_of(Drug::horse_atg), event_of(Drug::antigen_removal, 1)});
  t.effect(Drug::horse_atg).tolerance = 1.0;
  t.run_to(40 * day);
  EXPECT_EQ(t.at(30 * day - 1).tcell_division, 0.0);
  EXPECT_EQ(t.at(30 * day - 1).antigen, 0.0);
  EXPECT_EQ(t.at(30 * day).tcell_division, 1.0);
  EXPECT_EQ(t.at(30 * day).antigen, 1.0);
  for (const double begin_d : {26.0, 28.0, 29.9, 30.0}) {  // still being given when it begins
    Treated across({event_of(Drug::horse_atg, begin_d)});
    across.effect(Drug::horse_atg).tolerance = 1.0;
    across.run_to(40 * day);
    EXPECT_EQ(across.at(35 * day).tcell_division, begin_d < 30.0 ? 1.0 : 0.0) << begin_d;
  }
}

TEST(Tolerance, OfCyclosporineIsLeftByAPartOfADepletingCourse) {
  constexpr int n = 4000;
  TherapyEvent half = event_of(Drug::horse_atg, 40);
  half.duration_h = 48;
  Treated t({half, event_of(Drug::cyclosporine, 50)});
  t.effect(Drug::horse_atg).tolerance = 1e-9;
  t.run_to(50 * day);
  expect_share(tolerant(t, n, 240 * day), n, 0.125);
  Treated before({event_of(Drug::horse_atg, 1), event_of(Drug::cyclosporine, 50)});
  before.effect(Drug::cyclosporine).tolerance = 1.0;
  before.run_to(50 * day);
  EXPECT_EQ(before.at(240 * day).tcell_division, 0.0) << "ATG of before the attack is no treatment";
}

TEST(Tolerance, OfCyclosporineCountsOnlyAlone) {
  constexpr int n = 2000;
  Treated with_atg({event_of(Drug::horse_atg), event_of(Drug::cyclosporine)});
  with_atg.run_to(0);
  const int before = tolerant(with_atg, n, 100 * day);
  EXPECT_EQ(tolerant(with_atg, n, 200 * day), before);

  Treated later({event_of(Drug::cyclosporine), event_of(Drug::horse_atg, 200)});
  later.run_to(200 * day);
  const int alone = tolerant(later, n, 190 * day);
  expect_share(alone, n, 0.25);
  expect_share(tolerant(later, n, 210 * day), n, 1 - 0.75 * 0.49);
}

TEST(Tolerance, EndsWithAnAntigenChallenge) {
  constexpr int n = 200;
  Treated t({event_of(Drug::horse_atg), event_of(Drug::antigen_challenge, 50)});
  t.effect(Drug::horse_atg).tolerance = 1.0;
  t.run_to(50 * day);
  EXPECT_EQ(tolerant(t, n, 50 * day - 1), n);
  EXPECT_EQ(tolerant(t, n, 50 * day), 0);
}

TEST(Antigen, IsGoneUntilItComesBack) {
  Treated t({event_of(Drug::antigen_removal, 10), event_of(Drug::antigen_challenge, 20),
             event_of(Drug::antigen_removal, 30)});
  t.run_to(30 * day);
  EXPECT_EQ(t.at(10 * day - 1).antigen, 1.0);
  EXPECT_EQ(t.at(10 * day).antigen, 0.0);
  EXPECT_EQ(t.acting(15 * day), "antigen_removal");
  EXPECT_EQ(t.at(20 * day - 1).antigen, 0.0);
  EXPECT_EQ(t.at(20 * day).antigen, 1.0);
  EXPECT_EQ(t.acting(20 * day), "none");
  EXPECT_EQ(t.at(30 * day).antigen, 0.0);
  EXPECT_EQ(t.at(100000 * day).antigen, 0.0);
}

TEST(Antigen, OfTwoEventsInOneHourTheLaterListedCounts) {
  Treated gone({event_of(Drug::antigen_challenge), event_of(Drug::antigen_removal)});
  gone.run_to(0);
  EXPECT_EQ(gone.at(0).antigen, 0.0);
  Treated back({event_of(Drug::antigen_removal), event_of(Drug::antigen_challenge)});
  back.run_to(0);
  EXPECT_EQ(back.at(0).antigen, 1.0);
}

TEST(Antigen, ComesBackByItselfAfterADuration) {
  TherapyEvent removal = event_of(Drug::antigen_removal);
  removal.duration_h = 5 * day;
  removal.taper_h = 10 * day;
  Treated t({removal});
  t.run_to(0);
  EXPECT_EQ(t.at(5 * day).antigen, 0.0);
  EXPECT_DOUBLE_EQ(t.at(10 * day).antigen, 0.5);
  EXPECT_EQ(t.at(15 * day).antigen, 1.0);
}

}  // namespace
