// SPDX-License-Identifier: BSD-3-Clause
// The job script of a run for Slurm or PBS: one script that starts the run, continues it after
// every early stop, and gives up when going on would be in vain. Text only: queues nothing, touches
// no disk. The rules it follows are in tools/batch/README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

enum class Scheduler { slurm, pbs };

/// What starts the ranks. `detect`: srun where it offers PMIx, else mpirun; decided inside the job.
enum class Launcher { detect, srun, mpirun };

/// Seeds first..last, one run each, in directories seed_<n> of the job's directory.
struct SeedRange {
  std::int64_t first = 1;
  std::int64_t last = 1;
};

struct BatchJob {
  Scheduler scheduler = Scheduler::slurm;
  std::string name;
  std::string program;    // absolute path of marrow
  std::string scenario;   // absolute path
  std::string directory;  // absolute path of the run directory, or of the parent of the seeds' ones
  std::vector<std::string> run_options;  // passed on to `marrow run`, one word each
  std::int64_t nodes = 1;
  std::int64_t tasks_per_node = 1;
  std::uint64_t memory_per_node_bytes = 0;  // 0: none is asked for
  std::int64_t time_s = 0;  // what one job may take; batch systems count whole minutes
  int most_restarts = 100;
  Launcher launcher = Launcher::detect;
  std::vector<std::string> modules;     // for `module load`
  std::string setup;                    // absolute path of a file to source before, or empty
  std::vector<std::string> directives;  // further ones, as the batch system wants them
  std::optional<SeedRange> seeds;
};

/// Where the script, its output and the record of the job lie.
[[nodiscard]] std::string batch_directory(const std::string& run_directory);
[[nodiscard]] std::string script_path(const std::string& run_directory);

/// The whole script. Failure(command_line) for values that no script can hold.
[[nodiscard]] std::string batch_script(const BatchJob& job);

/// The memory to ask for on each node in MiB, rounded up: what batch systems call M or mb.
[[nodiscard]] std::uint64_t mebibytes_per_node(const BatchJob& job);

/// "12:00:00", as batch systems write times.
[[nodiscard]] std::string batch_time(std::int64_t seconds);

/// What one job may take, such as "12:00:00" or "12h", in whole seconds: a minute to ten years.
/// Failure(command_line) says what is accepted.
[[nodiscard]] std::int64_t parse_job_time_s(const std::string& text);

/// What a run keeps of a job to save its state in time, usually; more if checkpoints or steps take
/// long.
inline constexpr std::int64_t stop_reserve_s = 60;

/// A sentence about jobs of which that reserve is a large part; empty for longer ones.
[[nodiscard]] std::string short_job_warning(std::int64_t time_s);

/// Ranks of the job; Failure(command_line) for more than MPI can number.
[[nodiscard]] int ranks_of(const BatchJob& job);

/// "3-10" or "7". Failure(command_line) says what is accepted.
[[nodiscard]] SeedRange parse_seeds(const std::string& text);

}  // namespace marrow::io
