// SPDX-License-Identifier: BSD-3-Clause
// `marrow submit`: the job script of a scenario, shown or queued. Whatever would end the job at
// once is refused here: a wrong scenario, wrong options of the run, more ranks than the lattice has
// blocks, a directory in use.

#include "io/batch/job_record.hpp"
#include "io/file/file_calls.hpp"
#include "io/file/files.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/text/shell_words.hpp"
#include "parallel/decomposition.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/submit_checks.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <iostream>

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
  return static_cast<std::uint64_t>(reserve * expected_node_bytes(parameters, job) +
                                    launcher_bytes);
}

io::BatchJob job_of(const SubmitRequest& request, const Parameters& parameters) {
  io::BatchJob job;
  job.scheduler = scheduler_of(request);
  job.name = job_name(parameters.scenario.name);
  job.program = fs::read_symlink("/proc/self/exe");
  job.scenario = absolute(request.scenario);
  job.directory =
      absolute(request.output.empty() ? "runs/" + parameters.scenario.name : request.output);
  while (job.directory.ends_with('/')) job.directory.pop_back();
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

fs::path record_file(const io::BatchJob& job) {
  return fs::path(io::batch_directory(job.directory)) / "job";
}

/// A queued job that nobody knows of would be queued twice: tries to write its record before.
void make_sure_of_record(const io::BatchJob& job) {
  const fs::path file = record_file(job);
  if (fs::exists(file)) {
    io::replace_file_text(file, io::read_file_text(file));
    return;
  }
  io::replace_file_text(file, "");
  fs::remove(file);
}

/// The record as one line of a shell that writes it.
std::string record_command(const io::BatchJob& job, const io::JobRecord& record) {
  std::string text;
  for (const char c : io::record_text(record)) text += c == '\n' ? "\\n" : std::string(1, c);
  return fmt::format("printf {} >{}", io::shell_word(text),
                     io::shell_word(record_file(job).string()));
}

void write_record(const io::BatchJob& job, const io::JobRecord& record) {
  try {
    io::replace_file_text(record_file(job), io::record_text(record));
  } catch (const Failure& failure) {
    throw Failure(
        ExitCode::files,
        fmt::format(
            "job {0} is queued, but this could not be noted: {1}. marrow status and another "
            "marrow submit do not know of it. Take it back ({2} {0}), or note it when that "
            "is possible again: {3}",
            record.id, failure.what(),
            record.scheduler == io::Scheduler::slurm ? "scancel" : "qdel",
            record_command(job, record)));
  }
}

void prepare_place(const io::BatchJob& job, const std::string& script) {
  std::error_code error;
  fs::create_directories(io::batch_directory(job.directory), error);
  if (error) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' cannot be created: {}", io::batch_directory(job.directory),
                              io::explain_errno(error.value())));
  }
  io::replace_file_text(io::script_path(job.directory), script);
  make_sure_of_record(job);
  for (const std::string& request : io::clear_stop_requests(job)) {
    std::cerr << fmt::format("removed {}, which would end the job before it begins\n", request);
  }
  // Jobs of single seeds are over, and this one takes their place.
  for (const std::string& directory : run_directories(job)) {
    if (job.seeds) fs::remove(fs::path(io::batch_directory(directory)) / "job", error);
  }
}

void queue_and_record(const io::BatchJob& job, const std::string& script) {
  prepare_place(job, script);
  io::leave_enclosing_job();
  const io::JobRecord record{job.scheduler, queue(job), job.seeds};
  std::cout << record.id << '\n' << std::flush;  // also if what follows fails
  write_record(job, record);
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
  const parallel::Decomposition possible(scenario.parameters.lattice(), io::ranks_of(job));
  job.memory_per_node_bytes =
      request.memory_per_node_bytes.value_or(memory_to_ask_for(scenario.parameters, job));
  check_job(job, run, scenario.parameters);
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
