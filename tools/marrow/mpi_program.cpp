// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/mpi_program.hpp"

#include "io/checkpoint/hdf5.hpp"
#include "io/run/fault_plan.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/provenance.hpp"
#include "parallel/session.hpp"

#include <fmt/format.h>

#include <iostream>
#include <new>

namespace marrow::tool {
namespace {

/// After a failed HDF5 close the library crashes in MPI_Finalize: leave through MPI_Abort instead.
ExitCode leave(ExitCode code) {
  std::cout.flush();
  if (io::hdf5_poisoned()) parallel::Session::abort(static_cast<int>(code));
  return code;
}

}  // namespace

ExitCode under_mpi(int argument_count, char** arguments, const io::LimitRequest& request,
                   const std::function<ExitCode(MpiStart&)>& work) {
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
    const io::StartMark mark = io::start_mark(argument_count, arguments);
    io::require_same_start(comm, mark);
    io::RunLimits limits;
    comm.agree([&] { limits = io::run_limits(request, started_steady_s, clock); });
    MpiStart start{comm, limits, signals, clock, io::quoted_command_line(argument_count, arguments),
                   mark};
    return leave(work(start));
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
