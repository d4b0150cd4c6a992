// SPDX-License-Identifier: BSD-3-Clause
// `marrow status` must tell the truth, above all when the file says "running" and nothing runs.
#include "io/run/status.hpp"

#include "io/run/run_paths.hpp"
#include "tests/support/temporary_directory.hpp"
#include "tests/unit/io/run/fixtures.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using test::failure_of;
using test::FakeClock;
using test::write_text;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

RunStatus example() {
  RunStatus status;
  status.scenario = "demo \"quoted\" 骨髄";
  status.step = 9888;
  status.steps_total = 29200;
  status.simulated_days = 412.0;
  status.steps_per_s = 77.25;
  status.eta_s = 250.0;
  status.last_good_checkpoint = 9600;
  status.digest = 0xfedcba9876543210ULL;
  status.ranks = 4;
  status.process = this_process();
  status.process.job = "";
  status.started_wall_s = 1795380000;
  return status;
}

class StatusTest : public testing::Test {
 protected:
  std::string report(const RunStatus& status, double seconds_later = 3.0) {
    StatusFile(RunPaths(scratch.path()).status(), clock).write(status);
    clock.advance(seconds_later);
    const StatusReport found = report_status(scratch.path(), clock);
    EXPECT_EQ(found.code, ExitCode::finished);
    return found.text;
  }
  [[nodiscard]] std::string head() const {
    return "'" + scratch.path().string() + "' (demo \"quoted\" 骨髄): ";
  }
  TemporaryDirectory scratch;
  FakeClock clock;
};

TEST_F(StatusTest, SurvivesJson) {
  RunStatus status = example();
  status.state = RunState::failed;
  status.outputs_lost = 2;
  status.rows_pending = 3;
  status.health = "negative concentration at (1, 2, 3)";
  status.message = "why";
  status.exit_code = 6;
  status.updated_wall_s = 1795383600;
  const RunStatus back = parse_status(status_json(status));
  EXPECT_EQ(status_json(back), status_json(status));
  EXPECT_EQ(back.state, RunState::failed);
  EXPECT_EQ(back.digest, 0xfedcba9876543210ULL);
  EXPECT_EQ(back.last_good_checkpoint, 9600);
  EXPECT_EQ(back.eta_s, 250.0);
  EXPECT_EQ(back.process, status.process);
  EXPECT_EQ(back.updated_wall_s, 1795383600);
  EXPECT_EQ(back.health, status.health);
  EXPECT_TRUE(back.stale_files.empty());
  status.stale_files = {"events.csv", "phylogeny.nwk"};
  EXPECT_EQ(parse_status(status_json(status)).stale_files, status.stale_files);
  status.eta_s.reset();
  status.last_good_checkpoint.reset();
  EXPECT_EQ(parse_status(status_json(status)).last_good_checkpoint, std::nullopt);
  EXPECT_EQ(parse_status(status_json(status)).eta_s, std::nullopt);
}

TEST_F(StatusTest, NamesItsFieldsForMachines) {
  const auto json = nlohmann::json::parse(status_json(example()));
  EXPECT_EQ(json["state"], "running");
  EXPECT_NEAR(json["percent"].get<double>(), 33.863, 0.001);
  EXPECT_EQ(json["digest"], "fedcba9876543210");
  EXPECT_EQ(json["started"], "2026-11-22T20:40:00Z");
}

TEST_F(StatusTest, ALiveRunIsRunning) {
  EXPECT_EQ(report(example()),
            head() + "running: process " + std::to_string(::getpid()) + " on host " + this_host() +
                "\n  step 9,888 of 29,200 (33.9%), day 412 (1.13 y), 77.2 steps/s, ETA 4 min 07 s"
                "\n  last good checkpoint: step 9,600"
                "\n  digest fedcba9876543210, health good");
}

TEST_F(StatusTest, ALiveButSilentRunIsSuspected) {
  EXPECT_THAT(report(example(), 7200), HasSubstr("; no sign of life for 2 h 00 min: it may hang"));
}

