// SPDX-License-Identifier: BSD-3-Clause
// From a scenario to a simulation in a directory that is this run's alone: chooses the state,
// builds it, takes the directory, and makes sure that the choice still holds once nobody else can
// work there.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/run_limits.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/communicator.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/origin_of_state.hpp"
#include "tools/marrow/run_guard.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace marrow::tool {

struct RunStart {
  std::string directory_name;
  std::int64_t last_step = 0;
  std::optional<ExitCode> over;  // there is nothing to do, and it was said; the rest is empty
  StateOrigin origin;
  std::unique_ptr<parallel::Simulation> simulation;
  std::optional<io::RunDirectory> directory;  // on the root
};

/// Nothing is created when it fails, in a directory that held nothing. Throws Failure on every rank
/// alike. Collective.
RunStart start_run(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                   const RunRequest& request, const io::RunLimits& limits, RunGuard& guard);

}  // namespace marrow::tool
