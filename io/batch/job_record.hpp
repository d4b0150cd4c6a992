// SPDX-License-Identifier: BSD-3-Clause
// Which batch job works on a run directory: a few lines of text in its folder batch/, written when
// the job is queued, and what the batch system says about that job now.
#pragma once

#include "io/batch/batch_script.hpp"
#include "io/run/status.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

struct JobRecord {
  Scheduler scheduler = Scheduler::slurm;
  std::string id;                  // "1234", of one element of an array "1234_7" or "1234[7]"
  std::optional<SeedRange> seeds;  // of an array: the directory holds one run per seed

  [[nodiscard]] JobRecord element(std::int64_t seed) const;
};

[[nodiscard]] std::string record_text(const JobRecord& record);
/// Nothing if the text is not a record.
[[nodiscard]] std::optional<JobRecord> parse_record(const std::string& text);

/// The job that was queued for this very directory, if any: that of an array is its parent's. The
/// array of one element by which PBS continues a seed is that element.
[[nodiscard]] std::optional<JobRecord> own_record(const std::filesystem::path& directory);

/// The job of a run directory, also if it is one seed of an array. Nothing if no job was queued.
[[nodiscard]] std::optional<JobRecord> find_record(const std::filesystem::path& run_directory);

/// Removes the files STOP that would end the job before it begins; returns their paths.
/// Failure(files) if one cannot be removed.
std::vector<std::string> clear_stop_requests(const BatchJob& job);

/// What `scontrol show job --oneliner` or `qstat -f` said, in words.
[[nodiscard]] JobState slurm_state(const JobRecord& record, const std::string& said);
[[nodiscard]] JobState pbs_state(const JobRecord& record, const std::string& said);

/// The state of one job, or of one element of an array, among several of which `qstat -t -f` spoke.
/// Those that PBS no longer lists are over.
[[nodiscard]] JobState pbs_state_among(const JobRecord& record, const std::string& said);

/// The fields of `scontrol show job --oneliner`: the value of NAME=value, or nothing.
[[nodiscard]] std::string slurm_field(const std::string& said, const std::string& name);

/// Asks the batch system, at most for a few seconds.
[[nodiscard]] JobState ask_scheduler(const JobRecord& record);

/// Drops the variables of the Slurm job that this process is in, which sbatch would take as options
/// and hand on; those that say where Slurm is stay.
void leave_enclosing_job();

/// What a shell command printed on stdout and stderr, and its exit code (127: no such program).
struct Answer {
  int code = 0;
  std::string text;
};
[[nodiscard]] Answer ask_shell(const std::string& command);

}  // namespace marrow::io
