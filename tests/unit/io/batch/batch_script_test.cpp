// SPDX-License-Identifier: BSD-3-Clause
// The words of job scripts: quoting, directives, refusals. What scripts do is tested in
// tests/batch.
#include "io/batch/batch_script.hpp"

#include "core/model/failure.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace marrow::io {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

BatchJob example() {
  BatchJob job;
  job.name = "marrow_demo";
  job.program = "/opt/marrow/bin/marrow";
  job.scenario = "/home/me/it's mine.yaml";
  job.directory = "/scratch/100% \"me\"";
  job.run_options = {"--set", "tcells.motility=50 um^2/min"};
  job.nodes = 4;
  job.tasks_per_node = 64;
  job.time_s = 12 * 3600;
  return job;
}

TEST(BatchScriptTest, QuotesWhateverAShellOrSlurmWouldRead) {
  EXPECT_THAT(
      batch_script(example()),
      AllOf(HasSubstr("\nscenario='/home/me/it'\\''s mine.yaml'\n"),
            HasSubstr("\ndirectory='/scratch/100% \"me\"'\n"),
            HasSubstr("\n#   mkdir -p -- '/scratch/100% \"me\"/batch'\n"),
            HasSubstr("\nrun_options=(--set 'tcells.motility=50 um^2/min')\n"),
            HasSubstr("\n#SBATCH --output=\"/scratch/100%% \\\"me\\\"/batch/job-%j.log\"\n")));
}

TEST(BatchScriptTest, AsksForWhatWasAskedFor) {
  BatchJob job = example();
  job.directives = {"--account=me"};
  job.modules = {"gcc", "openmpi/4.1"};
  job.setup = "/home/me/site.sh";
  job.launcher = Launcher::mpirun;
  job.most_restarts = 7;
  EXPECT_THAT(
      batch_script(job),
      AllOf(StartsWith("#!/bin/bash -l\n"), HasSubstr("#SBATCH --nodes=4\n"),
            HasSubstr("#SBATCH --ntasks-per-node=64\n"), HasSubstr("#SBATCH --time=12:00:00\n"),
            HasSubstr("#SBATCH --requeue\n"), HasSubstr("#SBATCH --account=me\n"),
            HasSubstr("launcher=mpirun\n"), HasSubstr("most_restarts=7\n"),
            HasSubstr("\nset -eu\n"), HasSubstr("\nsetup=/home/me/site.sh\n"),
            HasSubstr("\nmodule load gcc openmpi/4.1 ||")));
}

TEST(BatchScriptTest, AsksForMemoryInWholeMebibytes) {
  BatchJob job = example();
  EXPECT_THAT(batch_script(job), Not(HasSubstr("--mem")));
  job.memory_per_node_bytes = (3ULL << 30U) + 1;
  EXPECT_THAT(batch_script(job), HasSubstr("\n#SBATCH --mem=3073M\n"));
  job.scheduler = Scheduler::pbs;
  EXPECT_THAT(batch_script(job), HasSubstr("#PBS -l select=4:ncpus=64:mpiprocs=64:mem=3073mb\n"));
  job.memory_per_node_bytes = 0;
  EXPECT_THAT(batch_script(job), HasSubstr("#PBS -l select=4:ncpus=64:mpiprocs=64\n"));
}

TEST(BatchScriptTest, SignalsLongJobsOnly) {
  BatchJob job = example();
  EXPECT_THAT(batch_script(job), HasSubstr("#SBATCH --signal=B:USR1@600\n"));
  job.time_s = 1800;
  EXPECT_THAT(batch_script(job), HasSubstr("#SBATCH --signal=B:USR1@180\n"));
  job.time_s = 600;
  EXPECT_THAT(batch_script(job), Not(HasSubstr("--signal")));
}

TEST(BatchScriptTest, AnArrayHasOneRunPerSeed) {
  BatchJob job = example();
  job.seeds = SeedRange{3, 10};
  EXPECT_THAT(batch_script(job),
              AllOf(HasSubstr("#SBATCH --array=3-10\n"), HasSubstr("/batch/job-%A_%a.log\"\n"),
                    HasSubstr("seed=$SLURM_ARRAY_TASK_ID\n")));
  job.scheduler = Scheduler::pbs;
  EXPECT_THAT(batch_script(job),
              AllOf(HasSubstr("#PBS -J 3-10\n"), HasSubstr("seed=$PBS_ARRAY_INDEX\n")));
  job.seeds = SeedRange{3, 3};
  EXPECT_THAT(batch_script(job), HasSubstr("#PBS -J 3-4:2\n")) << "PBS refuses 3-3";
}

TEST(BatchScriptTest, NoLineMayEndInsideAValue) {
  BatchJob job = example();
  job.directives = {"--account=me\nrm -rf ~"};
  EXPECT_THROW(static_cast<void>(batch_script(job)), Failure);
  job = example();
  job.directory += "\n";
  EXPECT_THROW(static_cast<void>(batch_script(job)), Failure);
}

TEST(BatchScriptTest, ReadsSeedsAndWritesTimes) {
  EXPECT_EQ(parse_seeds("7").first, 7);
  EXPECT_EQ(parse_seeds("7").last, 7);
  EXPECT_EQ(parse_seeds("3-10").last, 10);
  for (const char* wrong : {"", "a", "1-", "-1", "5-3", "1-2000", "1-2x", "1,2"}) {
    EXPECT_THROW(static_cast<void>(parse_seeds(wrong)), Failure) << wrong;
  }
  EXPECT_EQ(batch_time(60), "00:01:00");
  EXPECT_EQ(batch_time(48 * 3600 + 61), "48:01:01");
}

TEST(BatchScriptTest, BoundsTimes) {
  EXPECT_EQ(parse_job_time_s("12h"), 12 * 3600);
  EXPECT_EQ(parse_job_time_s("90.5 s"), 91);
  EXPECT_EQ(parse_job_time_s("3650 d"), 3650LL * 86400);
  for (const char* wrong : {"59 s", "3651 d", "1e300h", "-1h", "0h", "nan h", "inf h", ""}) {
    EXPECT_THROW(static_cast<void>(parse_job_time_s(wrong)), Failure) << wrong;
  }
}

TEST(BatchScriptTest, BoundsRanks) {
  BatchJob job = example();
  EXPECT_EQ(ranks_of(job), 256);
  job.nodes = 2147483647;
  job.tasks_per_node = 1;
  EXPECT_EQ(ranks_of(job), 2147483647);
  for (const std::int64_t tasks : {std::int64_t{2}, std::int64_t{1} << 33, INT64_MAX}) {
    job.tasks_per_node = tasks;
    EXPECT_THROW(static_cast<void>(ranks_of(job)), Failure) << tasks;
  }
}

}  // namespace
}  // namespace marrow::io
