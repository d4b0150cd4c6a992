// SPDX-License-Identifier: BSD-3-Clause
// Treated patients of the shipped scenarios: the sign of each treatment and the dates that matter.
// The arms of a comparison share their seeds, so that they are the same patients up to the
// treatment. Bounds were set around the runs behind the headers of the scenarios (treatment_table),
// some of whose seeds run here again: they notice change, and test signs rather than levels.
#include "tests/scenarios/treatment_course.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace marrow::testing {
namespace {

using Courses = std::vector<TreatedCourse>;
using Settings = std::vector<std::string>;

/// A run that is no longer than the checks need, with other settings.
Settings lasting(const std::string& duration, const Settings& others = {}) {
  Settings settings = others;
  settings.push_back("run.duration=" + duration);
  return settings;
}

/// The same without the events first … last of the therapy.
Settings lasting_without(const std::string& duration, int first, int last) {
  Settings settings = lasting(duration);
  for (int i = first; i <= last; ++i) {
    settings.push_back("therapy[" + std::to_string(i) + "].given=false");
  }
  return settings;
}

double mean_at(const Courses& courses, std::size_t quarter, double Quarter::*what) {
  double sum = 0;
  for (const TreatedCourse& c : courses) sum += c.at.at(quarter).*what;
  return sum / static_cast<double>(courses.size());
}

/// Mean over those in whom it happened; infinite when there is none.
double mean_day(const Courses& courses, std::optional<double> TreatedCourse::*what) {
  double sum = 0;
  double n = 0;
  for (const TreatedCourse& c : courses) {
    if (!(c.*what)) continue;
    sum += *(c.*what);
    n += 1;
  }
  return n > 0 ? sum / n : std::numeric_limits<double>::infinity();
}

void expect_date(const TreatedCourse& c, std::size_t event, double day) {
  ASSERT_TRUE(c.event_d.at(event)) << "event " << event << ", seed " << c.seed;
  EXPECT_DOUBLE_EQ(*c.event_d.at(event), day) << "event " << event << ", seed " << c.seed;
}

TEST(Atg, HorseRecoversTheHlaIntactMarrowThatCyclosporineAloneDoesNot) {
  const Courses horse = treated("horse_atg_csa", lasting("590 d"), 1, 6);
  const Courses rabbit = treated("rabbit_atg_csa", lasting("480 d"), 1, 6);
  const Courses cyclosporine = treated("horse_atg_csa", lasting_without("480 d", 0, 0), 1, 6);
  const Courses untreated = treated("horse_atg_csa", lasting_without("915 d", 0, 1), 1, 6);
  double hla_lacking = 0;
  for (const TreatedCourse& c : horse) {
    expect_date(c, 0, 28);
    expect_date(c, 1, 28);
    ASSERT_TRUE(c.partial_response_d) << "seed " << c.seed;
    hla_lacking += c.hla_lacking_at_response / 6.0;
    EXPECT_LT(c.at[1].attack, 0.15) << "seed " << c.seed;  // from 0.9: 0.92 log10, then death
  }
  EXPECT_LT(hla_lacking, 0.5);
  for (const TreatedCourse& c : untreated) {
    EXPECT_TRUE(c.event_skipped[0] && c.event_skipped[1]) << "seed " << c.seed;
    if (!c.partial_response_d) continue;
    EXPECT_GT(c.hla_lacking_at_response, 0.95) << "seed " << c.seed;
  }
  // Half a year after the diagnosis.
  const double by_horse = mean_at(horse, 2, &Quarter::stem);
  const double by_rabbit = mean_at(rabbit, 2, &Quarter::stem);
  const double by_cyclosporine = mean_at(cyclosporine, 2, &Quarter::stem);
  const double by_none = mean_at(untreated, 2, &Quarter::stem);
  EXPECT_GT(by_horse, 1.5 * by_rabbit);
  EXPECT_GT(by_horse, 1.7 * by_cyclosporine);
  EXPECT_GT(by_rabbit, by_none);
  EXPECT_GT(by_cyclosporine, by_none);
}

TEST(Race, EltrombopagMakesTheResponseFasterAndDeeper) {
  const Courses control = treated("race_control", lasting("590 d"), 1, 6);
  const Courses eltrombopag = treated("race_eltrombopag", lasting("590 d"), 1, 6);
  for (std::size_t i = 0; i < control.size(); ++i) {
    EXPECT_TRUE(control[i].event_skipped[2]);
    expect_date(eltrombopag[i], 2, 42);
    EXPECT_EQ(control[i].diagnosis_d, eltrombopag[i].diagnosis_d);  // one patient until then
    EXPECT_EQ(control[i].at[0].stem, eltrombopag[i].at[0].stem);
    ASSERT_TRUE(control[i].partial_response_d && eltrombopag[i].partial_response_d);
    EXPECT_LT(*eltrombopag[i].partial_response_d, *control[i].partial_response_d)
        << "seed " << control[i].seed;
  }
  EXPECT_GT(mean_at(eltrombopag, 2, &Quarter::stem), 1.25 * mean_at(control, 2, &Quarter::stem));
  EXPECT_GT(mean_at(eltrombopag, 2, &Quarter::neutrophils_1e9_per_l),
            1.15 * mean_at(control, 2, &Quarter::neutrophils_1e9_per_l));
}

TEST(RelapseOnTaper, FollowsTheEndOfCyclosporineUnlessToleranceReturns) {
  for (const TreatedCourse& c : treated("relapse_on_taper", lasting("1025 d"), 1, 4)) {
    ASSERT_TRUE(c.partial_response_d && c.relapse_d) << "seed " << c.seed;
    EXPECT_LT(*c.partial_response_d, 393) << "seed " << c.seed;
    EXPECT_LT(c.at[4].attack, 0.2) << "seed " << c.seed;  // the last weeks of the full dose
    EXPECT_GT(c.at[6].attack, 0.7) << "seed " << c.seed;  // the taper ended on day 573
    EXPECT_GT(*c.relapse_d, 450) << "seed " << c.seed;
    EXPECT_LT(*c.relapse_d, 750) << "seed " << c.seed;
    EXPECT_LT(c.at[8].stem, 0.05) << "seed " << c.seed;
  }
  for (const TreatedCourse& c :
       treated("relapse_on_taper", lasting("1025 d", {"drugs.horse_atg.tolerance=1"}), 1, 4)) {
    EXPECT_TRUE(c.partial_response_d) << "seed " << c.seed;
    EXPECT_FALSE(c.relapse_d) << "seed " << c.seed;
    EXPECT_GT(c.at[8].stem, 0.5) << "seed " << c.seed;
  }
}

/// An event with `if: no_response` begins on its day if there is no response yet, and only then.
/// A response is known when its window of seven days is over.
void expect_only_without_response(const TreatedCourse& c, std::size_t event, double day) {
  const bool responded = c.partial_response_d && *c.partial_response_d + 7 <= day;
  EXPECT_EQ(c.event_skipped.at(event), responded) << "event " << event << ", seed " << c.seed;
  if (!responded) expect_date(c, event, day);
}

TEST(RefractorySecondLine, IsGivenToThoseWithoutResponseOnly) {
  const auto check = [](const Courses& courses) {
    int second_lines = 0;
    for (const TreatedCourse& c : courses) {
      expect_only_without_response(c, 2, 183);
      expect_only_without_response(c, 3, 274);
      expect_only_without_response(c, 4, 457);
      if (!c.event_skipped[2]) ++second_lines;
    }
    return second_lines;
  };
  const Courses refractory = treated("refractory_second_line", lasting("770 d"), 1, 4);
  const Courses responders = treated(
      "refractory_second_line", lasting("770 d", {"drugs.horse_atg.tcell_log10_kill=1.5"}), 1, 4);
  const Courses first_line_only =
      treated("refractory_second_line", lasting_without("770 d", 2, 4), 1, 4);
  EXPECT_EQ(check(refractory), 4);
  EXPECT_LT(check(responders), 4);
  EXPECT_GT(mean_at(refractory, 5, &Quarter::stem),
            1.5 * mean_at(first_line_only, 5, &Quarter::stem));
}

TEST(HsctDoseLadder, MoreCellsEngraftFasterAndFewMayFail) {
  double donor_before = 0;
  double response_before = std::numeric_limits<double>::infinity();
  for (const char* dose : {"3e5", "1e6", "3e6", "8e6"}) {
    const Courses courses =
        treated("hsct_dose_ladder",
                lasting("690 d", {std::string("therapy[0].dose=") + dose + " /kg"}), 1, 3);
    double infused = 0;
    for (const TreatedCourse& c : courses) {
      infused += c.stem_infused / 3.0;
      EXPECT_LT(c.at[1].attack, 0.01) << "seed " << c.seed;  // three powers of ten
    }
    EXPECT_NEAR(infused, std::stod(dose) * 70 * 5e-5 / 250.0, 1.0);  // 250 patient cells a niche
    const double donor = mean_at(courses, 2, &Quarter::founder);
    const double response = mean_day(courses, &TreatedCourse::partial_response_d);
    EXPECT_GT(donor, donor_before) << dose;
    EXPECT_LT(response, response_before) << dose;
    donor_before = donor;
    response_before = response;
  }
  EXPECT_GT(donor_before, 0.3);
  int failures = 0;
  for (const TreatedCourse& c :
       treated("hsct_dose_ladder", lasting("440 d", {"therapy[0].dose=3e4 /kg"}), 1, 8)) {
    if (c.end.founder == 0.0) ++failures;
  }
  EXPECT_GT(failures, 0);  // 0.4 cells on average: in two boxes of three there is none
}

TEST(TregInfusion, HoldsTheKillingBackWhileItLasts) {
  const Courses infused = treated("treg_infusion", lasting("400 d"), 1, 4);
  const Courses control = treated("treg_infusion", lasting_without("400 d", 0, 5), 1, 4);
  for (std::size_t i = 0; i < infused.size(); ++i) {
    const TreatedCourse& c = infused[i];
    EXPECT_EQ(c.at[0].stem, control[i].at[0].stem) << "seed " << c.seed;
    EXPECT_GT(c.at[1].stem, control[i].at[1].stem) << "seed " << c.seed;
    EXPECT_LT(c.at[1].attack, control[i].at[1].attack) << "seed " << c.seed;
    // Kills by stem cell that is there to be killed.
    EXPECT_LT((c.at[1].kills - c.at[0].kills) / (c.at[0].stem + c.at[1].stem),
              0.7 * (control[i].at[1].kills - control[i].at[0].kills) /
                  (control[i].at[0].stem + control[i].at[1].stem))
        << "seed " << c.seed;
  }
}

TEST(EngineeredProtectiveClone, RestoresTheMarrowThatIsLostWithoutIt) {
  for (const TreatedCourse& c : treated("engineered_protective_clone", lasting("730 d"), 1, 4)) {
    ASSERT_TRUE(c.partial_response_d && c.complete_response_d) << "seed " << c.seed;
    EXPECT_EQ(c.stem_infused, 42) << "seed " << c.seed;
    EXPECT_GT(c.at[1].attack, 0.5) << "seed " << c.seed;  // it grows under the attack
    EXPECT_GT(c.end.stem, 0.4) << "seed " << c.seed;
    EXPECT_GT(c.end.founder, 0.95 * c.end.stem) << "seed " << c.seed;
    EXPECT_FALSE(c.relapse_d) << "seed " << c.seed;
  }
  for (const TreatedCourse& c :
       treated("engineered_protective_clone", lasting_without("730 d", 0, 0), 1, 4)) {
    EXPECT_LT(c.end.stem, 0.02) << "seed " << c.seed;
    EXPECT_FALSE(c.partial_response_d) << "seed " << c.seed;
  }
}

}  // namespace
}  // namespace marrow::testing