TEST_F(StatusTest, AGoneProcessIsNotRunning) {
  RunStatus status = example();
  status.process.start_ticks += 1;
  EXPECT_THAT(report(status, 120),
              AllOf(StartsWith(head() + "was running 2 min 00 s ago, but process "),
                    HasSubstr("is gone (its number now belongs to another process)"),
                    HasSubstr("--resume -o " + scratch.path().string() +
                              " continues from the checkpoint at step 9,600"),
                    Not(HasSubstr("ETA"))));
  status.last_good_checkpoint.reset();
  EXPECT_THAT(report(status), AllOf(HasSubstr("from the beginning: no checkpoint was finished"),
                                    HasSubstr("no checkpoint yet")));
}

TEST_F(StatusTest, AnotherHostIsReportedWithTheAgeOfTheNews) {
  RunStatus status = example();
  status.process.host = "n12";
  status.process.pid = 4242;
  status.process.job = "77";
  EXPECT_THAT(report(status, 30), StartsWith(head() + "running, as of 30 s ago: process 4242 on "
                                                      "host n12 (job 77); it cannot be seen"));
  EXPECT_THAT(report(status, 3600), AllOf(StartsWith(head() + "was running 1 h 00 min ago: "),
                                          HasSubstr("Probably it is gone"), HasSubstr("--resume")));
}

TEST_F(StatusTest, TheBatchSystemKnowsMoreThanWhatCanBeSeenFromHere) {
  RunStatus status = example();
  status.process.host = "n12";
  StatusFile(RunPaths(scratch.path()).status(), clock).write(status);
  const auto with = [&](JobPhase phase) {
    return report_status(scratch.path(), clock, this_process(), JobState{phase, "job 77 says so"})
        .text;
  };
  EXPECT_THAT(with(JobPhase::running),
              AllOf(StartsWith(head() + "running: process "), HasSubstr("\n  job 77 says so")));
  EXPECT_THAT(with(JobPhase::queued),
              AllOf(StartsWith(head() + "was running 0 s ago, but "),
                    HasSubstr("The queued job continues it from the checkpoint at step 9,600")));
  EXPECT_THAT(with(JobPhase::over),
              AllOf(HasSubstr("is gone (its job is not running)"), HasSubstr("--resume -o")));
  EXPECT_THAT(with(JobPhase::ending),
              AllOf(StartsWith(head() + "running, as of 0 s ago: "), HasSubstr("its job is ending"),
                    Not(HasSubstr("continues it"))));
  status.state = RunState::stopped;
  StatusFile(RunPaths(scratch.path()).status(), clock).write(status);
  EXPECT_THAT(with(JobPhase::ending),
              AllOf(HasSubstr("If its job, which is ending, is not queued again: --resume"),
                    Not(HasSubstr("job continues it"))));
  status.state = RunState::running;
  StatusFile(RunPaths(scratch.path()).status(), clock).write(status);
  EXPECT_THAT(with(JobPhase::unknown), StartsWith(head() + "running, as of 0 s ago: "));
}

TEST_F(StatusTest, ComparesTheEtaWithTheDeadline) {
  RunStatus status = example();
  status.deadline_wall_s = clock.wall_s() + 3600;
  EXPECT_THAT(report(status, 0), HasSubstr(": the run will end 55 min 50 s before\n"));
  status.deadline_wall_s = clock.wall_s() + 200;
  EXPECT_THAT(
      report(status, 0),
      HasSubstr(", in 3 min 20 s: the run needs 50 s more and will stop with a checkpoint"));
  EXPECT_EQ(parse_status(status_json(status)).deadline_wall_s, status.deadline_wall_s);
}

TEST_F(StatusTest, TellsHowItEnded) {
  RunStatus status = example();
  status.state = RunState::finished;
  status.eta_s.reset();
  EXPECT_THAT(report(status, 60),
              AllOf(StartsWith(head() + "finished 1 min 00 s ago\n"), Not(HasSubstr("resume"))));
  status.state = RunState::stopped;
  status.message = "the file STOP";
  EXPECT_THAT(report(status), StartsWith(head() + "stopped 3 s ago: the file STOP.\n  --resume"));
  status.state = RunState::failed;
  status.exit_code = 4;
  status.message = "the disk is full";
  status.outputs_lost = 1;
  status.rows_pending = 12;
  EXPECT_THAT(report(status),
              AllOf(StartsWith(head() + "failed 3 s ago with exit code 4: the disk is full."),
                    HasSubstr("1 output could not be written and is lost"),
                    HasSubstr("12 rows of series.csv could not be written yet")));
}

