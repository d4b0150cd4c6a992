// SPDX-License-Identifier: BSD-3-Clause
// One segment of a run: opens the run directory, starts or resumes the simulation, advances it to
// the end or to a reason to stop, and keeps every output true on the way.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/run_limits.hpp"
#include "io/run/stop_conditions.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/communicator.hpp"
#include "tools/marrow/commands.hpp"

#include <string>

namespace marrow::tool {

/// Collective. Throws Failure, on every rank alike, when the run cannot begin or cannot go on.
ExitCode run_scenario(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                      const RunRequest& request, const io::RunLimits& limits,
                      const std::string& command_line, io::SignalStop& signals,
                      const io::Clock& clock);

}  // namespace marrow::tool
