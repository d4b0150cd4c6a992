// SPDX-License-Identifier: BSD-3-Clause
// `marrow submit`: the job script of a scenario, shown or queued. Whatever would end the job at
// once is refused here: a wrong scenario, wrong options of the run, more ranks than the lattice has
// blocks, a directory in use.

#include "io/batch/job_record.hpp"
#include "io/run/clock.hpp"
#include "io/run/file_calls.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/run_limits.hpp"
#include "io/run/run_lock.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/text/shell_words.hpp"
#include "parallel/decomposition.hpp"
#include "parallel/memory_need.hpp"
#include "tools/marrow/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <vector>

namespace marrow::tool {
namespace {

namespace fs = std::filesystem;

std::string absolute(const std::string& path) { return fs::absolute(path).lexically_normal(); }

bool is_there(const char* program) {
  return io::ask_shell(fmt::format("command -v {}", program)).code == 0;
}

io::Scheduler scheduler_of(const SubmitRequest& request) {
  if (request.scheduler == "pbs") return io::Scheduler::pbs;
  if (request.scheduler == "slurm" || is_there("sbatch")) return io::Scheduler::slurm;
  if (is_there("qsub")) return io::Scheduler::pbs;
  if (request.print) return io::Scheduler::slurm;
  throw Failure(ExitCode::files,
                "neither sbatch (Slurm) nor qsub (PBS) is on this machine: submit where there is "
                "one, or see the script with --print --scheduler slurm");
}

/// Batch systems are particular about names.
std::string job_name(const std::string& scenario) {
  std::string name;
  for (const char c : scenario) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    name += plain || c == '-' || c == '_' || c == '.' ? c : '_';
  }
  return "marrow_" + name.substr(0, 40);
}

/// A quarter more than predicted, and room for launchers: what exceeds the request may be killed.
std::uint64_t memory_to_ask_for(const Parameters& parameters, const io::BatchJob& job) {
  constexpr double reserve = 1.25;
  constexpr double launcher_bytes = 256e6;
  const auto on_node = static_cast<int>(job.tasks_per_node);
  const double needed = parallel::expected_memory(parameters, io::ranks_of(job)).on_node(on_node);
  return static_cast<std::uint64_t>(reserve * needed + launcher_bytes);
}

io::BatchJob job_of(const SubmitRequest& request, const Parameters& parameters) {
  io::BatchJob job;
  job.scheduler = scheduler_of(request);
  job.name = job_name(parameters.scenario.name);
  job.program = fs::read_symlink("/proc/self/exe");
  job.scenario = absolute(request.scenario);
  job.directory =
      absolute(request.output.empty() ? "runs/" + parameters.scenario.name : request.output);
  if (job.directory.ends_with('/')) job.directory.pop_back();
  for (const std::string& value : request.overrides) {
    job.run_options.insert(job.run_options.end(), {"--set", value});
  }
  job.run_options.insert(job.run_options.end(), request.run_options.begin(),
                         request.run_options.end());
  job.nodes = request.nodes;
  job.tasks_per_node = request.tasks_per_node;
  job.time_s = io::parse_job_time_s(request.time);
  job.most_restarts = request.most_restarts;
  if (request.launcher == "srun") job.launcher = io::Launcher::srun;
  if (request.launcher == "mpirun") job.launcher = io::Launcher::mpirun;
  job.modules = request.modules;
  if (!request.setup.empty()) job.setup = absolute(request.setup);
  job.directives = request.directives;
  if (!request.seeds.empty()) job.seeds = io::parse_seeds(request.seeds);
  return job;
}

/// What `marrow run` would refuse in the job, or the job itself sets.
void check_run_options(const RunRequest& run, const io::BatchJob& job) {
  const auto refuse = [](const std::string& why) {
    throw Failure(ExitCode::command_line, "--run-option: " + why);
  };
  if (!run.output.empty()) refuse("the run directory is given to submit itself, with -o");
  const bool slurm = job.scheduler == io::Scheduler::slurm;
  if (slurm && !run.stop_at.empty()) {
    refuse("the job sets --stop-at to its own end; a shorter run is --set run.duration=...");
  }
  if (!slurm && !run.max_walltime.empty()) refuse("the job sets --max-walltime from its --time");
  const io::SystemClock clock;
  static_cast<void>(io::run_limits({run.stop_at, run.max_walltime, run.watchdog}, 0.0, clock));
  if (run.branch.empty()) return;
  if (fs::path(run.branch).is_relative()) {
    refuse(fmt::format("--branch {}: a job may start in another directory; give the whole path",
                       run.branch));
  }
  if (!fs::exists(run.branch)) refuse(fmt::format("--branch {}: it is not there", run.branch));
}

void refuse_setup_that_is_not_there(const io::BatchJob& job) {
  if (job.setup.empty() || fs::exists(job.setup)) return;
  throw Failure(ExitCode::command_line, fmt::format("--setup '{}': no such file", job.setup));
}

/// The directories of the runs: one, or one for each seed.
std::vector<std::string> run_directories(const io::BatchJob& job) {
  if (!job.seeds) return {job.directory};
  std::vector<std::string> all;
  for (std::int64_t seed = job.seeds->first; seed <= job.seeds->last; ++seed) {
    all.push_back(fmt::format("{}/seed_{}", job.directory, seed));
  }
  return all;
}

void refuse_live_job(const std::string& directory, const std::optional<io::JobRecord>& earlier) {
  if (!earlier) return;
  const io::JobState state = io::ask_scheduler(*earlier);
  if (state.phase == io::JobPhase::unknown) {
    std::cerr << fmt::format("'{}' had a job before. {}: make sure that it is over\n", directory,
                             state.text);
  }
  if (state.phase != io::JobPhase::queued && state.phase != io::JobPhase::running) return;
  throw Failure(ExitCode::files,
                fmt::format("'{}' already has a job: {}. It continues by itself; marrow status "
                            "{} tells how far it is",
                            directory, state.text, io::shell_word(directory)));
}

/// Two jobs in one directory would wait for each other's lock, and a job for that of a run.
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

/// The id that the batch system gave. Failure(files) with its own words otherwise.
std::string queue(const io::BatchJob& job) {
  const bool slurm = job.scheduler == io::Scheduler::slurm;
  const std::string command = fmt::format("{} {}", slurm ? "sbatch --parsable" : "qsub",
                                          io::shell_word(io::script_path(job.directory)));
  const io::Answer answer = io::ask_shell(command);
  std::string last_line = answer.text;
  while (last_line.ends_with('\n')) last_line.pop_back();
  if (answer.code != 0) {
    throw Failure(ExitCode::files,
                  fmt::format("the job was not queued: '{}' ended with code {}{}", command,
                              answer.code, last_line.empty() ? "" : ": " + last_line));
  }
  last_line = last_line.substr(last_line.rfind('\n') + 1);
  return last_line.substr(0, last_line.find(';'));  // Slurm: "1234;cluster"
}

void queue_and_record(const io::BatchJob& job, const std::string& script) {
  std::error_code error;
  fs::create_directories(io::batch_directory(job.directory), error);
  if (error) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' cannot be created: {}", io::batch_directory(job.directory),
                              io::explain_errno(error.value())));
  }
  io::replace_file_text(io::script_path(job.directory), script);
  for (const std::string& request : io::clear_stop_requests(job)) {
    std::cerr << fmt::format("removed {}, which would end the job before it begins\n", request);
  }
  // Jobs of single seeds are over, and this one takes their place.
  for (const std::string& directory : run_directories(job)) {
    if (job.seeds) fs::remove(fs::path(io::batch_directory(directory)) / "job", error);
  }
  io::leave_enclosing_job();
  const io::JobRecord record{job.scheduler, queue(job), job.seeds};
  io::replace_file_text(fs::path(io::batch_directory(job.directory)) / "job",
                        io::record_text(record));
  std::cout << record.id << '\n';
  std::cerr << fmt::format(
      "queued as job {}: {}\n  watch it with: {} status {}\n  end it with a checkpoint: touch {}\n",
      record.id, io::script_path(job.directory), io::shell_word(job.program),
      io::shell_word(job.directory),
      io::shell_word(job.directory + (job.seeds ? "/seed_N/STOP" : "/STOP")));
}

}  // namespace

ExitCode submit(const SubmitRequest& request, const RunRequest& run) {
  const io::ScenarioFile scenario =
      io::scenario_or_throw(io::read_scenario_file(request.scenario, run.overrides));
  io::BatchJob job = job_of(request, scenario.parameters);
  check_run_options(run, job);
  const parallel::Decomposition possible(scenario.parameters.lattice(), io::ranks_of(job));
  refuse_setup_that_is_not_there(job);
  job.memory_per_node_bytes =
      request.memory_per_node_bytes.value_or(memory_to_ask_for(scenario.parameters, job));
  const std::string script = io::batch_script(job);
  if (request.print) {
    std::cout << script;
  } else {
    refuse_place_in_use(job, run);
    queue_and_record(job, script);
  }
  return ExitCode::finished;
}

}  // namespace marrow::tool
