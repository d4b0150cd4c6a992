// SPDX-License-Identifier: BSD-3-Clause
// What batch systems say, in words; and the record of the job that works on a directory.
#include "io/batch/array_status.hpp"
#include "io/batch/job_record.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const JobRecord job{Scheduler::slurm, "12", {}};

TEST(JobStateTest, TellsWhatSlurmSays) {
  const JobState queued =
      slurm_state(job,
                  "JobId=12 JobName=x JobState=PENDING Reason=BeginTime Requeue=1 Restarts=2 "
                  "StartTime=2026-11-23T16:04:46 EndTime=2026-11-23T16:05:46 Deadline=N/A\n");
  EXPECT_EQ(queued.phase, JobPhase::queued);
  EXPECT_EQ(queued.text,
            "Slurm job 12 waits in the queue (BeginTime), restarted 2 times; it may "
            "start at 2026-11-23 16:04:46");
  const JobState running =
      slurm_state(job,
                  "JobId=12 JobState=RUNNING Reason=None Restarts=0 EndTime=2026-11-23T16:05:46 "
                  "NodeList=n[1-4]\n");
  EXPECT_EQ(running.phase, JobPhase::running);
  EXPECT_EQ(running.text, "Slurm job 12 is running on n[1-4], until 2026-11-23 16:05:46 at most");
  for (const char* state : {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}) {
    const std::string said = std::string("JobId=12 JobState=") + state + " ExitCode=1:0\n";
    EXPECT_EQ(slurm_state(job, said).phase, JobPhase::over) << state;
  }
  const JobState ending = slurm_state(job, "JobId=12 JobState=COMPLETING Restarts=0 NodeList=n1\n");
  EXPECT_EQ(ending.phase, JobPhase::ending);
  EXPECT_EQ(ending.text,
            "Slurm job 12 is ending (COMPLETING): whether it is over or queued again shows when it "
            "has ended");
  EXPECT_EQ(slurm_state(job, "JobId=12 JobState=SIGNALING\n").phase, JobPhase::running);
  EXPECT_EQ(slurm_state(job, "JobId=12 JobState=SPECIAL_EXIT\n").phase, JobPhase::queued);
  EXPECT_EQ(slurm_state(job, "slurm_load_jobs error").phase, JobPhase::unknown);
}

TEST(JobStateTest, TellsWhatPbsSays) {
  const JobRecord pbs{Scheduler::pbs, "12.server", {}};
  const JobState queued =
      pbs_state(pbs, "Job Id: 12.server\n    job_state = Q\n    comment = Not enough cpus\n");
  EXPECT_EQ(queued.phase, JobPhase::queued);
  EXPECT_EQ(queued.text, "PBS job 12.server waits in the queue (Not enough cpus)");
  EXPECT_EQ(pbs_state(pbs, "    job_state = R\n").phase, JobPhase::running);
  EXPECT_EQ(pbs_state(pbs, "    job_state = E\n").phase, JobPhase::ending);
  EXPECT_EQ(pbs_state(pbs, "    job_state = F\n").phase, JobPhase::over);
  EXPECT_EQ(pbs_state(pbs, "").phase, JobPhase::unknown);
}

TEST(JobStateTest, FindsEachElementOfAnArray) {
  const JobRecord array{Scheduler::slurm, "20", SeedRange{1, 9}};
  const std::string said =
      "JobId=20 ArrayJobId=20 ArrayTaskId=4-6,9%2 JobState=PENDING Reason=Resources\n"
      "JobId=21 ArrayJobId=20 ArrayTaskId=3 JobState=RUNNING NodeList=n1\n";
  for (const std::int64_t seed : {4, 5, 6, 9}) {
    EXPECT_EQ(slurm_element_state(array, seed, said).phase, JobPhase::queued) << seed;
  }
  EXPECT_EQ(slurm_element_state(array, 3, said).phase, JobPhase::running);
  EXPECT_EQ(slurm_element_state(array, 1, said).phase, JobPhase::over);
  EXPECT_EQ(slurm_element_state(array, 1, "Unable to contact").phase, JobPhase::unknown);
}

TEST(JobStateTest, FindsEachElementOfAnArrayOfPbs) {
  const JobRecord array{Scheduler::pbs, "20[].server", SeedRange{1, 4}};
  const std::string said =
      "Job Id: 20[].server\n    job_state = B\n"
      "Job Id: 20[1].server.site.org\n    job_state = X\n"
      "Job Id: 20[2].server.site.org\n    job_state = R\n"
      "Job Id: 20[3].server.site.org\n    job_state = Q\n"
      "Job Id: 31[4].server.site.org\n    job_state = H\n"
      "qstat: Unknown Job Id 33.server\n";
  const auto phase = [&](const std::string& text, std::int64_t seed) {
    return pbs_state_among(array.element(seed), text).phase;
  };
  EXPECT_EQ(phase(said, 1), JobPhase::over);
  EXPECT_EQ(phase(said, 2), JobPhase::running);
  EXPECT_EQ(phase(said, 3), JobPhase::queued);
  EXPECT_EQ(phase(said, 4), JobPhase::over);
  EXPECT_EQ(pbs_state_among({Scheduler::pbs, "31[4].server", {}}, said).phase, JobPhase::queued);
  EXPECT_EQ(phase("Job Id: 20[].server\n    job_state = Q\n", 3), JobPhase::queued)
      << "a server that lists no elements";
  EXPECT_EQ(phase("qstat: Unknown Job Id 20[].server\n", 3), JobPhase::over);
  EXPECT_EQ(phase("qstat: cannot connect to server\n", 3), JobPhase::unknown);
}

