// SPDX-License-Identifier: BSD-3-Clause
// Hands the state of a simulation to the frame writer as plain values: what a picture shows of it.
#pragma once

#include "io/vtk/frame_writer.hpp"
#include "parallel/simulation.hpp"

#include <vector>

namespace marrow::tool {

/// What legends name: the scenario and its clones.
io::FrameLabels frame_labels(const Parameters& parameters);

/// The static frames: tissue and niches. Returns the failures, empty when all were written.
/// Collective.
std::vector<std::string> write_static_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest);

/// The frames of this moment: cells and block fields, as far as the scenario asks for them.
/// Collective.
std::vector<std::string> write_moving_frames(io::FrameWriter& writer,
                                             const parallel::Simulation& simulation,
                                             std::uint64_t digest);

}  // namespace marrow::tool
