// SPDX-License-Identifier: BSD-3-Clause
// What job scripts do when batch systems are slow, late or silent: the scripts themselves, with
// stand-ins for the program, its launcher and the commands of the batch system.
#include "io/batch/batch_script.hpp"
#include "io/batch/job_record.hpp"
#include "io/text/shell_words.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace marrow::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const char* const finishes =
    "mkdir -p run; printf '{\\n  \"state\": \"finished\"\\n}\\n' >run/status.json";

class JobScriptTest : public testing::Test {
 protected:
  JobScriptTest() {
    std::filesystem::create_directories(scratch_ / "bin");
    std::filesystem::create_directories(scratch_ / "run" / "batch");
    job_.name = "demo";
    job_.program = scratch_ / "bin" / "marrow";
    job_.scenario = "/demo.yaml";
    job_.directory = scratch_ / "run";
    job_.time_s = 3600;
    job_.launcher = Launcher::mpirun;
    // A run that saves its state and stops early.
    stand_in("marrow", "echo \"$*\" >>ran; mkdir -p run/checkpoints/step_1; exit 75");
    stand_in("mpirun", "exec \"$@\"");
    stand_in("sleep", "echo \"$*\" >>slept");
    stand_in("scontrol",
             "case $1 in show) echo 'JobId=7 JobState=RUNNING EndTime=2026-11-23T16:05:46 x' ;;"
             " *) echo \"$*\" >>asked ;; esac");
    stand_in("qsub", "echo \"$*\" >>asked; echo 8.server");
  }

  void stand_in(const std::string& name, const std::string& body) {
    const std::filesystem::path path = scratch_ / "bin" / name;
    std::ofstream(path) << "#!/bin/bash\n" << body << '\n';
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  }

  void write(const std::string& name, const std::string& text) {
    std::ofstream(scratch_ / name) << text;
  }

  std::string text_of(const std::string& name) {
    std::ostringstream text;
    text << std::ifstream(scratch_ / name).rdbuf();
    return text.str();
  }

  Answer run(const std::string& variables = "SLURM_JOB_ID=7", const std::string& log = "2>&1") {
    write("job.sh", batch_script(job_));
    return ask_shell("cd " + shell_word(scratch_.path().string()) +
                     " && env -u SLURM_RESTART_COUNT -u MARROW_RESTARTS -u SLURM_ARRAY_JOB_ID "
                     "PATH=\"$PWD/bin:$PATH\" " +
                     variables + " bash job.sh " + log);
  }

  marrow::test::TemporaryDirectory scratch_;
  BatchJob job_;
};

TEST_F(JobScriptTest, PbsCountsTheTimeBeforeTheRun) {
  job_.scheduler = Scheduler::pbs;
  job_.setup = scratch_ / "setup.sh";
  write("setup.sh", "SECONDS=600\n");
  const Answer said = run("PBS_JOBID=7.server");
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(text_of("ran"), testing::ContainsRegex("--max-walltime (3000|299[0-9]) s"));
}

TEST_F(JobScriptTest, PbsEndsJobsByTermAtTheirLimitAsWell) {
  job_.scheduler = Scheduler::pbs;
  stand_in("marrow", "trap '' USR1; kill -TERM $PPID; mkdir -p run/checkpoints/step_1; exit 75");
  Answer said = run("PBS_JOBID=7.server");
  EXPECT_EQ(said.code, 75);
  EXPECT_THAT(said.text,
              HasSubstr("not queued again by itself: PBS has asked job 7.server to end"));
  std::filesystem::remove_all(scratch_ / "run");
  job_.setup = scratch_ / "setup.sh";
  write("setup.sh", "SECONDS=3550\n");
  said = run("PBS_JOBID=7.server");
  EXPECT_EQ(said.code, 0);
  EXPECT_THAT(said.text, HasSubstr("job 8.server continues it"));
}

const char* const busy = "echo >>calls; (($(wc -l <calls) % 3 == 0)) || exit 1; ";

TEST_F(JobScriptTest, ASilentSlurmIsAskedAgain) {
  stand_in("scontrol", std::string(busy) +
                           "case $1 in show) echo 'JobId=7 JobState=RUNNING "
                           "EndTime=2026-11-23T16:05:46 x' ;; *) echo \"$*\" >>asked ;; esac");
  const Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(text_of("ran"), HasSubstr("--stop-at 2026-11-23T16:05:46"));
  EXPECT_EQ(text_of("asked"), "requeue 7\n");
  EXPECT_EQ(text_of("slept"), "10\n10\n10\n10\n10\n10\n");
}

