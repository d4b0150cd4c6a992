// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_session.hpp"

#include "io/run/file_calls.hpp"
#include "io/run/messages.hpp"
#include "io/run/process_identity.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/status.hpp"
#include "io/run/wording.hpp"
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
  StopWatch(const parallel::Communicator& comm, const RunLimits& limits, const io::RunPaths& paths,
            io::SignalStop& signals, const io::Clock& clock)
      : comm_(comm), signals_(signals), files_(paths, clock) {
    constexpr double expected_checkpoint_s = 5.0;
    if (limits.deadline_steady_s) {
      deadline_.emplace(*limits.deadline_steady_s, expected_checkpoint_s, clock);
    }
    if (limits.simulated_days) end_.emplace(*limits.simulated_days, 1.0 / 24.0);
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
  const parallel::Communicator& comm_;
  io::SignalStop& signals_;
  io::RequestFiles files_;
  std::optional<io::WallDeadline> deadline_;
  std::optional<io::SimulatedEnd> end_;
};

std::string directory_of(const RunRequest& request, const io::ScenarioFile& scenario) {
  return request.output.empty() ? "runs/" + scenario.parameters.scenario.name : request.output;
}

/// A checkpoint that verified, but whose state no simulation can go on from.
struct UnfitState : Failure {
  explicit UnfitState(const std::string& why) : Failure(ExitCode::no_usable_checkpoint, why) {}
};

/// Builds the simulation in the state that the run begins with.
std::unique_ptr<parallel::Simulation> begin(const parallel::Communicator& comm,
                                            const io::ScenarioFile& scenario, StateOrigin& origin,
                                            RunGuard& guard) {
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
  try {
    simulation->restore(
        io::columns_for(comm, *origin.checkpoint, [&](const FieldSpec& field, std::uint64_t index) {
          return field.index == "block" ? simulation->owner_of_block(index)
                                        : simulation->owner_of_site(index);
        }));
    if (const auto how = guard.spoils("begin:state")) simulation->spoil(*how);
    simulation->check_health();
  } catch (const Failure& failure) {
    throw UnfitState(failure.what());
  }
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

/// Frames that the run in the directory could not write, by its own account.
std::int64_t frames_lost(const std::string& directory) {
  try {
    return io::parse_status(io::read_file_text(io::RunPaths(directory).status())).outputs_lost;
  } catch (const Failure&) {
    return 0;
  }
}

/// When the state already stands where the scenario ends: says so, and how that leaves the run.
std::optional<ExitCode> nothing_to_do(const parallel::Communicator& comm, const StateOrigin& origin,
                                      const std::string& directory, std::int64_t last_step) {
  if (!origin.checkpoint || origin.checkpoint->manifest.step < last_step) return std::nullopt;
  const std::int64_t step = origin.checkpoint->manifest.step;
  std::int64_t lost = 0;
  if (comm.is_root() && origin.branched) {
    fmt::print(stderr,
               "{} stands at hour {}, the scenario ends at hour {}. Nothing to do: {} was not "
               "made. A longer run.duration goes on from there.\n",
               origin.checkpoint->directory.string(), step, last_step, directory);
  } else if (comm.is_root()) {
    lost = frames_lost(directory);
    fmt::print(stderr, "{} is finished: it stands at hour {} of {}. Nothing to do{}.\n", directory,
               step, last_step,
               lost == 0 ? ""
                         : fmt::format(", but {} could not be written: to have all, run the "
                                       "scenario again in another directory",
                                       io::counted(lost, "frame")));
  }
  return comm.max(lost) > 0 ? ExitCode::files : ExitCode::finished;
}

}  // namespace

RunLimits run_limits(const RunRequest& request, double started_steady_s, const io::Clock& clock) {
  RunLimits limits;
  limits.watchdog_s = watchdog_limit_s(request.watchdog);
  const auto end_by = [&](double steady_s) {
    limits.deadline_steady_s = std::min(limits.deadline_steady_s.value_or(steady_s), steady_s);
  };
  if (!request.max_walltime.empty()) {
    end_by(started_steady_s + io::parse_duration_s(request.max_walltime));
  }
  if (request.stop_at.empty()) return limits;
  const io::StopAt stop = io::parse_stop_at(request.stop_at, clock.wall_s());
  limits.simulated_days = stop.simulated_days;
  if (stop.wall_s) end_by(io::steady_time_of(*stop.wall_s, clock));
  return limits;
}

ExitCode run_scenario(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                      const RunRequest& request, const RunLimits& limits,
                      const std::string& command_line, io::SignalStop& signals,
                      const io::Clock& clock) {
  const std::string directory_name = directory_of(request, scenario);
  RunGuard guard(comm.rank(), io::this_host(), limits.watchdog_s,
                 io::FaultPlan::from_environment(comm.size()));
  guard.pass("begin:origin");
  StateOrigin origin = find_origin(comm, scenario, request, directory_name);
  const std::int64_t last_step = hours(scenario.parameters.run.duration_h);
  if (const auto code = nothing_to_do(comm, origin, directory_name, last_step)) return *code;
  comm.agree([&] {
    if (comm.is_root()) io::check_place(directory_name);
  });
  std::unique_ptr<parallel::Simulation> simulation;
  for (std::vector<io::Rejection> unfit; !simulation;) {
    guard.pass("begin:state");
    try {
      simulation = begin(comm, scenario, origin, guard);
    } catch (const UnfitState& failure) {
      if (origin.branched) throw;
      unfit.push_back({origin.checkpoint->directory, failure.what()});
      origin = find_origin(comm, scenario, request, directory_name, unfit);
    }
  }

  guard.pass("begin:outputs");
  RunOutputs outputs(comm, scenario, request, directory_name, command_line, origin, clock, guard);
  outputs.open(*simulation);
  StopWatch watch(comm, limits, outputs.paths(), signals, clock);
  try {
    const auto stopped = advance(*simulation, outputs, watch, guard, last_step, clock);
    return outputs.close(*simulation, stopped);
  } catch (const Failure& failure) {
    outputs.close_failed(*simulation, failure);
    throw;
  }
}

}  // namespace marrow::tool
