// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_start.hpp"

#include "io/file/files.hpp"
#include "io/run/clock.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/status.hpp"
#include "io/run/stop_conditions.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

namespace marrow::tool {
namespace {

std::int64_t hours(double h) { return static_cast<std::int64_t>(std::llround(h)); }

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

/// What the run in the directory says of itself; nothing when that cannot be read.
std::optional<io::RunStatus> account_of(const std::string& directory) {
  try {
    return io::parse_status(io::read_file_text(io::RunPaths(directory).status()));
  } catch (const Failure&) {
    return std::nullopt;
  }
}

/// What speaks against the files of the directory, where there is no log to tell it.
void say_notes(const StateOrigin& origin) {
  for (const std::string& note : origin.notes) fmt::print(stderr, "marrow: warning: {}\n", note);
}

/// The run of the directory came to its end, but could not write that down: it was killed after its
/// last checkpoint, or some results are of an earlier hour. Or one is missing that the state tells
/// anew.
bool has_open_end(const StateOrigin& origin, const std::optional<io::RunStatus>& told,
                  const io::RunPaths& paths, std::int64_t last_step) {
  if (!origin.continued() || origin.checkpoint->manifest.step != last_step) return false;
  std::error_code unknown;
  for (const std::filesystem::path& result : {paths.events(), paths.phylogeny()}) {
    if (!std::filesystem::exists(result, unknown) && !unknown) return true;
  }
  return told && (told->state == io::RunState::running || told->state == io::RunState::failed ||
                  !told->stale_files.empty());
}

void say_finished(const StateOrigin& origin, const std::string& directory, std::int64_t last_step,
                  std::int64_t lost) {
  say_notes(origin);
  const std::int64_t step = origin.checkpoint->manifest.step;
  if (origin.branched) {
    fmt::print(stderr,
               "{} stands at hour {}, the scenario ends at hour {}. Nothing to do: {} was not "
               "made. A longer run.duration goes on from there.\n",
               origin.checkpoint->directory.string(), step, last_step, directory);
    return;
  }
  fmt::print(stderr, "{} is finished: it stands at hour {} of {}. Nothing to do{}.\n", directory,
             step, last_step,
             lost == 0 ? ""
                       : fmt::format(", but {} could not be written: to have all, run the "
                                     "scenario again in another directory",
                                     io::counted(lost, "frame")));
}

/// When the state already stands where the scenario ends: says so, and how that leaves the run. A
/// run whose end is not written down is opened once more instead.
std::optional<ExitCode> nothing_to_do(const parallel::Communicator& comm, StateOrigin& origin,
                                      const std::string& directory, std::int64_t last_step) {
  if (!origin.checkpoint || origin.checkpoint->manifest.step < last_step) return std::nullopt;
  std::optional<io::RunStatus> told;
  if (comm.is_root() && !origin.branched) told = account_of(directory);
  const bool open_end =
      comm.is_root() && has_open_end(origin, told, io::RunPaths(directory), last_step);
  if (comm.max(open_end ? 1 : 0) == 1) {
    origin.notes.push_back(
        fmt::format("the run came to hour {} before, but its end was not written down, or results "
                    "of it are missing: that is done now",
                    last_step));
    return std::nullopt;
  }
  std::int64_t lost = 0;
  if (told) lost = std::max(told->outputs_lost, origin.checkpoint->manifest.frames_lost);
  if (!told && origin.continued()) lost = origin.checkpoint->manifest.frames_lost;
  if (comm.is_root()) say_finished(origin, directory, last_step, lost);
  return comm.max(lost) > 0 ? ExitCode::files : ExitCode::finished;
}

/// When the state already stands where --stop-at wants it: says so. Otherwise the same command,
/// given again and again, would go on by an hour each time.
std::optional<ExitCode> stop_reached(const parallel::Communicator& comm, const StateOrigin& origin,
                                     const std::string& directory, const io::RunLimits& limits) {
  if (!origin.checkpoint || !limits.simulated_days) return std::nullopt;
  const std::int64_t stop = io::SimulatedEnd(*limits.simulated_days, 1.0 / 24.0).step();
  const std::int64_t step = origin.checkpoint->manifest.step;
  if (step < stop) return std::nullopt;
  if (comm.is_root()) {
    say_notes(origin);
    fmt::print(
        stderr,
        "{} stands at hour {}, and --stop-at is hour {}. Nothing to do{}: a later --stop-at, "
        "or none, goes on from there.\n",
        origin.branched ? origin.checkpoint->directory.string() : directory, step, stop,
        origin.branched ? fmt::format(", {} was not made", directory) : "");
  }
  return ExitCode::stopped_early;
}

/// Chooses a state and builds it; checkpoints from which none can go on are passed over.
void build_state(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                 const RunRequest& request, const io::RunLimits& limits, RunGuard& guard,
                 RunStart& start) {
  const std::string& directory = start.directory_name;
  start.origin = find_origin(comm, scenario, request, directory);
  start.over = nothing_to_do(comm, start.origin, directory, start.last_step);
  if (!start.over) start.over = stop_reached(comm, start.origin, directory, limits);
  if (start.over) return;
  comm.agree([&] {
    if (!comm.is_root()) return;
    io::require_path_fits(directory);
    io::check_place(directory);
  });
  for (std::vector<io::Rejection> unfit; !start.simulation;) {
    guard.pass("begin:state");
    try {
      start.simulation = begin(comm, scenario, start.origin, guard);
    } catch (const UnfitState& failure) {
      if (start.origin.branched) throw;
      unfit.push_back({start.origin.checkpoint->directory, failure.what()});
      start.origin = find_origin(comm, scenario, request, directory, unfit);
    }
  }
}

/// All by which one sees that a run has gone on in the directory: the segments of its provenance,
/// its status, the length of its series, its checkpoints. On the root.
std::string course_of(const std::string& directory) {
  const io::RunPaths paths(directory);
  std::string course =
      io::read_file(paths.provenance()).value_or("") + io::read_file(paths.status()).value_or("");
  std::error_code unknown;
  course += std::to_string(std::filesystem::file_size(paths.series(), unknown));
  for (const io::CheckpointPlace& place : io::list_checkpoints(paths.checkpoints())) {
    course += ' ' + std::to_string(place.step);
  }
  return course;
}

void take_directory(const parallel::Communicator& comm, const RunRequest& request,
                    double started_steady_s, RunStart& start) {
  comm.agree([&] {
    if (!comm.is_root()) return;
    start.directory.emplace(io::RunDirectory::prepare(
        start.directory_name, request.resume ? io::OpenMode::resume : io::OpenMode::fresh,
        request.break_lock ? io::LockPolicy::break_unverifiable : io::LockPolicy::respect,
        io::this_process(), io::SystemClock().steady_s() - started_steady_s));
  });
  io::check_seen_by_all(comm, start.directory_name);
}

}  // namespace

RunStart start_run(const parallel::Communicator& comm, const io::ScenarioFile& scenario,
                   const RunRequest& request, const io::RunLimits& limits, RunGuard& guard) {
  RunStart start;
  start.directory_name = directory_of(request, scenario);
  start.last_step = hours(scenario.parameters.run.duration_h);
  guard.pass("begin:origin");
  std::string course;
  const auto look = [&] {
    std::string now;
    comm.agree([&] {
      if (comm.is_root()) now = course_of(start.directory_name);
    });
    return now;
  };
  course = look();
  build_state(comm, scenario, request, limits, guard, start);
  if (start.over) return start;
  guard.pass("begin:outputs");
  take_directory(comm, request, limits.started_steady_s, start);
  if (comm.max(look() != course ? 1 : 0) == 0) return start;
  // Another run has worked there since: its checkpoints are newer than what was chosen, and going
  // on from that would cut its results away. From here on nobody can.
  start.simulation.reset();
  build_state(comm, scenario, request, limits, guard, start);
  if (start.over) {
    start.directory.reset();
    return start;
  }
  start.origin.notes.push_back(fmt::format(
      "another run worked in {} while this one was being set up: looked again, and went "
      "on from what it had left",
      start.directory_name));
  return start;
}

}  // namespace marrow::tool