TEST_F(JobScriptTest, ASlurmThatIsGoneIsNotACancelledJob) {
  stand_in("scontrol", "exit 1");
  const Answer said = run();
  EXPECT_EQ(said.code, 75);
  EXPECT_THAT(said.text, AllOf(HasSubstr("Slurm names no end of job 7: the run has no deadline"),
                               HasSubstr("submit again to continue")));
}

TEST_F(JobScriptTest, ABusyPbsIsAskedAgain) {
  job_.scheduler = Scheduler::pbs;
  stand_in("qsub", std::string(busy) + "echo 8.server");
  const Answer said = run("PBS_JOBID=7.server");
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_EQ(text_of("run/batch/job"), "scheduler pbs\nid 8.server\n");
}

TEST_F(JobScriptTest, ALogOnAFullDiskDoesNotEndTheJob) {
  job_.setup = scratch_ / "setup.sh";
  job_.modules = {"gcc"};
  write("setup.sh", "module() { echo \"$*\"; false || true; }\necho something\nfalse\n");
  EXPECT_EQ(run("SLURM_JOB_ID=7", ">/dev/full 2>&1").code, 0);
  EXPECT_EQ(text_of("asked"), "requeue 7\n");
  std::filesystem::remove_all(scratch_ / "run");
  EXPECT_EQ(run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=100", ">/dev/full 2>&1").code, 75);
  job_.scheduler = Scheduler::pbs;
  std::filesystem::remove_all(scratch_ / "run");
  EXPECT_EQ(run("PBS_JOBID=7.server", ">/dev/full 2>&1").code, 0);
  EXPECT_EQ(text_of("run/batch/job"), "scheduler pbs\nid 8.server\n");
  stand_in("marrow", finishes);
  EXPECT_EQ(run("PBS_JOBID=8.server", ">/dev/full 2>&1").code, 0);
}

TEST_F(JobScriptTest, ASignalBeforeTheRunIsNotLost) {
  job_.setup = scratch_ / "setup.sh";
  write("setup.sh", "kill -USR1 $$\n");
  for (const Scheduler scheduler : {Scheduler::slurm, Scheduler::pbs}) {
    job_.scheduler = scheduler;
    const Answer said = run("SLURM_JOB_ID=7 PBS_JOBID=7.server");
    EXPECT_EQ(said.code, 0) << said.text;
    EXPECT_THAT(said.text, HasSubstr("signal USR1 came before the run; job "));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "ran"));
}

// The launcher itself ends by the signal as long as it has not begun to pass signals on.
TEST_F(JobScriptTest, ASignalToALauncherThatJustBeginsIsNoFailure) {
  stand_in("mpirun", "kill -USR1 $PPID; exec sleep_for_long");
  stand_in("sleep_for_long", "exec /bin/sleep 30");
  const Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text,
              HasSubstr("the run was ended by signal 10, a request that came before it listened; "
                        "job 7 is queued again"));
}

// As of scancel --signal without --batch, of which the script hears nothing.
TEST_F(JobScriptTest, ARequestBeforeTheProgramListensIsNoFailure) {
  for (const char* signal : {"USR1", "USR2", "TERM"}) {
    stand_in("marrow", std::string("kill -") + signal + " $$; exit 3");
    const Answer said = run();
    EXPECT_EQ(said.code, 0) << said.text;
    EXPECT_THAT(said.text, HasSubstr("a request that came before it listened; job 7 is queued"));
  }
  stand_in("marrow", "kill -KILL $$");
  const Answer said = run();
  EXPECT_EQ(said.code, 137);
  EXPECT_THAT(said.text, HasSubstr("there is no newer checkpoint than at the start"));
}

TEST_F(JobScriptTest, ARequestThatNobodyHeardIsRepeated) {
  stand_in("mpirun",
           "times=0; trap 'times=$((times + 1))' USR1; kill -USR1 $PPID\n"
           "for ((i = 0; i < 100 && times < 2; ++i)); do /bin/sleep 0.05; done\n"
           "((times >= 2)) && mkdir -p run/checkpoints/step_1 && exit 75");
  const Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("stopped early with a good checkpoint; job 7 is queued again"));
}

