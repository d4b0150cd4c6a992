// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_frames.hpp"

#include "core/model/failure.hpp"
#include "io/scenario/scenario_file.hpp"
#include "io/vtk/frame_series.hpp"
#include "tools/marrow/frame_output.hpp"

#include <cmath>
#include <string>

namespace marrow::tool {

RunFrames::RunFrames(const parallel::Communicator& comm, io::Messages& messages,
                     const StateOrigin& origin)
    : comm_(comm), messages_(messages), origin_(origin) {
  // Those of later moments are written again.
  if (origin.continued()) lost_ = origin.checkpoint->manifest.frames_lost;
}

void RunFrames::open(const io::RunPaths& paths, const parallel::Simulation& simulation,
                     std::uint64_t digest) {
  cut_back(paths, simulation);
  const Parameters& parameters = simulation.model().parameters;
  if (parameters.output.frames.every_h <= 0.0) return;
  writer_.emplace(comm_, paths.frames(), parameters.output.frames, simulation.model().lattice,
                  frame_labels(parameters));
  static_lost_ =
      say(write_static_frames(*writer_, simulation, digest,
                              origin_.continued() ? StaticFrames::missing : StaticFrames::all));
}

namespace {

/// Whether the frame of the hour was written because the run was to end there, and is not due now.
bool was_only_at_end(const StateOrigin& origin, const Parameters& now, std::int64_t step) {
  const auto off_cadence = [step](const Parameters& p) {
    const std::int64_t every = std::llround(p.output.frames.every_h);
    return every > 0 ? step % every != 0 : true;
  };
  if (step == std::llround(now.run.duration_h) || !off_cadence(now)) return false;
  const Parameters then =
      io::scenario_or_throw(io::read_scenario_text(origin.checkpoint->scenario_effective,
                                                   "the checkpoint's scenario"))
          .parameters;
  return then.output.frames.every_h > 0.0 && off_cadence(then);
}

}  // namespace

/// Frames of a course that was given up would stand among those of this one: also those of a start
/// that never came to a checkpoint.
void RunFrames::cut_back(const io::RunPaths& paths, const parallel::Simulation& simulation) {
  const std::int64_t step = simulation.state().step;
  const Parameters& now = simulation.model().parameters;
  try {
    comm_.agree([&] {
      if (!comm_.is_root()) return;
      const bool keeps = origin_.continued() && !was_only_at_end(origin_, now, step);
      io::cut_back_frames(paths.frames(), keeps ? step : step - 1);
    });
  } catch (const Failure& failure) {
    messages_.warn(std::string("later frames were not taken away: ") + failure.what());
  }
}

void RunFrames::write(const parallel::Simulation& simulation, std::uint64_t digest) {
  lost_ += say(write_moving_frames(*writer_, simulation, digest));
}

std::int64_t RunFrames::say(const std::vector<std::string>& failures) {
  for (const std::string& failure : failures) messages_.warn("frame dropped: " + failure);
  return std::ssize(failures);
}

}  // namespace marrow::tool
