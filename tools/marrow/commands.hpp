// SPDX-License-Identifier: BSD-3-Clause
// The commands of the program, one function each. All return the exit code; data go to stdout,
// messages to stderr. Only `run` uses MPI.
#pragma once

#include "core/model/failure.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

struct RunRequest {
  std::string scenario;
  std::string output;  // empty: runs/<scenario name>
  bool resume = false;
  std::string branch;                     // checkpoint to start a new run from
  std::vector<std::string> overrides;     // --set path=value
  std::vector<std::string> allow_change;  // paths that may differ from the checkpoint
  std::string stop_at;
  std::string max_walltime;
  std::string watchdog = "30 min";  // time without progress that ends the run, or off
  bool break_lock = false;
};

struct CohortRequest {
  std::string cohort;
  std::string output;  // empty: cohorts/<cohort name>
  bool resume = false;
  std::string share;      // "3/20": every 20th patient; empty: all
  std::int64_t show = 0;  // print the scenario of this patient instead
  std::string arm;        // of `show`; empty: the first
  std::string stop_at;
  std::string max_walltime;
  std::string watchdog = "30 min";
  bool break_lock = false;
};

struct SubmitRequest {
  std::string scenario;
  std::string output;                    // empty: runs/<scenario name>
  std::vector<std::string> overrides;    // --set path=value
  std::vector<std::string> run_options;  // further options for `marrow run`
  std::string scheduler;                 // slurm, pbs, or empty: the one that is there
  std::string launcher = "detect";       // srun, mpirun or detect
  std::string time;                      // of one job
  std::string seeds;                     // "1-20": an array of runs; empty: one run
  std::string setup;                     // file to source before the run
  std::vector<std::string> modules;
  std::vector<std::string> directives;  // further ones for the batch system
  std::int64_t nodes = 1;
  std::int64_t tasks_per_node = 1;
  std::optional<std::uint64_t> memory_per_node_bytes;  // 0: ask for none; nothing: as predicted
  int most_restarts = 100;
  bool print = false;
};

struct PlanRequest {
  std::string scenario;
  std::vector<std::string> overrides;  // --set path=value
  int ranks = 1;
  int ranks_per_node = 64;
  std::optional<std::uint64_t> memory_per_node_bytes;  // nothing: that of this machine
  std::string time;                                    // of one job; empty: not known
  bool calibrate = true;
  bool as_json = false;
};

struct BiopsyRequest {
  std::string path;       // run directory, checkpoint or state.h5
  std::string site;       // a name, random, or a voxel "x,y,z"; empty: the usual place
  std::string direction;  // "x,y,z", with a voxel
  std::string needle = "2mm";
  std::string length = "20mm";
  std::string thickness = "3um";
  std::string resolution = "1um";  // of a pixel
  std::vector<std::string> stains = {"HE"};
  std::int64_t cores = 1;
  std::uint64_t seed = 1;  // of random places
  std::string output;      // folder; empty: <run>/biopsy
};

ExitCode run(const RunRequest& request, int argument_count, char** arguments);

ExitCode cohort(const CohortRequest& request, int argument_count, char** arguments);
/// Names every error of a cohort file.
ExitCode validate_cohort(const std::string& path);
/// Whether a directory is that of a cohort, and what is in it: rows, damage, tables.
bool is_cohort_directory(const std::string& path);
ExitCode inspect_cohort(const std::string& path);

ExitCode biopsy(const BiopsyRequest& request);

ExitCode validate(const std::vector<std::string>& scenarios,
                  const std::vector<std::string>& overrides, bool as_json);
ExitCode explain(const std::string& parameter);
ExitCode schema();
ExitCode reference();
ExitCode info();
ExitCode plan(const PlanRequest& request);
/// `run`: what `marrow run` makes of the words that the job gives it.
ExitCode submit(const SubmitRequest& request, const RunRequest& run);
ExitCode status(const std::string& directory);
/// `patience`: give up when nothing could be read for so long.
ExitCode inspect(const std::string& path, bool deep, const std::string& patience);
ExitCode compare(const std::string& a, const std::string& b, const std::string& patience);
/// `output` empty: report.html in the run directory, or for two runs report_A_B.html right here.
ExitCode report(const std::vector<std::string>& directories, const std::string& output);

}  // namespace marrow::tool