TEST_F(JobScriptTest, ARequestWhileModulesAreLoadedIsNotLost) {
  job_.setup = scratch_ / "setup.sh";
  job_.modules = {"gcc"};
  write("setup.sh", "module() { kill -USR1 $$; }\n");
  const Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text, HasSubstr("signal USR1 came before the run; job 7 is queued again"));
}

TEST_F(JobScriptTest, StartsInVainAreBoundedEvenIfAskedFor) {
  job_.setup = scratch_ / "setup.sh";
  write("setup.sh", "kill -USR1 $$\n");
  write("run/batch/starts_in_vain", "2\n");
  EXPECT_EQ(run().code, 0) << "what an earlier job has counted is of no account";
  EXPECT_EQ(run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=1").code, 0);
  const Answer said = run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=2");
  EXPECT_EQ(said.code, 75);
  EXPECT_THAT(said.text, HasSubstr("3 starts in a row brought no newer checkpoint"));
  std::filesystem::remove(scratch_ / "setup.sh");
  job_.setup.clear();
  EXPECT_EQ(run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=2").code, 0);
  EXPECT_EQ(text_of("run/batch/starts_in_vain"), "0\n") << "progress begins the count anew";
}

// srun may end with 0 when a node is lost.
TEST_F(JobScriptTest, AnEndWithoutAResultIsNotFinished) {
  stand_in("marrow", "exit 0");
  EXPECT_EQ(run().code, 0);
  EXPECT_EQ(text_of("asked"), "requeue 7\n");
  EXPECT_EQ(run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=1").code, 0);
  Answer said = run("SLURM_JOB_ID=7 SLURM_RESTART_COUNT=2");
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.text, AllOf(HasSubstr("does not call the run finished"),
                               HasSubstr("3 starts in a row brought no newer checkpoint"),
                               Not(HasSubstr("the run is finished\n"))));
  stand_in("marrow", finishes);
  said = run();
  EXPECT_EQ(said.code, 0);
  EXPECT_THAT(said.text, HasSubstr("the run is finished\n"));
}

TEST_F(JobScriptTest, TheSiteCannotRedirectTheJob) {
  job_.setup = scratch_ / "setup.sh";
  job_.modules = {"gcc"};
  job_.run_options = {"--watchdog=2 h"};
  write(
      "setup.sh",
      "directory=/nowhere program=/bin/false scenario=x run_options=(-o /nowhere) launcher=srun\n"
      "most_restarts=0 restarts=9 run=1 messenger=1 signalled=yes asked=yes before=step_1 code=3\n"
      "say() { echo lost; }\nnewest_checkpoint() { :; }\nIFS=-; set -f -o pipefail\n"
      "module() { directory=/elsewhere; shopt -s nullglob failglob; }\n");
  Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_EQ(text_of("ran"), "run /demo.yaml -o " + (scratch_ / "run").string() +
                                " --resume --watchdog=2 h --stop-at 2026-11-23T16:05:46\n");
  EXPECT_THAT(said.text, HasSubstr("start 1 on"));
  job_.scheduler = Scheduler::pbs;
  write("setup.sh", "time_limit_s=1 script=/nowhere job=1\nmodule() { :; }\n");
  std::filesystem::remove_all(scratch_ / "run");
  said = run("PBS_JOBID=7.server");
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(text_of("asked"), HasSubstr("run/batch/job.sh\n"));
  EXPECT_THAT(text_of("ran"), testing::ContainsRegex("--max-walltime (3600|359[0-9]) s"));
}

TEST_F(JobScriptTest, PbsRepeatsAJobAfterTheLossOfANode) {
  job_.scheduler = Scheduler::pbs;
  EXPECT_THAT(batch_script(job_), HasSubstr("#PBS -r y\n"));
  EXPECT_EQ(run("PBS_JOBID=7.server").code, 0);
  EXPECT_THAT(text_of("ran"), Not(HasSubstr("--break-lock")));
  write("run/LOCK", "{\"process\": {\"job\": \"17.server\"}}");
  std::filesystem::remove_all(scratch_ / "run" / "checkpoints");
  EXPECT_EQ(run("PBS_JOBID=7.server").code, 0);
  EXPECT_THAT(text_of("ran"), Not(HasSubstr("--break-lock"))) << "the lock of another job";
  write("run/LOCK", "{\"process\": {\"job\": \"7.server\"}}");
  static_cast<void>(run("PBS_JOBID=7.server"));
  EXPECT_THAT(text_of("ran"), HasSubstr("--break-lock"));
}

TEST_F(JobScriptTest, AnEndAskedForInTheQueueIsHeeded) {
  std::filesystem::create_directories(scratch_ / "run");
  write("run/STOP", "");
  for (const Scheduler scheduler : {Scheduler::slurm, Scheduler::pbs}) {
    job_.scheduler = scheduler;
    const Answer said = run("SLURM_JOB_ID=7 PBS_JOBID=7.server");
    EXPECT_EQ(said.code, 0) << said.text;
    EXPECT_THAT(said.text, HasSubstr("run/STOP asks for that"));
  }
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "ran"));
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "run" / "STOP"));
}

