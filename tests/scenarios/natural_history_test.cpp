// SPDX-License-Identifier: BSD-3-Clause
// The expected course of the shipped scenarios of natural history. Bounds come from theory where
// there is one (about four standard errors), else from the seeds that each scenario's header
// reports, widened by about half of their spread to both sides: natural_table gives them.
#include "tests/scenarios/natural_course.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace marrow::testing {
namespace {

using Courses = std::vector<NaturalCourse>;

double mean_end_share(const Courses& courses, std::size_t founder) {
  double sum = 0;
  for (const NaturalCourse& c : courses) sum += c.founder_end[founder];
  return sum / static_cast<double>(courses.size());
}

TEST(HealthyChild, KeepsTheCellularityOfItsAge) {
  for (const NaturalCourse& c : natural("healthy_child", {}, 1, 2)) {
    EXPECT_NEAR(c.end_cellularity, 0.79, 1e-6) << "seed " << c.seed;
    EXPECT_NEAR(c.late_occupancy, 0.98, 0.02) << "seed " << c.seed;
    EXPECT_FALSE(c.moderate_d || c.diagnosis_d) << "seed " << c.seed;
  }
}

TEST(Healthy80Y, CarriesTheClonesOfALifetime) {
  double clones = 0;
  for (const NaturalCourse& c : natural("healthy_80y", {"run.duration=60 d"}, 1, 8)) {
    EXPECT_NEAR(c.end_cellularity, 0.29, 1e-6) << "seed " << c.seed;
    EXPECT_LT(c.all_clones, 0.65) << "seed " << c.seed;  // standing ones have at most 60 %
    EXPECT_FALSE(c.moderate_d || c.diagnosis_d) << "seed " << c.seed;
    clones += c.all_clones;
  }
  EXPECT_GT(clones, 0.0);  // of seeds 1 to 4 three have some
}

TEST(NeutralDrift, KeepsTheMeanAndSpreadsLikeAMoranProcess) {
  // Shares are martingales; p(1-p)(1 - exp(-2 b0 t/N)) = 0.41 p(1-p) is their variance after 20 y.
  const Courses courses = natural("neutral_drift", {}, 1, 40);
  const double n = static_cast<double>(courses.size());
  const std::array<double, 3> start{0.4, 0.3, 0.2};
  double spread = 0;
  for (std::size_t i = 0; i < start.size(); ++i) {
    const double most = start[i] * (1 - start[i]);
    EXPECT_NEAR(mean_end_share(courses, i), start[i], 4 * std::sqrt(0.41 * most / n)) << i;
    for (const NaturalCourse& c : courses) {
      spread += std::pow(c.founder_end[i] - start[i], 2) / most / n / 3.0;
    }
  }
  EXPECT_NEAR(spread, 0.41, 0.21);  // relative error of a variance of 40, sqrt(2/40), over 3 clones
}

TEST(SelectionFixation, HasTheProbabilityOfMoran) {
  const Courses courses = natural("selection_fixation", {}, 1, 60);
  double fixed = 0;
  double undecided = 0;
  for (const NaturalCourse& c : courses) {
    if (c.founder_end[0] >= 1.0) {
      fixed += 1;
    } else if (c.founder_end[0] > 0.0) {
      undecided += 1;
    }
  }
  const double n = static_cast<double>(courses.size());
  EXPECT_LE(undecided, 3);
  // 1/96 without the advantage: 8 standard errors below.
  EXPECT_NEAR((fixed + undecided) / n, 0.26, 4 * std::sqrt(0.26 * 0.74 / n));
  EXPECT_GE(fixed, 4);
}

TEST(MouseF1Infusion, FollowsTheDatesOfTheExperiment) {
  for (const NaturalCourse& c : natural("mouse_F1_infusion", {"run.duration=30 d"}, 1, 4)) {
    // The T cells enter on day 5 of the infusion: 2 is day 7.
    EXPECT_LE(c.tcells_seen_d.value_or(99), 3) << "seed " << c.seed;
    EXPECT_GE(c.tcell_peak_d, 4) << "seed " << c.seed;
    EXPECT_LE(c.tcell_peak_d, 7) << "seed " << c.seed;
    ASSERT_TRUE(c.death_from_trigger_d) << "seed " << c.seed;
    EXPECT_GE(*c.death_from_trigger_d, 9) << "seed " << c.seed;   // two weeks
    EXPECT_LE(*c.death_from_trigger_d, 16) << "seed " << c.seed;  // three weeks
    EXPECT_LT(c.lowest_occupancy, 0.03) << "seed " << c.seed;
    EXPECT_LT(c.end_cellularity, 0.9 / 8) << "seed " << c.seed;
    EXPECT_GT(c.end_cellularity, 0.9 / 25) << "seed " << c.seed;
  }
}

/// Patients with severe disease who are dead within so many days of the diagnosis.
int dead_within(const Courses& courses, double days) {
  return static_cast<int>(std::ranges::count_if(courses, [days](const NaturalCourse& c) {
    return c.diagnosis_d && c.death_d && *c.death_d <= days;
  }));
}

TEST(SaaUntreated, KillsFewerWithTheCareOfToday) {
  const Courses old_care = natural("saa_untreated_1976", {"run.duration=660 d"}, 1, 12);
  const Courses today = natural("saa_watch_modern", {"run.duration=660 d"}, 1, 12);
  for (const Courses& courses : {old_care, today}) {
    for (const NaturalCourse& c : courses) {
      if (!c.diagnosis_d) continue;
      EXPECT_NEAR(*c.diagnosis_d, 220, 60) << "seed " << c.seed;
    }
  }
  // Mortality 0.61 +- 0.20 of some 11 patients with binomial error; a ninth of the hazard leaves 9
  // of 10 alive.
  EXPECT_GE(dead_within(old_care, 365), 4);
  EXPECT_LE(dead_within(today, 365), 4);
  EXPECT_GE(dead_within(old_care, 365) - dead_within(today, 365), 2);
}

TEST(TransientTrigger, RemitsEarlyAndCompletely) {
  for (const NaturalCourse& c : natural("transient_trigger", {}, 1, 4)) {
    ASSERT_TRUE(c.diagnosis_d && c.partial_response_d && c.complete_response_d)
        << "seed " << c.seed;
    EXPECT_LT(*c.diagnosis_d, 65) << "seed " << c.seed;  // before the antigen goes
    EXPECT_NEAR(*c.partial_response_d, 11, 6) << "seed " << c.seed;
    EXPECT_NEAR(*c.complete_response_d, 65, 25) << "seed " << c.seed;
    EXPECT_NEAR(c.lowest_occupancy, 0.27, 0.08) << "seed " << c.seed;
    EXPECT_GT(c.end_occupancy, 0.85) << "seed " << c.seed;
  }
}

TEST(ModerateAa, SettlesAtAPartOfTheNiches) {
  double late = 0;
  const Courses courses = natural("moderate_aa", {}, 1, 4);
  for (const NaturalCourse& c : courses) {
    EXPECT_FALSE(c.diagnosis_d) << "seed " << c.seed;
    EXPECT_TRUE(c.moderate_d) << "seed " << c.seed;
    EXPECT_NEAR(c.tcell_peak_per_mm3, 277, 8) << "seed " << c.seed;
    EXPECT_GT(c.lowest_occupancy, 0.02) << "seed " << c.seed;
    late += c.late_occupancy / static_cast<double>(courses.size());
  }
  // 1 - delta/b_s = 0.15; one run wanders by 0.07 (800 niches), four by 0.035.
  EXPECT_NEAR(late, 0.16, 0.08);
}

TEST(PnhExpansion, EndsInAMarrowOfEscapedCells) {
  const Courses courses = natural("pnh_expansion", {}, 1, 4);
  // The clone keeps a quarter of the patients (4 of 16) from severe disease.
  EXPECT_TRUE(
      std::ranges::any_of(courses, [](const auto& c) { return c.diagnosis_d.has_value(); }));
  for (const NaturalCourse& c : courses) {
    ASSERT_TRUE(c.moderate_d && c.pnh_d && c.founder_half_d) << "seed " << c.seed;
    EXPECT_NEAR(*c.pnh_d, 210, 95) << "seed " << c.seed;
    EXPECT_NEAR(*c.founder_half_d, 766, 360) << "seed " << c.seed;
    EXPECT_EQ(c.founder_end[0], 1.0) << "seed " << c.seed;
    EXPECT_GT(c.end_occupancy, 0.9) << "seed " << c.seed;
    // Red cells that live half as long.
    EXPECT_NEAR(c.end_hemoglobin, 70, 2) << "seed " << c.seed;
  }
}

TEST(PnhParallel, SelectsNeitherForNorAgainst) {
  const Courses courses = natural("pnh_parallel", {}, 1, 6);
  for (const NaturalCourse& c : courses) {
    EXPECT_LT(c.lowest_occupancy, 0.65) << "seed " << c.seed;
    EXPECT_GT(c.end_occupancy, 0.93) << "seed " << c.seed;
    EXPECT_NEAR(c.founder_end[0], 0.1, 0.15) << "seed " << c.seed;  // 5 standard deviations
  }
  // A bottleneck of some 200 cells and the way back: a standard deviation of 0.03 in one run.
  EXPECT_NEAR(mean_end_share(courses, 0), 0.1, 0.05);
}

TEST(ClonalEvolution, ComesEarlierWithGcsf) {
  const Courses none = natural("clonal_evolution_monosomy7", {}, 1, 4);
  const Courses g_csf = natural("clonal_evolution_monosomy7", {"therapy[0].given=true"}, 1, 4);
  const double never_d = 1341;  // the run ends
  double earlier_d = 0;
  for (std::size_t i = 0; i < none.size(); ++i) {
    earlier_d += none[i].evolution_d.value_or(never_d) - g_csf[i].evolution_d.value_or(never_d);
    EXPECT_GE(g_csf[i].founder_end[0], none[i].founder_end[0]) << "seed " << none[i].seed;
  }
  EXPECT_GT(earlier_d, 400);
  EXPECT_GT(mean_end_share(g_csf, 0), 0.3);
}

TEST(MixingAblation, WithoutBloodTheCloneStaysTogether) {
  const std::vector<std::string> still{"run.duration=3 y", "hspc.relocation_rate=0 /d",
                                       "hspc.blood_share=0"};
  const Courses mixed = natural("mixing_ablation", {"run.duration=3 y"}, 1, 2);
  const Courses local = natural("mixing_ablation", still, 1, 2);
  for (std::size_t i = 0; i < mixed.size(); ++i) {
    ASSERT_TRUE(mixed[i].founder_half_d && local[i].founder_half_d) << "seed " << mixed[i].seed;
    // Cells at random give 1 with a standard deviation of sqrt(2/7) = 0.53.
    EXPECT_LT(mixed[i].founder_patchiness, 3.2) << "seed " << mixed[i].seed;
    EXPECT_GT(local[i].founder_patchiness, 4.0) << "seed " << mixed[i].seed;
  }
}

TEST(HopRateAblation, SlowTCellsKillLater) {
  const Courses fast = natural("hop_rate_ablation", {"run.duration=190 d"}, 1, 2);
  const Courses slow =
      natural("hop_rate_ablation", {"run.duration=190 d", "tcells.motility=2.8 um^2/min"}, 1, 2);
  for (std::size_t i = 0; i < fast.size(); ++i) {
    ASSERT_TRUE(fast[i].below_10_d && slow[i].below_10_d) << "seed " << fast[i].seed;
    EXPECT_NEAR(*fast[i].below_10_d, 105, 25) << "seed " << fast[i].seed;
    EXPECT_GT(*slow[i].below_10_d, *fast[i].below_10_d) << "seed " << fast[i].seed;
  }
}

}  // namespace
}  // namespace marrow::testing
