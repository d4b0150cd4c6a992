// SPDX-License-Identifier: BSD-3-Clause
// Everything a run writes: directory, series, frames, checkpoints, provenance, status, progress.
// The one place that knows which output is due when, and what it means when one cannot be written.
#pragma once

#include "io/checkpoint/checkpoint.hpp"
#include "io/run/messages.hpp"
#include "io/run/progress.hpp"
#include "io/run/provenance.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/series.hpp"
#include "io/run/status.hpp"
#include "io/run/stop_conditions.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/ending.hpp"
#include "tools/marrow/event_output.hpp"
#include "tools/marrow/origin_of_state.hpp"
#include "tools/marrow/run_frames.hpp"
#include "tools/marrow/run_guard.hpp"
#include "tools/marrow/run_start.hpp"

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace marrow::tool {

class RunOutputs {
 public:
  /// Takes the directory over from `start`, which must outlive it. Collective, like all calls but
  /// those that only ask.
  RunOutputs(const parallel::Communicator& comm, const io::ScenarioFile& scenario, RunStart& start,
             const std::string& command_line, const io::Clock& clock, RunGuard& guard);

  /// Scenario, provenance, series and frames as they stand when the segment begins.
  void open(const parallel::Simulation& simulation);

  /// After each step: the series row and the frame that are due.
  void observe(const parallel::Simulation& simulation);

  /// That the run was asked to stop, and will.
  void announce_stop(const std::string& reason);

  [[nodiscard]] bool checkpoint_due(std::int64_t step) const;
  [[nodiscard]] bool is_saved(std::int64_t step) const { return last_good_checkpoint_ == step; }
  /// Returns the seconds it took. A checkpoint that fails is reported; three in a row throw
  /// Failure(files).
  double write_checkpoint(const parallel::Simulation& simulation);

  void show_progress(const parallel::Simulation& simulation,
                     const std::optional<io::WallDeadline>& deadline);

  /// The end of the segment in words and files. `stopped`: why it ended early, or nothing.
  ExitCode close(const parallel::Simulation& simulation, const std::optional<std::string>& stopped);
  void close_failed(const parallel::Simulation& simulation, const Failure& failure);

  [[nodiscard]] const io::RunPaths& paths() const { return paths_; }
  /// False, on the root, once another run has taken the directory.
  [[nodiscard]] bool owns_directory() const;

 private:
  void open_series(const parallel::Simulation& simulation);
  void begin_provenance(const parallel::Simulation& simulation,
                        const std::vector<io::HostRanks>& hosts);
  [[nodiscard]] std::optional<std::string> try_checkpoint(const parallel::Simulation& simulation);
  void write_row(const parallel::Simulation& simulation);
  /// While it runs; trouble is said once.
  void write_status(const parallel::Simulation& simulation);
  /// On the root. Why it could not be written, or empty.
  [[nodiscard]] std::string try_status(const parallel::Simulation& simulation, io::RunState state,
                                       const Ending& ending);
  void end_segment(const parallel::Simulation& simulation, const Ending& ending);
  [[nodiscard]] bool due(double every_h, std::int64_t step) const;
  /// Due because the run ends there, and not by its cadence: a longer run has nothing of that
  /// moment.
  [[nodiscard]] bool only_at_end(double every_h, std::int64_t step) const;
  /// Throws Failure(files) on every rank when another run has taken the directory.
  void require_directory();

  const parallel::Communicator& comm_;
  const io::ScenarioFile& scenario_;
  const StateOrigin& origin_;
  const io::Clock& clock_;
  RunGuard& guard_;
  std::string command_line_;
  io::RunPaths paths_;
  EventOutput events_;
  std::optional<io::RunDirectory> directory_;  // on the root; outlives the log, which asks for it
  std::unique_ptr<io::Messages> messages_;
  std::optional<io::SeriesWriter> series_;  // on the root
  RunFrames frames_;
  std::optional<io::Progress> progress_;
  std::optional<io::StatusFile> status_;
  std::optional<std::uint64_t> dense_digest_;   // of this rank's imported tissue, which stays
  std::vector<std::int64_t> distrusted_steps_;  // checkpoints that do not count as kept
  std::int64_t last_step_ = 0;
  std::optional<std::int64_t> last_good_checkpoint_;
  int failed_checkpoints_ = 0;
  std::set<std::string> told_;  // warnings of checkpoints and of status.json
  std::int64_t started_wall_s_ = 0;
  std::optional<std::int64_t> deadline_wall_s_;
  std::uint64_t digest_ = 0;
};

}  // namespace marrow::tool
