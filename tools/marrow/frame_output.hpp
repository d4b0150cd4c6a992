// SPDX-License-Identifier: BSD-3-Clause
// Hands the state of a simulation to the frame writer as plain values: what a picture shows of it.
#pragma once

#include "io/vtk/frame_writer.hpp"
#include "parallel/simulation.hpp"

#include <vector>

namespace marrow::tool {

/// What legends name: the scenario and its clones.
io::FrameLabels frame_labels(const Parameters& parameters);

/// The static frames, tissue and niches: all, or only those that are missing (frames were switched
/// on later, or had no room before). Returns the failures, empty when all were written. Collective.
enum class StaticFrames { all, missing };
std::vector<std::string> write_static_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest, StaticFrames which);

/// The frames of this moment: cells and block fields, as far as the scenario asks for them.
/// Collective.
std::vector<std::string> write_moving_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest);

}  // namespace marrow::tool
