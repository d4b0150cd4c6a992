// SPDX-License-Identifier: BSD-3-Clause
// `marrow run`: the scenario on every rank, then the run.

#include "io/scenario/scenario_file.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/memory_check.hpp"
#include "tools/marrow/mpi_program.hpp"
#include "tools/marrow/run_session.hpp"

namespace marrow::tool {
namespace {

/// Rank 0 reads the bytes once; every rank parses the same ones.
io::ScenarioFile read_scenario(const parallel::Communicator& comm, const RunRequest& request) {
  io::ScenarioBytes bytes;
  if (comm.is_root()) bytes = io::load_scenario_bytes(request.scenario);
  if (comm.max(static_cast<std::int64_t>(bytes.diagnostics.size())) > 0) {
    throw Failure(ExitCode::scenario, comm.is_root() ? io::render_all(bytes.diagnostics) : "");
  }
  comm.broadcast(bytes.text);
  return io::scenario_or_throw(
      io::read_scenario_text(bytes.text, request.scenario, request.overrides));
}

}  // namespace

ExitCode run(const RunRequest& request, int argument_count, char** arguments) {
  const io::LimitRequest limits{request.stop_at, request.max_walltime, request.watchdog};
  return under_mpi(argument_count, arguments, limits, [&](MpiStart& start) {
    const io::ScenarioFile scenario = read_scenario(start.comm, request);
    start.require_same_input(scenario.fingerprint);
    require_memory(start.comm, scenario.parameters);
    return run_scenario(start.comm, scenario, request, start.limits, start.command_line,
                        start.signals, start.clock);
  });
}

}  // namespace marrow::tool
