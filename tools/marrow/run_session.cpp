// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_session.hpp"

#include "io/run/messages.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/run_directory.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/origin_of_state.hpp"
#include "tools/marrow/run_guard.hpp"
#include "tools/marrow/run_outputs.hpp"
#include "tools/marrow/setup_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <unistd.h>
#include <utility>

namespace marrow::tool {
namespace {

std::int64_t hours(double h) { return static_cast<std::int64_t>(std::llround(h)); }

/// All reasons to stop early, asked once per step; every rank gets the same answer.
class StopWatch {
 public:
  StopWatch(const parallel::Communicator& comm, const RunRequest& request,
            const io::RunPaths& paths, io::SignalStop& signals, const io::Clock& clock)
      : comm_(comm), signals_(signals), files_(paths, clock) {
    if (!request.max_walltime.empty()) {
      set_deadline(clock.steady_s() + io::parse_duration_s(request.max_walltime), clock);
    }
    if (request.stop_at.empty()) return;
    const io::StopAt stop = io::parse_stop_at(request.stop_at, clock.wall_s());
    if (stop.simulated_days) end_.emplace(*stop.simulated_days, 1.0 / 24.0);
    if (stop.wall_s) set_deadline(io::steady_time_of(*stop.wall_s, clock), clock);
  }

  std::optional<io::WallDeadline>& deadline() { return deadline_; }

  io::StopVerdict ask(std::int64_t step) {
    io::StopVerdict mine = signals_.poll();
    if (comm_.is_root()) {
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
  void set_deadline(double steady_s, const io::Clock& clock) {
    constexpr double expected_checkpoint_s = 5.0;
    if (!deadline_ || steady_s < deadline_steady_s_) {
      deadline_.emplace(steady_s, expected_checkpoint_s, clock);
      deadline_steady_s_ = steady_s;
    }
  }

  const parallel::Communicator& comm_;
  io::SignalStop& signals_;
  io::RequestFiles files_;
  std::optional<io::WallDeadline> deadline_;
  double deadline_steady_s_ = 0.0;
  std::optional<io::SimulatedEnd> end_;
};

std::string directory_of(const RunRequest& request, const io::ScenarioFile& scenario) {
  return request.output.empty() ? "runs/" + scenario.parameters.scenario.name : request.output;
}

/// Builds the simulation in the state that the run begins with.
std::unique_ptr<parallel::Simulation> begin(const parallel::Communicator& comm,
                                            const io::ScenarioFile& scenario, StateOrigin& origin) {
  const std::optional<ImportedTissue> image = find_tissue(comm, scenario, origin, origin.notes);
  auto simulation =
      std::make_unique<parallel::Simulation>(comm, scenario.parameters, image ? &*image : nullptr);
  if (!origin.checkpoint) {
    simulation->start();
    return simulation;
  }
  const io::Manifest& manifest = origin.checkpoint->manifest;
  if (manifest.tissue.hash != simulation->tissue().hash) {
    throw Failure(
        ExitCode::no_usable_checkpoint,
        fmt::format("{} was written over another tissue than this program makes from the same "
                    "scenario (program {}): continue it with that version",
                    origin.checkpoint->directory.string(), manifest.code_version));
  }
  simulation->restore(
      io::columns_for(comm, *origin.checkpoint, [&](const FieldSpec& field, std::uint64_t index) {
        return field.index == "block" ? simulation->owner_of_block(index)
                                      : simulation->owner_of_site(index);
      }));
  return simulation;
}

/// 0: no watchdog.
double watchdog_limit_s(const std::string& text) {
  constexpr double longest_s = 1e8;  // three years; longer waits would overflow the clock
  return text == "off" ? 0.0 : std::min(io::parse_duration_s(text), longest_s);
}

/// Once a day, before anything of the day is written.
void check_health_when_due(parallel::Simulation& simulation, RunGuard& guard) {
  const std::int64_t step = simulation.state().step;
  if (const auto how = guard.spoils("step:" + std::to_string(step))) simulation.spoil(*how);
  if (step % 24 == 0) simulation.check_health();
}

/// Advances the run until it is over or something asks to stop. Returns why it stopped, or nothing.
std::optional<std::string> advance(parallel::Simulation& simulation, RunOutputs& outputs,
                                   StopWatch& watch, RunGuard& guard, std::int64_t last_step,
                                   const io::Clock& clock) {
  while (simulation.state().step < last_step) {
    const double began = clock.steady_s();
    guard.pass("step:" + std::to_string(simulation.state().step));
    simulation.step();
    check_health_when_due(simulation, guard);
    outputs.observe(simulation);
    const io::StopVerdict verdict = watch.ask(simulation.state().step);
    if (watch.deadline()) watch.deadline()->step_took(clock.steady_s() - began);
    const bool stop = verdict.decision == io::StopDecision::stop;
    const bool over = simulation.state().step == last_step;
    if (stop || over || verdict.decision == io::StopDecision::checkpoint ||
        outputs.checkpoint_due(simulation.state().step)) {
      const double seconds = outputs.write_checkpoint(simulation);
      if (watch.deadline()) watch.deadline()->checkpoint_took(seconds);
    }
    outputs.show_progress(simulation, watch.deadline());
    if (stop && !over) return verdict.reason;
  }
  return std::nullopt;
}

}  // namespace

ExitCode run_scenario(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                      const RunRequest& request, const std::string& command_line,
                      io::SignalStop& signals, const io::Clock& clock) {
  const std::string directory_name = directory_of(request, scenario);
  const double watchdog_s = watchdog_limit_s(request.watchdog);
  io::FaultPlan faults = io::FaultPlan::from_environment();
  StateOrigin origin = find_origin(comm, scenario, request, directory_name);
  const std::int64_t last_step = hours(scenario.parameters.run.duration_h);
  if (origin.checkpoint && !origin.branched && origin.checkpoint->manifest.step >= last_step) {
    if (comm.is_root()) {
      fmt::print(stderr, "{} is finished: it stands at hour {} of {}. Nothing to do.\n",
                 directory_name, origin.checkpoint->manifest.step, last_step);
    }
    return ExitCode::finished;
  }
  comm.agree([&] {
    if (comm.is_root()) io::check_place(directory_name);
  });
  const auto simulation = begin(comm, scenario, origin);

  RunGuard guard(comm.rank(), io::this_host(), watchdog_s, std::move(faults));
  RunOutputs outputs(comm, scenario, request, directory_name, command_line, origin, clock, guard);
  outputs.open(*simulation);
  StopWatch watch(comm, request, outputs.paths(), signals, clock);
  try {
    const auto stopped = advance(*simulation, outputs, watch, guard, last_step, clock);
    return outputs.close(*simulation, stopped);
  } catch (const Failure& failure) {
    outputs.close_failed(*simulation, failure);
    throw;
  }
}

}  // namespace marrow::tool
