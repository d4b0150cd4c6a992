// SPDX-License-Identifier: BSD-3-Clause
// Everything a cohort writes on rank 0: its directory with what was asked for, log, provenance,
// progress, status, and the tables at the end. Records are written by the groups that made them.
#pragma once

#include "io/cohort/cohort_file.hpp"
#include "io/cohort/records.hpp"
#include "io/run/clock.hpp"
#include "io/run/messages.hpp"
#include "io/run/progress.hpp"
#include "io/run/provenance.hpp"
#include "io/run/run_directory.hpp"
#include "io/run/status.hpp"
#include "io/run/stop_conditions.hpp"
#include "tools/marrow/commands.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

/// How a patient ended, as groups tell rank 0.
enum class PatientVerdict : std::int64_t { finished = 0, failed = 1, not_written = 2 };

/// The rows that this process is to make: all, or those of a share.
class CohortShare {
 public:
  /// `text`: "3/20", or empty for all. Throws Failure(command_line).
  explicit CohortShare(const std::string& text);
  [[nodiscard]] bool has(std::int64_t patient) const { return (patient - 1) % of_ == number_ - 1; }
  /// The directory of the share in that of the cohort.
  [[nodiscard]] std::string directory_in(const std::string& cohort) const;
  [[nodiscard]] bool whole() const { return of_ == 1; }

 private:
  std::int64_t number_ = 1;
  std::int64_t of_ = 1;
};

class CohortOutputs {
 public:
  /// Takes the directory. Throws Failure: files; scenario when it holds another cohort.
  CohortOutputs(const io::Cohort& cohort, const CohortShare& share, const CohortRequest& request,
                double started_steady_s, const io::Clock& clock);

  /// Rows that are there already, shares included.
  [[nodiscard]] const io::Records& records() const { return records_; }
  /// For the files of records that this start makes.
  [[nodiscard]] std::int64_t part() const { return part_; }
  [[nodiscard]] const io::RunPaths& paths() const { return paths_; }

  void open(const std::vector<io::HostRanks>& hosts, const std::string& command_line,
            std::int64_t groups);
  /// A patient of some group is done.
  void count(PatientVerdict verdict);
  void show_progress(const std::optional<io::WallDeadline>& deadline);
  void announce_stop(const std::string& reason);
  [[nodiscard]] bool owns_directory() const { return directory_->lock().is_held(); }

  /// Reads what is there now, and writes the tables when nothing is missing. `code`: of the stop,
  /// or finished.
  ExitCode close(ExitCode code, const std::optional<std::string>& stopped);
  void close_failed(const Failure& failure);

 private:
  void compare_with_earlier(const CohortRequest& request);
  void read_all_records();
  void write_tables();
  void write_status(io::RunState state, const std::string& message, ExitCode code);
  void end_segment(const std::string& reason, ExitCode code);
  [[nodiscard]] std::vector<std::string> comments() const;

  const io::Cohort& cohort_;
  const CohortShare& share_;
  const io::Clock& clock_;
  io::RunPaths paths_;
  std::optional<io::RunDirectory> directory_;
  io::Messages messages_;
  io::Records records_;
  std::optional<io::Progress> progress_;
  std::optional<io::StatusFile> status_;
  std::int64_t tasks_ = 0;  // of this share
  std::int64_t done_ = 0;
  std::int64_t failed_ = 0;
  std::int64_t unwritten_ = 0;
  std::int64_t part_ = 1;
  int ranks_ = 1;
  std::int64_t started_wall_s_ = 0;
  std::optional<std::int64_t> deadline_wall_s_;
};

}  // namespace marrow::tool
