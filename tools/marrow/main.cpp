// SPDX-License-Identifier: BSD-3-Clause
// The command line. Parses, dispatches, turns what was thrown into a message and an exit code.

#include "io/scenario/registry.hpp"
#include "tools/marrow/commands.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <fcntl.h>
#include <functional>
#include <iostream>
#include <limits>
#include <unistd.h>

namespace {

using marrow::ExitCode;
using namespace marrow::tool;

constexpr const char* exit_codes =
    "Exit codes: 0 finished, 1 internal error, 2 command line, 3 scenario, 4 files or disk,\n"
    "5 no usable checkpoint, 6 model health, 9 no progress (watchdog), 10 compare found a\n"
    "difference, 75 stopped early with a good checkpoint (run again with --resume), 130 "
    "interrupted\n"
    "twice.";

/// An option that needs a value must not take the next option for it.
std::string looks_like_option(const std::string& value) {
  if (!value.starts_with("-")) return {};
  return "a value is missing before '" + value + "'";
}

/// An empty value says nothing, and is most often a variable that was not set.
std::string nothing_given(const std::string& value) {
  if (!value.empty()) return {};
  return "the value is empty: give one, or leave the option out";
}

/// A number without a unit counts bytes, which nobody means.
std::string bytes_only(const std::string& value) {
  const bool number = value.find_first_not_of("0123456789.") == std::string::npos;
  if (!number || value == "0" || value.size() > 7) return {};
  return value + " would be bytes: give a unit, such as 8GB";
}

/// A parameter or section of the registry, with or without list indices.
std::string no_such_parameter(const std::string& path) {
  if (path.starts_with("-")) return looks_like_option(path);
  const std::string plain = marrow::io::without_indices(path);
  const auto& registry = marrow::io::registry();
  const std::string as_list = plain.ends_with("[]") ? plain.substr(0, plain.size() - 2) : plain;
  if (registry.parameter(plain) != nullptr) return {};
  if (!as_list.empty() && registry.section(as_list) != nullptr) return {};
  const auto nearest = marrow::io::nearest_path(plain);
  return "there is no parameter '" + path + "'" +
         (nearest ? ": did you mean '" + *nearest + "'?" : std::string());
}

void add_run(CLI::App& app, RunRequest& r) {
  CLI::App* run = app.add_subcommand("run", "run a scenario (alone, or under mpirun or srun)");
  run->add_option("SCENARIO", r.scenario, "scenario file")->required();
  run->add_option("-o,--output", r.output, "run directory (default: runs/<scenario name>)");
  run->add_flag("--resume", r.resume, "continue from the last good checkpoint, if there is one");
  run->add_option("--branch", r.branch, "start a new run from this checkpoint");
  run->add_option("--set", r.overrides, "path=value: change a parameter of the scenario")
      ->allow_extra_args(false);
  run->add_option("--allow-change", r.allow_change,
                  "parameter or section that may differ from the checkpoint's scenario")
      ->allow_extra_args(false)
      ->check(CLI::Validator(no_such_parameter, ""));
  run->add_option("--stop-at", r.stop_at,
                  "stop with a checkpoint at a time of day (23:55) or of the simulation (400 d)");
  run->add_option("--watchdog", r.watchdog,
                  "end with exit code 9 after so long without progress, or 'off'")
      ->capture_default_str();
  run->add_option("--max-walltime", r.max_walltime, "stop with a checkpoint in time, e.g. 12h");
  run->add_flag("--break-lock", r.break_lock, "use a directory whose lock cannot be checked");
  for (CLI::Option* option : run->get_options()) {
    if (option->get_expected_min() > 0) option->check(CLI::Validator(looks_like_option, ""));
  }
}

void add_cohort(CLI::App& app, CohortRequest& r) {
  CLI::App* cohort =
      app.add_subcommand("cohort", "virtual patients in the arms of a trial: one table");
  cohort->add_option("COHORT", r.cohort, "cohort file")->required();
  cohort->add_option("-o,--output", r.output, "directory (default: cohorts/<cohort name>)");
  cohort->add_flag("--resume", r.resume, "go on with the patients that are not finished");
  cohort->add_option("--share", r.share, "K/N: only every Nth patient, from the Kth on");
  cohort->add_option("--show", r.show, "print the scenario of this patient instead")
      ->check(CLI::PositiveNumber);
  cohort->add_option("--arm", r.arm, "of --show (default: the first)");
  cohort->add_option("--stop-at", r.stop_at, "stop at a time of day (23:55)");
  cohort->add_option("--max-walltime", r.max_walltime, "stop in time, e.g. 12h");
  cohort
      ->add_option("--watchdog", r.watchdog,
                   "end with exit code 9 after so long without progress, or 'off'")
      ->capture_default_str();
  cohort->add_flag("--break-lock", r.break_lock, "use a directory whose lock cannot be checked");
  for (CLI::Option* option : cohort->get_options()) {
    if (option->get_expected_min() > 0) option->check(CLI::Validator(looks_like_option, ""));
  }
}

/// As transformations, which come before what else is asked of a value.
void refuse_empty_values(CLI::App& command) {
  for (CLI::Option* option : command.get_options()) {
    if (option->get_expected_min() > 0) option->transform(CLI::Validator(nothing_given, ""));
  }
}

void add_plan(CLI::App& app, PlanRequest& r, std::string& format) {
  CLI::App* plan = app.add_subcommand("plan", "memory, files and time that a run will need");
  plan->add_option("SCENARIO", r.scenario, "scenario file")->required();
  plan->add_option("--ranks", r.ranks, "ranks")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
      ->capture_default_str();
  plan->add_option("--ranks-per-node", r.ranks_per_node, "ranks on each node")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
      ->capture_default_str();
  plan->add_option("--memory-per-node", r.memory_per_node_bytes,
                   "what a node has, such as 256GB (default: as this machine); not 0, which only "
                   "submit takes, for no request")
      ->transform(CLI::AsSizeValue(true))
      ->transform(CLI::Validator(bytes_only, ""));
  plan->add_option("--time", r.time, "what one job may take: says how many jobs it will be");
  plan->add_option("--set", r.overrides, "path=value: change a parameter of the scenario")
      ->allow_extra_args(false);
  plan->add_flag("!--no-calibration", r.calibrate, "measure nothing and predict no time");
  plan->add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  refuse_empty_values(*plan);
}

void add_submit(CLI::App& app, SubmitRequest& r) {
  CLI::App* submit = app.add_subcommand("submit", "queue a job that runs a scenario to its end");
  submit->add_option("SCENARIO", r.scenario, "scenario file")->required();
  submit->add_option("-o,--output", r.output, "run directory (default: runs/<scenario name>)");
  submit->add_option("--nodes", r.nodes, "nodes")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
      ->capture_default_str();
  submit->add_option("--tasks-per-node", r.tasks_per_node, "ranks on each node")
      ->check(CLI::Range(1, std::numeric_limits<int>::max()))
      ->capture_default_str();
  submit
      ->add_option("--memory-per-node", r.memory_per_node_bytes,
                   "to ask for, such as 8GB, or 0 for no request (default: as plan predicts, and a "
                   "reserve)")
      ->transform(CLI::AsSizeValue(true))
      ->transform(CLI::Validator(bytes_only, ""));
  submit->add_option("--time", r.time, "what one job may take, e.g. 12:00:00 or 12h")->required();
  submit->add_option("--scheduler", r.scheduler, "slurm or pbs (default: the one that is there)")
      ->check(CLI::IsMember({"slurm", "pbs"}));
  submit->add_flag("--print", r.print, "show the script and queue nothing");
  submit->add_option("--set", r.overrides, "path=value: change a parameter of the scenario")
      ->allow_extra_args(false);
  submit->add_option("--seeds", r.seeds, "one run for each seed of a range such as 1-20");
  submit->add_option("--module", r.modules, "environment module to load")->allow_extra_args(false);
  submit->add_option("--setup", r.setup, "shell file to source before the run");
  submit->add_option("--launcher", r.launcher, "srun, mpirun, or detect (inside the job)")
      ->check(CLI::IsMember({"detect", "srun", "mpirun"}))
      ->capture_default_str();
  submit->add_option("--most-restarts", r.most_restarts, "times that the job may be queued again")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  submit
      ->add_option("--directive", r.directives,
                   "further line for the batch system, e.g. --directive=--account=me")
      ->allow_extra_args(false);
  submit
      ->add_option("--run-option", r.run_options,
                   "further option of marrow run, e.g. --run-option=--watchdog=off")
      ->allow_extra_args(false);
  refuse_empty_values(*submit);
}

/// What `marrow run` makes of the options that a job gives it: wrong ones are refused before they
/// wait in a queue.
RunRequest run_of_job(const SubmitRequest& job) {
  RunRequest r;
  CLI::App app;
  add_run(app, r);
  std::vector<std::string> last_first(job.run_options.rbegin(), job.run_options.rend());
  last_first.insert(last_first.end(), {job.scenario, "run"});
  const auto refuse = [](const std::string& why) {
    throw marrow::Failure(ExitCode::command_line,
                          "--run-option: marrow run would not start with these: " + why);
  };
  try {
    app.parse(last_first);
  } catch (const CLI::ParseError& error) {
    refuse(error.get_exit_code() == 0 ? "they only ask for help" : error.what());
  }
  for (const std::string& word : job.run_options) {
    if (word == "--") refuse("'--' would hide the options of the job itself");
  }
  r.overrides.insert(r.overrides.begin(), job.overrides.begin(), job.overrides.end());
  return r;
}

void add_biopsy(CLI::App& app, BiopsyRequest& r) {
  CLI::App* biopsy = app.add_subcommand(
      "biopsy", "cut a core out of a checkpoint, paint a stained section, count");
  biopsy->add_option("DIR", r.path, "run directory (newest checkpoint), checkpoint or state.h5")
      ->required();
  biopsy->add_option("--site", r.site,
                     "right- (default) or left-, posterior- or anterior-iliac-crest, random, or a "
                     "voxel x,y,z");
  biopsy->add_option("--direction", r.direction, "of the needle at a voxel (default 0,1,0)");
  biopsy->add_option("--needle", r.needle, "inner diameter")->capture_default_str();
  biopsy->add_option("--length", r.length, "of the core")->capture_default_str();
  biopsy->add_option("--stain", r.stains, "HE, CD34 or CD8; several with commas")
      ->delimiter(',')
      ->capture_default_str();
  biopsy->add_option("--resolution", r.resolution, "edge of a pixel")->capture_default_str();
  biopsy->add_option("--thickness", r.thickness, "of the section")->capture_default_str();
  biopsy
      ->add_option("--cores", r.cores,
                   "take so many at random, count, and report how they differ; no pictures")
      ->capture_default_str();
  biopsy->add_option("--seed", r.seed, "of random places")
      ->check([](const std::string& text) {  // "-1" would be read as 2^64 - 1
        return text.starts_with('-') ? "a whole number that is not negative is expected" : "";
      })
      ->capture_default_str();
  biopsy->add_option("-o,--output", r.output, "folder for the results (default: DIR/biopsy)");
}

/// Standard streams that the caller has closed lead to nowhere. Otherwise the next file that is
/// opened gets their number, and what is said goes into it.
void fill_standard_streams() {
  int file = 0;
  do {
    file = ::open("/dev/null", O_RDWR);
  } while (file >= 0 && file <= STDERR_FILENO);
  if (file >= 0) ::close(file);
}

/// What a command prints is its result, and may be lost on a full disk as any other.
ExitCode printed(ExitCode code) {
  std::cout.flush();
  if (std::cout) return code;
  std::cerr << "marrow: not all that was printed could be written: the disk is full, or what "
               "reads the standard output has closed it\n";
  return code == ExitCode::finished ? ExitCode::files : code;
}

ExitCode guarded(const std::function<ExitCode()>& command) {
  try {
    return command();
  } catch (const marrow::Failure& failure) {
    std::cerr << "marrow: " << failure.what() << '\n';
    return failure.code();
  } catch (const std::exception& error) {
    std::cerr << "marrow: internal error: " << error.what() << '\n';
    return ExitCode::internal_error;
  }
}

}  // namespace