TEST_F(StatusTest, ExplainsPlacesWithoutAStatus) {
  const auto said = [&](const std::filesystem::path& directory) {
    const StatusReport found = report_status(directory, clock);
    return std::to_string(static_cast<int>(found.code)) + " " + found.text;
  };
  const std::string name = scratch.path().string();
  EXPECT_EQ(said(scratch / "no"), "4 '" + name + "/no': there is no such directory");
  EXPECT_EQ(said(scratch.path()), "4 '" + name + "' holds no run");
  write_text(scratch / "file", "x");
  EXPECT_EQ(said(scratch / "file"), "4 '" + name + "/file' is not a directory");
  write_text(scratch / "provenance.json", "{}");
  EXPECT_EQ(said(scratch.path()),
            "0 '" + name + "': a run was prepared but has not started: there is no status.json");
}

TEST_F(StatusTest, ADamagedFileIsExplainedNotBelieved) {
  const std::string good = status_json(example());
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& damaged :
       {std::string(), good.substr(0, good.size() / 2), std::string("[]"), std::string("{}"),
        with("\"running\"", "\"dancing\""), with("\"format\": 1", "\"format\": 2"),
        with("\"fedcba9876543210\"", "\"xyz\""), with("\"step\": 9888", "\"step\": \"many\""),
        with("\"2026-11-22T20:40:00Z\"", "\"yesterday\"")}) {
    write_text(scratch / "status.json", damaged);
    const StatusReport found = report_status(scratch.path(), clock);
    EXPECT_EQ(found.code, ExitCode::files) << damaged;
    EXPECT_THAT(found.text, AllOf(HasSubstr("cannot be understood: "), HasSubstr("--resume")));
  }
}

TEST_F(StatusTest, IsWrittenNowAndThenAndSurvivesATroubledDisk) {
  StatusFile file(scratch / "status.json", clock, 5.0);
  EXPECT_TRUE(file.due());
  EXPECT_TRUE(file.write(example()));
  clock.advance(4.9);
  EXPECT_FALSE(file.due());
  clock.advance(0.2);
  EXPECT_TRUE(file.due());
  StatusFile nowhere(scratch / "missing" / "status.json", clock);
  EXPECT_FALSE(nowhere.write(example()));
  EXPECT_THAT(nowhere.trouble(), HasSubstr("cannot be written: No such file"));
}

TEST_F(StatusTest, TellsARunThatLostItsCheckpointsFromOneThatNeverHadAny) {
  const RunPaths paths(scratch.path());
  EXPECT_EQ(trace_of_checkpoint(scratch.path()), "");
  write_text(paths.series(), "# a comment\nhour,stem\n0,12\n");
  EXPECT_EQ(trace_of_checkpoint(scratch.path()), "");
  write_text(paths.series(), "# a comment\nhour,stem\n0,12\n24,11\n");
  EXPECT_THAT(trace_of_checkpoint(scratch.path()), HasSubstr("status.json"));
  RunStatus status = example();
  StatusFile(paths.status(), clock).write(status);
  EXPECT_THAT(trace_of_checkpoint(scratch.path()), HasSubstr("speaks of one of hour 9600"));
  status.last_good_checkpoint.reset();
  StatusFile(paths.status(), clock).write(status);
  EXPECT_EQ(trace_of_checkpoint(scratch.path()), "");
}

TEST_F(StatusTest, TellsABranchByItsFirstRow) {
  const RunPaths paths(scratch.path());
  EXPECT_EQ(trace_of_branch(scratch.path()), "");
  write_text(paths.series(), "# a comment\nhour,stem\n0,12\n24,11\n");
  EXPECT_EQ(trace_of_branch(scratch.path()), "");
  write_text(paths.series(), "# a comment\nhour,stem\n144,12\n");
  EXPECT_THAT(trace_of_branch(scratch.path()), HasSubstr("begins at hour 144"));
}

}  // namespace
}  // namespace marrow::io
