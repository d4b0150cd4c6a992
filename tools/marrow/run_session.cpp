// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_session.hpp"

#include "io/run/process_identity.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/hour_loop.hpp"
#include "tools/marrow/run_guard.hpp"
#include "tools/marrow/run_outputs.hpp"
#include "tools/marrow/run_start.hpp"

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

namespace marrow::tool {
namespace {

/// All reasons to stop early, asked once per step; every rank gets the same answer.
class StopWatch {
 public:
  StopWatch(const parallel::Communicator& comm, const io::RunLimits& limits,
            const RunOutputs& outputs, io::SignalStop& signals, const io::Clock& clock)
      : comm_(comm),
        signals_(signals),
        outputs_(outputs),
        clock_(clock),
        looked_s_(clock.steady_s()),
        files_(outputs.paths(), clock) {
    constexpr double expected_checkpoint_s = 5.0;
    if (limits.deadline_steady_s) {
      deadline_.emplace(*limits.deadline_steady_s, expected_checkpoint_s, clock);
    }
    if (limits.simulated_days) end_.emplace(*limits.simulated_days, 1.0 / 24.0);
  }

  std::optional<io::WallDeadline>& deadline() { return deadline_; }

  io::StopVerdict ask(std::int64_t step) {
    io::StopVerdict mine = signals_.poll();
    if (comm_.is_root() && has_lost_directory()) {
      mine = {io::StopDecision::stop, "the loss of its directory"};
    } else if (comm_.is_root()) {
      mine = io::combine(mine, files_.poll());
      if (deadline_) mine = io::combine(mine, deadline_->poll());
      if (end_) mine = io::combine(mine, end_->poll(step));
    }
    const auto all =
        static_cast<io::StopDecision>(comm_.max(static_cast<std::int64_t>(mine.decision)));
    if (all == io::StopDecision::go_on) return {};
    // A signal may have reached one rank alone: the first that wants what is done says why.
    const std::string reason = mine.decision == all ? mine.reason + '\n' : std::string();
    const auto reasons = comm_.all_gather(std::span<const char>(reason));
    return {all, {reasons.begin(), std::find(reasons.begin(), reasons.end(), '\n')}};
  }

 private:
  /// Looked for once a second. The checkpoint of this stop is then refused, and says who has it.
  bool has_lost_directory() {
    constexpr double interval_s = 1.0;
    if (clock_.steady_s() - looked_s_ < interval_s) return false;
    looked_s_ = clock_.steady_s();
    return !outputs_.owns_directory();
  }

  const parallel::Communicator& comm_;
  io::SignalStop& signals_;
  const RunOutputs& outputs_;
  const io::Clock& clock_;
  double looked_s_;
  io::RequestFiles files_;
  std::optional<io::WallDeadline> deadline_;
  std::optional<io::SimulatedEnd> end_;
};

/// Advances the run until it is over or something asks to stop. Returns why it stopped, or nothing.
std::optional<std::string> advance(parallel::Simulation& simulation, RunOutputs& outputs,
                                   StopWatch& watch, RunGuard& guard, std::int64_t last_step,
                                   const io::Clock& clock) {
  double began = clock.steady_s();
  return advance_hours(simulation, last_step, guard, [&]() -> std::optional<std::string> {
    outputs.observe(simulation);
    const io::StopVerdict verdict = watch.ask(simulation.state().step);
    if (watch.deadline()) watch.deadline()->step_took(clock.steady_s() - began);
    const bool stop = verdict.decision == io::StopDecision::stop;
    const bool over = simulation.state().step == last_step;
    if (stop && !over) outputs.announce_stop(verdict.reason);
    if (stop || over || verdict.decision == io::StopDecision::checkpoint ||
        outputs.checkpoint_due(simulation.state().step)) {
      double seconds = outputs.write_checkpoint(simulation);
      // The last one holds all that was computed since the one before: worth a second try.
      const bool last = (stop || over) && !outputs.is_saved(simulation.state().step);
      if (last) seconds += outputs.write_checkpoint(simulation);
      if (watch.deadline()) watch.deadline()->checkpoint_took(seconds);
    }
    outputs.show_progress(simulation, watch.deadline());
    began = clock.steady_s();
    if (stop && !over) return verdict.reason;
    return std::nullopt;
  });
}

}  // namespace

ExitCode run_scenario(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                      const RunRequest& request, const io::RunLimits& limits,
                      const std::string& command_line, io::SignalStop& signals,
                      const io::Clock& clock) {
  RunGuard guard(comm.rank(), io::this_host(), limits.watchdog_s,
                 io::FaultPlan::from_environment(comm.size()));
  RunStart start = start_run(comm, scenario, request, limits, guard);
  if (start.over) return *start.over;
  const std::unique_ptr<parallel::Simulation> simulation = std::move(start.simulation);
  RunOutputs outputs(comm, scenario, start, command_line, clock, guard);
  outputs.open(*simulation);
  StopWatch watch(comm, limits, outputs, signals, clock);
  try {
    const auto stopped = advance(*simulation, outputs, watch, guard, start.last_step, clock);
    return outputs.close(*simulation, stopped);
  } catch (const Failure& failure) {
    outputs.close_failed(*simulation, failure);
    throw;
  }
}

}  // namespace marrow::tool
