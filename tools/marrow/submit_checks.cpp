// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/submit_checks.hpp"

#include "io/batch/job_record.hpp"
#include "io/run/clock.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/run_limits.hpp"
#include "io/run/run_lock.hpp"
#include "io/run/wording.hpp"
#include "io/text/shell_words.hpp"
#include "parallel/memory_need.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

namespace marrow::tool {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void refuse(const std::string& why) { throw Failure(ExitCode::command_line, why); }

/// What `marrow run` would refuse in the job, or the job itself sets.
void check_run_options(const RunRequest& run, const io::BatchJob& job) {
  const auto refuse_option = [](const std::string& why) { refuse("--run-option: " + why); };
  if (!run.output.empty()) refuse_option("the run directory is given to submit itself, with -o");
  const bool slurm = job.scheduler == io::Scheduler::slurm;
  if (slurm && !run.stop_at.empty()) {
    refuse_option("the job sets --stop-at to its own end; a shorter run is --set run.duration=...");
  }
  if (!slurm && !run.max_walltime.empty())
    refuse_option("the job sets --max-walltime from its --time");
  const io::SystemClock clock;
  static_cast<void>(io::run_limits({run.stop_at, run.max_walltime, run.watchdog}, 0.0, clock));
  if (run.branch.empty()) return;
  if (fs::path(run.branch).is_relative()) {
    refuse_option(fmt::format(
        "--branch {}: a job may start in another directory; give the whole path", run.branch));
  }
  if (!fs::exists(run.branch))
    refuse_option(fmt::format("--branch {}: it is not there", run.branch));
}

void check_setup(const io::BatchJob& job) {
  if (job.setup.empty() || fs::is_regular_file(job.setup)) return;
  refuse(fs::exists(job.setup)
             ? fmt::format("--setup '{}' is no file: name the shell file that the job sources",
                           job.setup)
             : fmt::format("--setup '{}': no such file", job.setup));
}

void check_place(const io::BatchJob& job) {
  if (job.directory.empty()) {
    refuse(
        "-o /: the root of the file system cannot be a run directory; name a folder for the run");
  }
}

void check_launcher(const io::BatchJob& job) {
  if (job.scheduler == io::Scheduler::slurm || job.launcher != io::Launcher::srun) return;
  refuse(
      "--launcher srun: srun is Slurm's, and this job is for PBS; leave the option out, or say "
      "--launcher mpirun");
}

void check_seeds(const io::BatchJob& job, const RunRequest& run) {
  if (!job.seeds) return;
  for (const std::string& change : run.overrides) {
    const std::string path = change.substr(0, change.find('='));
    if (path.substr(0, path.find_last_not_of(' ') + 1) != "scenario.seed") continue;
    refuse(
        fmt::format("--seeds and --set '{}' contradict each other: each run of an array has the "
                    "seed of its place; leave one of them out",
                    change));
  }
}

/// What would be killed at its first breath. The prediction may be wrong by 15 %.
void check_memory(const io::BatchJob& job, const Parameters& parameters) {
  constexpr double tolerance = 0.15;
  const double needed = expected_node_bytes(parameters, job);
  const auto given = static_cast<double>(job.memory_per_node_bytes);
  if (job.memory_per_node_bytes == 0 || given >= (1.0 - tolerance) * needed) return;
  refuse(fmt::format(
      "--memory-per-node: {} MB are too little, a node with {} of this run needs {} MB; "
      "give more, with a unit such as 8GB, or 0 to ask for none, or leave it out",
      io::with_thousands(static_cast<std::int64_t>(given / 1e6)),
      io::counted(job.tasks_per_node, "rank"),
      io::with_thousands(static_cast<std::int64_t>(needed / 1e6))));
}

/// The reserve for a checkpoint in time is no time to compute.
void warn_of_short_jobs(const io::BatchJob& job) {
  if (const std::string warning = io::short_job_warning(job.time_s); !warning.empty()) {
    std::cerr << "warning: " << warning << '\n';
  }
}

void refuse_live_job(const std::string& directory, const std::optional<io::JobRecord>& earlier) {
  if (!earlier) return;
  const io::JobState state = io::ask_scheduler(*earlier);
  if (state.phase == io::JobPhase::unknown) {
    std::cerr << fmt::format("'{}' had a job before. {}: make sure that it is over\n", directory,
                             state.text);
  }
  if (state.phase == io::JobPhase::ending) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' has a job: {}. Submit again then", directory, state.text));
  }
  if (state.phase != io::JobPhase::queued && state.phase != io::JobPhase::running) return;
  throw Failure(ExitCode::files,
                fmt::format("'{}' already has a job: {}. It continues by itself; marrow status "
                            "{} tells how far it is",
                            directory, state.text, io::shell_word(directory)));
}

}  // namespace

double expected_node_bytes(const Parameters& parameters, const io::BatchJob& job) {
  return parallel::expected_memory(parameters, io::ranks_of(job))
      .on_node(static_cast<int>(job.tasks_per_node));
}

std::vector<std::string> run_directories(const io::BatchJob& job) {
  if (!job.seeds) return {job.directory};
  std::vector<std::string> all;
  for (std::int64_t seed = job.seeds->first; seed <= job.seeds->last; ++seed) {
    all.push_back(fmt::format("{}/seed_{}", job.directory, seed));
  }
  return all;
}

void check_job(const io::BatchJob& job, const RunRequest& run, const Parameters& parameters) {
  check_place(job);
  check_run_options(run, job);
  check_launcher(job);
  check_seeds(job, run);
  check_setup(job);
  check_memory(job, parameters);
  warn_of_short_jobs(job);
}

void refuse_place_in_use(const io::BatchJob& job, const RunRequest& run) {
  refuse_live_job(job.directory, io::find_record(job.directory));
  for (const std::string& directory : run_directories(job)) {
    if (job.seeds) refuse_live_job(directory, io::own_record(directory));
    io::refuse_foreign_results(directory);
    try {
      io::RunLock::check(
          directory, run.break_lock ? io::LockPolicy::break_unverifiable : io::LockPolicy::respect,
          io::this_process());
    } catch (const Failure& failure) {
      throw Failure(failure.code(),
                    fmt::format("no job was queued, because its run would be refused: {} (for a "
                                "job --break-lock is --run-option=--break-lock)",
                                failure.what()));
    }
  }
}

}  // namespace marrow::tool
