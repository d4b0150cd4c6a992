// SPDX-License-Identifier: BSD-3-Clause
// The frames of a run: begun or continued, written, and counted when they could not be. Which is
// due when is not known here.
#pragma once

#include "io/run/messages.hpp"
#include "io/run/run_paths.hpp"
#include "io/vtk/frame_writer.hpp"
#include "parallel/communicator.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/origin_of_state.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

class RunFrames {
 public:
  /// All three must outlive it. Nothing is looked at yet.
  RunFrames(const parallel::Communicator& comm, io::Messages& messages, const StateOrigin& origin);

  /// A fresh series with its static frames; or that of the run that goes on: frames of moments that
  /// are still to come go, whether the scenario asks for frames now or not; static ones that are
  /// missing are written. Collective, as all calls are.
  void open(const io::RunPaths& paths, const parallel::Simulation& simulation,
            std::uint64_t digest);

  /// Whether the scenario asks for frames.
  [[nodiscard]] bool wanted() const { return writer_.has_value(); }
  void write(const parallel::Simulation& simulation, std::uint64_t digest);

  /// Of moments up to now, in this segment and before: they will not be written again.
  [[nodiscard]] std::int64_t lost_for_good() const { return lost_; }
  /// These, and the static ones, which each start tries again.
  [[nodiscard]] std::int64_t lost() const { return lost_ + static_lost_; }

 private:
  void cut_back(const io::RunPaths& paths, const parallel::Simulation& simulation);
  std::int64_t say(const std::vector<std::string>& failures);

  const parallel::Communicator& comm_;
  io::Messages& messages_;
  const StateOrigin& origin_;
  std::optional<io::FrameWriter> writer_;
  std::int64_t lost_ = 0;
  std::int64_t static_lost_ = 0;
};

}  // namespace marrow::tool
