// SPDX-License-Identifier: BSD-3-Clause
// The commands of the program, one function each. All return the exit code; data go to stdout,
// messages to stderr. Only `run` uses MPI.
#pragma once

#include "core/model/failure.hpp"

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

ExitCode run(const RunRequest& request, int argument_count, char** arguments);

ExitCode validate(const std::vector<std::string>& scenarios,
                  const std::vector<std::string>& overrides, bool as_json);
ExitCode explain(const std::string& parameter);
ExitCode schema();
ExitCode reference();
ExitCode info();
ExitCode status(const std::string& directory);
/// `patience`: give up when nothing could be read for so long.
ExitCode inspect(const std::string& path, bool deep, const std::string& patience);
ExitCode compare(const std::string& a, const std::string& b, const std::string& patience);

}  // namespace marrow::tool
