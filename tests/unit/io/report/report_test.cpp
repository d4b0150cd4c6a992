// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/report.hpp"

#include "core/observe/census.hpp"
#include "io/report/run_report.hpp"
#include "io/scenario/effective.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/vtk/png_image.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;
using marrow::test::TemporaryDirectory;
using nlohmann::json;
using test::content_of;
using test::failure_of;
using test::FakeClock;
using test::write_text;
using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* evil = "</script><img src=x onerror=alert(1)>";

/// What a run leaves that has just begun, with a scenario whose text is `text`.
void begin_run(const fs::path& directory, const std::string& text,
               std::vector<std::string> changes = {}) {
  const std::string scenario = std::string(MARROW_SOURCE_DIR) + "/scenarios/saa_untreated.yaml";
  changes.push_back("scenario.text=" + json(text).dump());
  const ScenarioFile file = scenario_or_throw(read_scenario_file(scenario, changes));
  fs::create_directories(directory);
  write_text(directory / "scenario.effective.yaml", effective_yaml(file.parameters, file.origins));
}

const std::string header = "hour,day,stem_cells,cells_normal,therapy,clinical_state,digest\n";

TEST(ReportTest, WhatHoldsNoRunIsRefusedWithAdvice) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  write_text(scratch / "notes.txt", "no run");
  for (const fs::path& place : {scratch / "missing", scratch / "."}) {
    const std::vector<fs::path> runs = {place};
    EXPECT_THAT(failure_of([&] { write_report(runs, "", clock); }),
                AllOf(testing::StartsWith("4 "), HasSubstr("marrow run -o DIRECTORY")));
  }
  EXPECT_FALSE(fs::exists(scratch / "missing"));
  EXPECT_EQ(std::distance(fs::directory_iterator(scratch / "."), {}), 1);
}

TEST(ReportTest, ARunWithoutASampleHasAPage) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "begun");
  const std::vector<fs::path> runs = {scratch / "run"};
  EXPECT_EQ(write_report(runs, "", clock), scratch / "run" / "report.html");
  EXPECT_THAT(content_of(scratch / "run" / "report.html"), HasSubstr("<title>"));
  const json report = run_report(scratch / "run", clock);
  EXPECT_EQ(report["name"], "saa_untreated");
  EXPECT_EQ(report["text"], "begun");
  EXPECT_THAT(report["notes"], Contains("series.csv holds no sample yet."));
  EXPECT_EQ(report["clinic"]["severe"]["neutrophils"], 0.5);
}

TEST(ReportTest, ARunThatGoesOnShowsItsCompleteRows) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "");
  write_text(
      scratch / "run" / "series.csv",
      "# comment\n" + header + "0,0,800,800,none,well,00\n24,1,790,790,csa,well,01\n48,2,78");
  const json report = run_report(scratch / "run", clock);
  EXPECT_EQ(report["rows"], 2);
  EXPECT_EQ(report["series"]["stem_cells"], json({800.0, 790.0}));
  EXPECT_EQ(report["digest"], "01");
  EXPECT_EQ(report["therapy"], json::parse(R"([[1, 1, "csa"]])"));
  EXPECT_EQ(report["events"], json::array());
  EXPECT_EQ(report["clones"]["groups"][0]["cells"], json({800.0, 790.0}));
  EXPECT_THAT(report["notes"], Contains("series.csv: 1 incomplete row(s) left out."));
  EXPECT_TRUE(report["provenance"].is_null());
}

TEST(ReportTest, EscapeByMutationIsNotCalledNormal) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "", {"clones.tabulated=true"});
  const fs::path series = scratch / "run" / "series.csv";
  write_text(series, header + "0,0,800,800,none,well,00\n");
  const json unknown = run_report(scratch / "run", clock);
  EXPECT_TRUE(unknown["clones"]["groups"][0]["genotype"].is_null());
  EXPECT_THAT(unknown["notes"].dump(), HasSubstr("Genotypes of mutants"));
  std::string names, cells;
  Parameters tabulated;
  tabulated.clones.tabulated = true;
  for (const MutantGroup& group : mutant_groups(tabulated.clones)) {
    names += mutant_group_name(group, tabulated.clones) + ",";
    cells += group.genotype == hla_lost ? "800," : "0,";
  }
  write_text(series, names + header + cells + "0,0,800,800,none,well,00\n");
  const json known = run_report(scratch / "run", clock);
  EXPECT_EQ(known["clones"]["groups"][0]["cells"], json({0.0}));
  EXPECT_EQ(known["clones"]["groups"][1]["genotype"], hla_lost);
  EXPECT_EQ(known["clones"]["groups"][1]["cells"], json({800.0}));
}