/// Puts stand-ins for the commands of batch systems in front of whatever is there.
class SearchPath {
 public:
  explicit SearchPath(const std::string& directory) : before_(std::getenv("PATH")) {
    ::setenv("PATH", (directory + ":" + before_).c_str(), 1);
  }
  ~SearchPath() { ::setenv("PATH", before_.c_str(), 1); }
  SearchPath(const SearchPath&) = delete;
  SearchPath& operator=(const SearchPath&) = delete;

 private:
  std::string before_;
};

TEST(ArrayStatusTest, SaysThatTheBatchSystemDoesNotAnswer) {
  const TemporaryDirectory scratch;
  const SearchPath path(scratch.path().string());
  std::filesystem::create_directories(scratch / "run" / "batch");
  const auto scontrol_says = [&](const std::string& body) {
    std::ofstream(scratch / "scontrol") << "#!/bin/sh\n" << body << '\n';
    std::filesystem::permissions(scratch / "scontrol", std::filesystem::perms::owner_all);
    return report_with_job(scratch / "run", SystemClock()).text;
  };
  std::ofstream(scratch / "run" / "batch" / "job") << "scheduler slurm\nid 20\nseeds 1-2\n";
  EXPECT_THAT(scontrol_says("echo Unable to contact slurm controller; exit 1"),
              AllOf(HasSubstr("Slurm cannot be asked now (Unable to contact slurm controller): "
                              "whether jobs wait or run is not known"),
                    HasSubstr("seed_1    not started, as far as known")));
  EXPECT_THAT(scontrol_says("exit 124"), HasSubstr("cannot be asked now (no answer within 15 s)"));
  EXPECT_THAT(scontrol_says("echo 'JobId=20 ArrayJobId=20 ArrayTaskId=1-2 JobState=PENDING'"),
              AllOf(HasSubstr("seed_2    queued"), Not(HasSubstr("cannot be asked"))));
  EXPECT_THAT(scontrol_says("echo Invalid job id specified; exit 1"),
              AllOf(HasSubstr("seed_2    never started"), Not(HasSubstr("cannot be asked"))));
}

TEST(JobRecordTest, SurvivesItsText) {
  const JobRecord array{Scheduler::pbs, "20[].server", SeedRange{2, 5}};
  const auto back = parse_record(record_text(array));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->scheduler, Scheduler::pbs);
  EXPECT_EQ(back->id, "20[].server");
  EXPECT_EQ(back->seeds->last, 5);
  EXPECT_EQ(back->element(4).id, "20[4].server");
  for (const char* wrong : {"", "id 5\n", "scheduler slurm\n", "scheduler lsf\nid 5\n",
                            "scheduler slurm\nid 5\nseeds x\n"}) {
    EXPECT_FALSE(parse_record(wrong)) << wrong;
  }
}

TEST(JobRecordTest, ASeedBelongsToTheJobOfItsArray) {
  const TemporaryDirectory scratch;
  EXPECT_FALSE(find_record(scratch.path()));
  std::filesystem::create_directories(scratch / "batch");
  std::filesystem::create_directories(scratch / "seed_3");
  std::ofstream(scratch / "batch" / "job") << "scheduler slurm\nid 20\nseeds 1-9\n";
  ASSERT_TRUE(find_record(scratch / "seed_3"));
  EXPECT_EQ(find_record(scratch / "seed_3")->id, "20_3");
  EXPECT_FALSE(own_record(scratch / "seed_3"));
  std::filesystem::create_directories(scratch / "seed_3" / "batch");
  std::ofstream(scratch / "seed_3" / "batch" / "job") << "scheduler pbs\nid 31[].server\n";
  EXPECT_EQ(find_record(scratch / "seed_3")->id, "31[3].server") << "PBS continues one element";
  EXPECT_FALSE(find_record(scratch / "seed_x"));
  EXPECT_FALSE(find_record(scratch / "other"));
}

TEST(ShellTest, TellsWhetherAProgramIsThere) {
  EXPECT_EQ(ask_shell("printf hello").text, "hello");
  EXPECT_EQ(ask_shell("exit 7").code, 7);
  EXPECT_EQ(ask_shell("a_program_that_nobody_has").code, 127);
}

TEST(ShellTest, AnEnclosingJobIsLeft) {
  for (const char* name : {"SLURM_JOB_ID", "SLURM_ARRAY_JOB_ID", "SLURM_RESTART_COUNT",
                           "SLURM_NTASKS", "SLURM_CONF", "SBATCH_ACCOUNT"}) {
    ::setenv(name, "7", 1);
  }
  leave_enclosing_job();
  EXPECT_EQ(ask_shell("env | grep -E '^(SLURM|SBATCH)_' | sort").text,
            "SBATCH_ACCOUNT=7\nSLURM_CONF=7\n");
  ::unsetenv("SLURM_CONF");
  ::unsetenv("SBATCH_ACCOUNT");
}

}  // namespace
}  // namespace marrow::io
