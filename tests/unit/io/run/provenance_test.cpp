// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/provenance.hpp"

#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::content_of;
using test::failure_of;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

ProvenanceSegment example() {
  ProvenanceSegment segment;
  segment.command_line = "marrow run demo.yaml";
  segment.build = build_info();
  segment.libraries = library_versions();
  segment.hosts = {{"n12", 64, cpu_model()}, {"n13", 64, "other CPU"}};
  segment.ranks = 128;
  segment.process = this_process();
  segment.started_wall_s = 1795383600;
  return segment;
}

TEST(ProvenanceTest, EachSegmentAddsAnEntry) {
  const TemporaryDirectory scratch;
  const auto file = scratch / "provenance.json";
  EXPECT_EQ(provenance_text(file), "");
  EXPECT_EQ(begin_segment(file, example()), "");
  end_segment(
      file,
      {.last_step = 500, .exit_code = 75, .reason = "signal USR1", .ended_wall_s = 1795387200});
  ProvenanceSegment second = example();
  second.start = SegmentStart::resumed;
  second.first_step = 500;
  second.changes = {"output.every: 1 d -> 2 d"};
  EXPECT_EQ(begin_segment(file, second), "");
  EXPECT_EQ(provenance_text(file), content_of(file));

  const auto json = nlohmann::json::parse(content_of(file));
  ASSERT_EQ(json["segments"].size(), 2U);
  const auto& first = json["segments"][0];
  EXPECT_EQ(first["start"], "fresh");
  EXPECT_EQ(first["started"], "2026-11-22T21:40:00Z");
  EXPECT_EQ(first["ended"], "2026-11-22T22:40:00Z");
  EXPECT_EQ(first["exit_code"], 75);
  EXPECT_EQ(first["last_step"], 500);
  EXPECT_EQ(first["hosts"][1]["host"], "n13");
  EXPECT_EQ(first["hosts"][1]["ranks"], 64);
  EXPECT_EQ(first["libraries"]["MPI"], library_versions().at("MPI"));
  EXPECT_EQ(first["build"]["compiler"], build_info().compiler);
  EXPECT_EQ(json["segments"][1]["start"], "resumed");
  EXPECT_EQ(json["segments"][1]["changes"][0], "output.every: 1 d -> 2 d");
  EXPECT_TRUE(json["segments"][1]["ended"].is_null()) << "it has not ended";
}

TEST(ProvenanceTest, ADamagedFileIsKeptAside) {
  const TemporaryDirectory scratch;
  const auto file = scratch / "provenance.json";
  for (const char* damaged : {"{ half", "{\"format\": \"1\"}", "[]"}) {
    write_text(file, damaged);
    EXPECT_THAT(begin_segment(file, example()),
                AllOf(HasSubstr("was damaged; it is kept as 'provenance.json.damaged-")));
  }
  EXPECT_EQ(content_of(scratch / "provenance.json.damaged-1"), "{ half");
  EXPECT_EQ(content_of(scratch / "provenance.json.damaged-3"), "[]");
  EXPECT_EQ(nlohmann::json::parse(content_of(file))["segments"].size(), 1U);
  write_text(file, "{}");
  EXPECT_THAT(failure_of([&] { end_segment(file, {}); }),
              AllOf(StartsWith("4 "), HasSubstr("its end is not recorded")));
}

TEST(ProvenanceTest, KnowsWhereTheLatestSegmentBegan) {
  const TemporaryDirectory scratch;
  const auto file = scratch / "provenance.json";
  EXPECT_EQ(latest_origin(file), "");
  ProvenanceSegment segment = example();
  segment.from_checkpoint = "";
  EXPECT_EQ(begin_segment(file, segment), "");
  EXPECT_EQ(latest_origin(file), "");
  segment.from_checkpoint = "other/checkpoints/step_000000480";
  EXPECT_EQ(begin_segment(file, segment), "");
  EXPECT_EQ(latest_origin(file), "other/checkpoints/step_000000480");
  write_text(file, "[]");
  EXPECT_EQ(latest_origin(file), "");
}

TEST(ProvenanceTest, OddBytesDoNotEndARun) {
  const TemporaryDirectory scratch;
  ProvenanceSegment segment = example();
  segment.command_line = "marrow run caf\xe9.yaml";  // a file name in Latin-1
  EXPECT_EQ(begin_segment(scratch / "provenance.json", segment), "");
  EXPECT_TRUE(nlohmann::json::accept(content_of(scratch / "provenance.json")));
}

TEST(ProvenanceTest, CommandLinesCanBePastedIntoAShell) {
  const std::array<const char*, 6> arguments{"marrow", "run",           "my scenario.yaml",
                                             "--set",  "run.seed='7'*", ""};
  EXPECT_EQ(quoted_command_line(6, arguments.data()),
            "marrow run 'my scenario.yaml' --set 'run.seed='\\''7'\\''*' ''");
}

TEST(BuildInfoTest, TellsWhatItKnows) {
  const BuildInfo& info = build_info();
#if defined(__clang__)
  EXPECT_THAT(info.compiler, StartsWith("clang++ "));
#else
  EXPECT_THAT(info.compiler, StartsWith("g++ "));
#endif
  for (const std::string& value : {info.version, info.git_commit, info.compiler_flags}) {
    EXPECT_NE(value, "");
  }
  EXPECT_THAT(info.git_state, testing::AnyOf("clean", "modified", "unknown"));
  const auto versions = library_versions();
  EXPECT_THAT(versions.at("MPI"), Not(HasSubstr("\n")));
  EXPECT_GT(versions.at("MPI").size(), 3U);
  EXPECT_EQ(versions.at("nlohmann-json"), std::to_string(NLOHMANN_JSON_VERSION_MAJOR) + "." +
                                              std::to_string(NLOHMANN_JSON_VERSION_MINOR) + "." +
                                              std::to_string(NLOHMANN_JSON_VERSION_PATCH));
  EXPECT_NE(cpu_model(), "");
}

}  // namespace
}  // namespace marrow::io
