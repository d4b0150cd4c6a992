// SPDX-License-Identifier: BSD-3-Clause
// status.json: how far a run is, replaced atomically while it runs, and the truth about it
// afterwards: `marrow status` compares what the file says with what is known of the process. Knows
// no model.
#pragma once

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/process_identity.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

enum class RunState { running, finished, stopped, failed };

struct RunStatus {
  RunState state = RunState::running;
  std::string scenario;
  std::int64_t step = 0;
  std::int64_t steps_total = 0;
  double simulated_days = 0.0;
  double steps_per_s = 0.0;                          // 0: not known yet
  std::optional<double> eta_s;                       // not known yet, or over
  std::optional<std::int64_t> deadline_wall_s;       // when the job must have ended, if it must
  std::optional<std::int64_t> last_good_checkpoint;  // its step
  std::uint64_t digest = 0;
  double real_cells_per_niche = 0.0;  // the scale: stem cells of the patient per niche of the box
  std::int64_t outputs_lost = 0;      // frames that could not be written
  std::vector<std::string> stale_files;  // results that could not be brought up to the end
  std::int64_t rows_pending = 0;         // series rows kept in memory because the disk refuses them
  std::string health = "good";           // or what the health check found
  std::string message;                   // why it stopped or failed
  int exit_code = 0;
  // Of a cohort: steps are patients, one for each arm, and so many of them failed.
  std::optional<std::int64_t> patients_failed;
  int ranks = 1;
  ProcessIdentity process;
  std::int64_t started_wall_s = 0;
  std::int64_t updated_wall_s = 0;

  [[nodiscard]] double percent() const;
};

[[nodiscard]] std::string status_json(const RunStatus& status);
/// Failure(files) if the text is not a status file of this program.
[[nodiscard]] RunStatus parse_status(const std::string& json);

/// Why the run in `directory` must once have had a checkpoint, as the end of a sentence: by what
/// status.json says, or, when that cannot be read, because series.csv holds more than its first
/// row. Empty when it never had a good one.
[[nodiscard]] std::string trace_of_checkpoint(const std::filesystem::path& directory);

/// Why the run in `directory`, whose provenance.json does not tell, must have begun from a
/// checkpoint of another run: the first row of series.csv is not of hour 0. Otherwise empty.
[[nodiscard]] std::string trace_of_branch(const std::filesystem::path& directory);

/// Keeps status.json fresh at most every few seconds. A full disk does not stop the run: the file
/// then stays as it was, and `trouble` says why.
class StatusFile {
 public:
  StatusFile(std::filesystem::path file, const Clock& clock, double interval_s = 5.0);
  [[nodiscard]] bool due() const;
  /// Sets the time of the update and writes at once. False if it could not be written.
  bool write(RunStatus status);
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  std::filesystem::path file_;
  const Clock* clock_;
  double interval_s_;
  std::optional<double> last_written_s_;
  std::string trouble_;
};

/// What a batch system says of the job that works on a run directory. `queued`: it waits for its
/// start or for another one. `ending`: its processes end or have ended, and it may yet be queued
/// again. `over`: it will not run again.
enum class JobPhase { queued, running, ending, over, unknown };
struct JobState {
  JobPhase phase = JobPhase::unknown;
  std::string text;  // "Slurm job 1234 waits in the queue (Resources)"
};

/// What `marrow status DIR` prints, and its exit code: finished if there is a run to report on,
/// files if there is none.
struct StatusReport {
  ExitCode code = ExitCode::finished;
  std::string text;
};
[[nodiscard]] StatusReport report_status(const std::filesystem::path& directory, const Clock& clock,
                                         const ProcessIdentity& here = this_process(),
                                         const std::optional<JobState>& job = std::nullopt);

}  // namespace marrow::io