TEST_F(JobScriptTest, ANewJobClearsEarlierRequestsToEnd) {
  job_.seeds = SeedRange{3, 4};
  std::filesystem::create_directories(scratch_ / "run" / "seed_4");
  write("run/seed_4/STOP", "");
  EXPECT_THAT(clear_stop_requests(job_),
              testing::ElementsAre((scratch_ / "run" / "seed_4" / "STOP").string()));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "run" / "seed_4" / "STOP"));
  EXPECT_TRUE(clear_stop_requests(job_).empty());
}

TEST_F(JobScriptTest, ASetupFileEndsTheJobOnlyByExit) {
  job_.setup = scratch_ / "setup.sh";
  write("setup.sh", "false\n: $not_set\n[[ 1 == 2 ]]\n");
  Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  EXPECT_THAT(said.text, AllOf(HasSubstr("setup.sh ended with code 1; the job goes on"),
                               HasSubstr("start 1 on"), Not(HasSubstr("failed"))));
  write("setup.sh", "exit 3\n");
  said = run();
  EXPECT_EQ(said.code, 3);
  EXPECT_THAT(said.text, AllOf(HasSubstr("setup.sh failed (3)"), Not(HasSubstr("start"))));
  job_.setup = scratch_ / "nothing.sh";
  said = run();
  EXPECT_EQ(said.code, 1);
  EXPECT_THAT(said.text, HasSubstr("nothing.sh cannot be read"));
}

TEST_F(JobScriptTest, AModuleThatIsNotThereIsNamed) {
  job_.setup = scratch_ / "setup.sh";
  job_.modules = {"gcc", "it's"};
  write("setup.sh", "module() { false; [[ $2 == gcc ]]; }\n");
  Answer said = run();
  EXPECT_EQ(said.code, 0) << said.text;
  write("setup.sh", "module() { return 4; }\n");
  said = run();
  EXPECT_EQ(said.code, 4);
  EXPECT_THAT(said.text, HasSubstr("module load gcc 'it'\\''s' failed (4)"));
}

TEST_F(JobScriptTest, OnlyScriptsOfArraysTrustTheVariablesOfArrays) {
  stand_in("scontrol",
           "echo \"$*\" >>asked; [[ $SLURM_TIME_FORMAT == standard ]] || exit 0; "
           "echo 'JobId=7 JobState=RUNNING EndTime=2026-11-23T16:05:46 x'");
  const std::string variables =
      "SLURM_JOB_ID=7 SLURM_ARRAY_JOB_ID=5 SLURM_ARRAY_TASK_ID=3 SLURM_TIME_FORMAT=relative";
  EXPECT_EQ(run(variables).code, 0);
  EXPECT_THAT(text_of("asked"), AllOf(HasSubstr("show job --oneliner 7\n"),
                                      HasSubstr("requeue 7\n"), Not(HasSubstr("5_3"))));
  EXPECT_THAT(text_of("ran"), HasSubstr("--stop-at 2026-11-23T16:05:46"));
  job_.seeds = SeedRange{1, 4};
  static_cast<void>(run(variables));
  EXPECT_THAT(text_of("asked"), HasSubstr("show job --oneliner 5_3\n"));
}

}  // namespace
}  // namespace marrow::io