int main(int argument_count, char** arguments) {
  fill_standard_streams();
  CLI::App app(
      "marrow: stem cells, T cells and protective clones in the bone marrow of aplastic anemia");
  app.footer(exit_codes);
  app.require_subcommand(1);

  RunRequest request;
  SubmitRequest job;
  PlanRequest planned;
  std::vector<std::string> scenarios;
  std::string format = "text";
  std::string parameter;
  std::string path;
  std::string other;
  bool deep = false;
  std::string patience = "5 min";
  add_run(app, request);
  CohortRequest patients;
  add_cohort(app, patients);
  add_plan(app, planned, format);
  add_submit(app, job);
  BiopsyRequest core;
  add_biopsy(app, core);
  CLI::App* check = app.add_subcommand("validate", "name every error of a scenario");
  check->add_option("SCENARIO", scenarios, "scenario files")->required();
  check->add_option("--set", request.overrides, "path=value: change a parameter first")
      ->allow_extra_args(false);
  check->add_option("--format", format, "text or json")->check(CLI::IsMember({"text", "json"}));
  app.add_subcommand("explain", "what a parameter means, its default, range and source")
      ->add_option("PARAMETER", parameter, "path such as hspc.stress_rate, or a section")
      ->required();
  app.add_subcommand("schema", "JSON schema of scenarios, for editors");
  app.add_subcommand("reference", "all parameters as Markdown");
  app.add_subcommand("info", "versions and build");
  app.add_subcommand("status", "how far a run is")
      ->add_option("DIR", path, "run directory")
      ->required();
  CLI::App* look = app.add_subcommand("inspect", "what is in a checkpoint or run, and is it valid");
  look->add_option("PATH", path, "run directory, checkpoint or state.h5")->required();
  look->add_flag(
      "--deep", deep,
      "read every value and recompute every digest, not only manifest, sizes and header");
  CLI::App* difference =
      app.add_subcommand("compare", "first difference between two runs or checkpoints");
  difference->add_option("A", path, "run directory, checkpoint or state.h5")->required();
  difference->add_option("B", other, "the other one")->required();
  for (CLI::App* reading : {look, difference}) {
    reading
        ->add_option("--patience", patience,
                     "give up when no part of a file could be read for so long")
        ->capture_default_str();
  }

  CLI::App* page =
      app.add_subcommand("report", "one HTML page about a run, or about two side by side");
  page->add_option("DIR", scenarios, "run directory, or two of them")->required()->expected(1, 2);
  page->add_option("-o,--output", path,
                   "file (default: DIR/report.html; of two runs: report_A_B.html)");

  try {
    app.parse(argument_count, arguments);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error, std::cout, std::cerr);
    return static_cast<int>(printed(asked_for_help ? ExitCode::finished : ExitCode::command_line));
  }
  const std::string name = app.get_subcommands().front()->get_name();
  const ExitCode code = guarded([&]() -> ExitCode {
    if (name == "run") return run(request, argument_count, arguments);
    planned.as_json = format == "json";
    if (name == "plan") return plan(planned);
    if (name == "submit") return submit(job, run_of_job(job));
    if (name == "biopsy") return biopsy(core);
    if (name == "cohort") return cohort(patients, argument_count, arguments);
    if (name == "validate") return validate(scenarios, request.overrides, format == "json");
    if (name == "explain") return explain(parameter);
    if (name == "schema") return schema();
    if (name == "reference") return reference();
    if (name == "info") return info();
    if (name == "status") return status(path);
    if (name == "inspect") return inspect(path, deep, patience);
    if (name == "report") return report(scenarios, path);
    return compare(path, other, patience);
  });
  return static_cast<int>(printed(code));
}
