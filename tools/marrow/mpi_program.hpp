// SPDX-License-Identifier: BSD-3-Clause
// The frame of every command that uses MPI: start, limits, signals; and how all of it ends, on
// every rank alike.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/run_limits.hpp"
#include "io/run/same_start.hpp"
#include "io/run/stop_conditions.hpp"
#include "parallel/communicator.hpp"

#include <functional>
#include <string>

namespace marrow::tool {

/// What a command has once MPI runs and all ranks were found to be started alike.
struct MpiStart {
  const parallel::Communicator& comm;
  const io::RunLimits& limits;
  io::SignalStop& signals;
  const io::Clock& clock;
  std::string command_line;
  io::StartMark mark;

  /// Throws Failure(command_line) on every rank when they have read different things.
  void require_same_input(std::uint64_t fingerprint) {
    mark.scenario = fingerprint;
    io::require_same_start(comm, mark);
  }
};

/// Runs `work` under MPI; failures become messages and exit codes, what no rank can go on from ends
/// all of them.
ExitCode under_mpi(int argument_count, char** arguments, const io::LimitRequest& limits,
                   const std::function<ExitCode(MpiStart&)>& work);

}  // namespace marrow::tool
