// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/run_texts.hpp"

#include "io/scenario/effective.hpp"
#include "io/scenario/scenario_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunTextsTest, AStateLastsUntilTheSampleOfTheNext) {
  const std::vector<double> days = {0, 1, 2, 3};
  const std::vector<std::string> states = {"well", "well", "ill", "well"};
  EXPECT_THAT(spans_of(days, states),
              ElementsAre(Span{0, 2, "well"}, Span{2, 3, "ill"}, Span{3, 3, "well"}));
}

TEST(RunTextsTest, DrugsOverlapAndComeBack) {
  const std::vector<double> days = {0, 1, 2, 3, 4};
  const std::vector<std::string> drugs = {"none", "atg+csa", "csa", "none", "atg"};
  EXPECT_THAT(spans_of_members(days, drugs),
              ElementsAre(Span{1, 2, "atg"}, Span{1, 3, "csa"}, Span{4, 4, "atg"}));
}

TEST(RunTextsTest, TheLastTableOfTheLogCounts) {
  const std::string log =
      "2026-11-23 16:20:45    tissue                                   asked    achieved\n"
      "2026-11-23 16:20:45    bone volume share (BV/TV)               18.0 %      18.1 %\n"
      "2026-11-23 16:20:45  starting at hour 0\n"
      "2026-11-24 09:00:00    tissue                                   asked    achieved\n"
      "2026-11-24 09:00:00    bone volume share (BV/TV)               20.0 %      19.9 %\n"
      "2026-11-24 09:00:00    niches within 100 um of bone            50.0 %      49.0 %\n"
      "2026-11-24 09:00:00  kill chance per contact p = 0.1\n"
      "2026-11-24 09:00:01    run/series.csv  (counts, one row per sample)  extra\n";
  EXPECT_THAT(asked_and_achieved(log),
              ElementsAre(AskedAchieved{"bone volume share (BV/TV)", "20.0 %", "19.9 %"},
                          AskedAchieved{"niches within 100 um of bone", "50.0 %", "49.0 %"}));
  EXPECT_THAT(asked_and_achieved("no table\n"), IsEmpty());
}

TEST(RunTextsTest, SettingsHavePathValueAndOrigin) {
  const std::string path = std::string(MARROW_SOURCE_DIR) + "/scenarios/relapse_on_taper.yaml";
  const ScenarioFile file = scenario_or_throw(read_scenario_file(path));
  const std::vector<Setting> settings = settings_of(effective_yaml(file.parameters, file.origins));
  const auto value_of = [&](const std::string& wanted) {
    const auto found = std::ranges::find(settings, wanted, &Setting::path);
    return found == settings.end() ? "missing" : found->value;
  };
  EXPECT_EQ(value_of("domain.size"), "[200, 200, 200]");
  EXPECT_EQ(value_of("tissue.bone.thickness"), "140 um");
  EXPECT_EQ(value_of("therapy[0].drug"), "horse_atg");
  EXPECT_EQ(value_of("therapy[1].drug"), "cyclosporine");
  EXPECT_EQ(value_of("therapy[1].taper"), "180 d");
  EXPECT_EQ(value_of("scenario.text"),
            "\"Response to ATG and cyclosporine; relapse after cyclosporine is tapered and "
            "stopped.\"");
  EXPECT_THAT(settings, Contains(Setting{"tissue.source", "procedural", "default"}));
}

TEST(RunTextsTest, AHashInQuotesIsNoComment) {
  EXPECT_THAT(
      settings_of("a:  # what a is\n  b: \"x # y \\\" # z\"  # file:3\n"),
      ElementsAre(Setting{"a", "", "what a is"}, Setting{"a.b", "\"x # y \\\" # z\"", "file:3"}));
}

}  // namespace
}  // namespace marrow::io
