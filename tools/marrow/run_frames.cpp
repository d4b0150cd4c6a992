// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/run_frames.hpp"

#include "tools/marrow/frame_output.hpp"

namespace marrow::tool {

void RunFrames::open(const io::RunPaths& paths, const parallel::Simulation& simulation,
                     std::uint64_t digest, const StateOrigin& origin) {
  const bool continued = origin.checkpoint && !origin.branched;
  // Those of later moments are written again.
  if (continued) lost_ = origin.checkpoint->manifest.frames_lost;
  const Parameters& parameters = simulation.model().parameters;
  if (parameters.output.frames.every_h <= 0.0) return;
  writer_.emplace(comm_, paths.frames(), parameters.output.frames, simulation.model().lattice,
                  frame_labels(parameters));
  if (continued) {
    const io::FrameResult cut = writer_->cut_back(simulation.state().step);
    if (!cut.ok()) messages_.warn("later frames were not taken away: " + cut.failure);
  }
  static_lost_ = say(write_static_frames(*writer_, simulation, digest,
                                         continued ? StaticFrames::missing : StaticFrames::all));
}

void RunFrames::write(const parallel::Simulation& simulation, std::uint64_t digest) {
  lost_ += say(write_moving_frames(*writer_, simulation, digest));
}

std::int64_t RunFrames::say(const std::vector<std::string>& failures) {
  for (const std::string& failure : failures) messages_.warn("frame dropped: " + failure);
  return std::ssize(failures);
}

}  // namespace marrow::tool
