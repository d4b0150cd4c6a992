// SPDX-License-Identifier: BSD-3-Clause
// One segment of a run: opens the run directory, starts or resumes the simulation, advances it to
// the end or to a reason to stop, and keeps every output true on the way.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/stop_conditions.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/communicator.hpp"
#include "tools/marrow/commands.hpp"

#include <optional>
#include <string>

namespace marrow::tool {

/// When a run must end, and how long it may be without progress, understood before anything is
/// created.
struct RunLimits {
  std::optional<double> deadline_steady_s;  // the earlier of --max-walltime and --stop-at
  std::optional<double> simulated_days;     // --stop-at
  double watchdog_s = 0.0;                  // 0: no watchdog
};

/// `started_steady_s`: when the program began; --max-walltime counts from there. Throws
/// Failure(command_line).
RunLimits run_limits(const RunRequest& request, double started_steady_s, const io::Clock& clock);

/// Collective. Throws Failure, on every rank alike, when the run cannot begin or cannot go on.
ExitCode run_scenario(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                      const RunRequest& request, const RunLimits& limits,
                      const std::string& command_line, io::SignalStop& signals,
                      const io::Clock& clock);

}  // namespace marrow::tool