TEST(ReportTest, LongSeriesAreThinnedButKeepTheirKeyRows) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "");
  std::string series = header;
  const int rows = static_cast<int>(3 * most_points) + 2;
  for (int i = 0; i < rows; ++i) {
    series += "0," + std::to_string(i) + (i == 1000 ? ",0" : ",1") + ",1,none,well,00\n";
  }
  write_text(scratch / "run" / "events.csv",
             "hour,day,event,detail\n0,2000.3,severe aplastic anemia,\n");
  write_text(scratch / "run" / "series.csv", series);
  const json report = run_report(scratch / "run", clock);
  EXPECT_LE(report["series"]["day"].size(), most_points + 3);
  EXPECT_THAT(report["series"]["day"], Contains(json(1000.0))) << "the fewest stem cells";
  EXPECT_THAT(report["series"]["day"], Contains(json(2000.0))) << "severe disease";
  EXPECT_EQ(report["series"]["day"].back(), rows - 1);
}

TEST(ReportTest, KeyDaysAreTheFirstDiagnosisSevereDiseaseAndDeath) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "");
  EXPECT_EQ(run_report(scratch / "run", clock)["key_days"], json::object());
  write_text(scratch / "run" / "events.csv",
             "hour,day,event,detail\n0,20,moderate aplastic anemia,\n"
             "0,30,\"severe aplastic anemia, from moderate\",\n"
             "0,40,very severe aplastic anemia,\n0,50,death,\n");
  EXPECT_EQ(run_report(scratch / "run", clock)["key_days"],
            json({{"diagnosis", 20.0}, {"severe disease", 30.0}, {"death", 50.0}}));
}

TEST(ReportTest, DamagedFilesAreNamedAndTheRestIsShown) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", "");
  write_text(scratch / "run" / "series.csv", header + "0,0,800,800,none,well,00\n");
  write_text(scratch / "run" / "provenance.json", "{\"segments\":");
  write_text(scratch / "run" / "status.json", "[");
  fs::create_directories(scratch / "run" / "frames");
  write_text(scratch / "run" / "frames" / "cells_000000024.vtp", "no frame");
  write_text(scratch / "run" / "frames" / "fields_000000024.vti", "no frame");
  fs::create_directories(scratch / "run" / "checkpoints" / "step_000000048");
  const json report = run_report(scratch / "run", clock);
  EXPECT_EQ(report["rows"], 1);
  EXPECT_TRUE(report["status"].is_null());
  EXPECT_THAT(report["notes"].dump(),
              AllOf(HasSubstr("cells_000000024.vtp"), HasSubstr("step_000000048")));
  EXPECT_EQ(report["slices"].size(), 0U);
}

TEST(ReportTest, HostileTextStaysText) {
  const TemporaryDirectory scratch;
  const FakeClock clock;
  begin_run(scratch / "run", evil);
  write_text(scratch / "run" / "series.csv", header + "0,0,1,1,none,well,00\n");
  write_text(scratch / "run" / "events.csv",
             std::string("hour,day,event,detail\n0,0,\"") + evil + "\",\"\xff\xfe\"\n");
  const std::vector<fs::path> runs = {scratch / "run"};
  write_report(runs, scratch / "page.html", clock);
  const std::string page = content_of(scratch / "page.html");
  EXPECT_THAT(page, Not(HasSubstr("<img src=x")));
  EXPECT_THAT(page, HasSubstr("\\u003cimg src=x onerror=alert(1)>"));
}

TEST(ReportTest, TextCannotTurnTheOrderOfLetters) {
  const std::string page =
      report_page(json::array({{{"text", "a\u202eb\u2066c\u200fd\u061ce\u20ac"}}}));
  EXPECT_THAT(page, HasSubstr("\"a\ufffdb\ufffdc\ufffdd\ufffde\u20ac\""));
}

TEST(ReportTest, APageNeedsNothingFromElsewhere) {
  const std::string page = report_page(json::array());
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  for (const char* fetched : {"<script src", "<link rel=\"stylesheet\"", "@import", "url(http"}) {
    EXPECT_THAT(page, Not(HasSubstr(fetched)));
  }
}

TEST(PngImageTest, TheBytesBeginLikeAPngAndDependOnThePixels) {
  const std::vector<std::uint8_t> black(12);
  const std::string png = png_bytes(2, 2, black);
  EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
  EXPECT_EQ(png, png_bytes(2, 2, black));
  EXPECT_NE(png, png_bytes(2, 2, std::vector<std::uint8_t>(12, 200)));
  EXPECT_THROW(png_bytes(3, 2, black), Failure);
}

TEST(PngImageTest, Base64OfTheStandard) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace marrow::io
