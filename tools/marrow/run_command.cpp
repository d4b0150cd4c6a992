// SPDX-License-Identifier: BSD-3-Clause
// `marrow run`: MPI, the scenario on every rank, the run; and how all of it ends.

#include "io/checkpoint/hdf5.hpp"
#include "io/run/fault_plan.hpp"
#include "io/run/messages.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/provenance.hpp"
#include "io/run/same_start.hpp"
#include "io/run/stop_conditions.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/session.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/memory_check.hpp"
#include "tools/marrow/run_session.hpp"

#include <fmt/format.h>

#include <iostream>
#include <new>

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

/// After a failed HDF5 close the library crashes in MPI_Finalize: leave through MPI_Abort instead.
ExitCode leave(ExitCode code) {
  std::cout.flush();
  if (io::hdf5_poisoned()) parallel::Session::abort(static_cast<int>(code));
  return code;
}

}  // namespace

ExitCode run(const RunRequest& request, int argument_count, char** arguments) {
  const io::SystemClock clock;
  const double started_steady_s = clock.steady_s();  // MPI may take its time to start
  // Before MPI, which takes its time: a signal in the meantime is heeded at the first step.
  io::SignalStop signals;
  signals.keep_until_exit();
  io::FaultPlan::before_mpi().at("begin:mpi", io::FaultPlan::any_rank);
  parallel::Session mpi(argument_count, arguments);
  signals.take_signals();
  const parallel::Communicator comm(MPI_COMM_WORLD);
  try {
    io::StartMark mark = io::start_mark(argument_count, arguments);
    io::require_same_start(comm, mark);
    io::RunLimits limits;
    comm.agree([&] {
      limits = io::run_limits({request.stop_at, request.max_walltime, request.watchdog},
                              started_steady_s, clock);
    });
    const io::ScenarioFile scenario = read_scenario(comm, request);
    mark.scenario = scenario.fingerprint;
    io::require_same_start(comm, mark);
    require_memory(comm, scenario.parameters);
    return leave(run_scenario(comm, scenario, request, limits,
                              io::quoted_command_line(argument_count, arguments), signals, clock));
  } catch (const Failure& failure) {
    // By convention a Failure is thrown on every rank alike; anything else leaves the others
    // waiting.
    if (comm.is_root()) {
      const std::string text = failure.what();
      std::cerr << (failure.code() == ExitCode::scenario && text.ends_with('\n') ? "" : "marrow: ")
                << text << (text.ends_with('\n') ? "" : "\n");
    }
    return leave(failure.code());
  } catch (const std::bad_alloc&) {
    std::cerr << fmt::format(
        "marrow: rank {} on {}: not enough memory: a smaller 'domain.size', or more nodes with "
        "fewer "
        "ranks on each\n",
        comm.rank(), io::this_host());
    parallel::Session::abort(static_cast<int>(ExitCode::files));
  } catch (const std::exception& error) {
    std::cerr << fmt::format("marrow: rank {} on {}: internal error: {}\n", comm.rank(),
                             io::this_host(), error.what());
    parallel::Session::abort(static_cast<int>(ExitCode::internal_error));
  }
}

}  // namespace marrow::tool
