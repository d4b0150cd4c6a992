// SPDX-License-Identifier: BSD-3-Clause
// The directory of one run: refuses what would overwrite another run, checks that it can be written
// before any work starts, creates it, locks it, and leaves nothing behind if one of these fails.
// Only rank 0 prepares; the other ranks check that they see it. Knows no scenario and no
// checkpoint.
#pragma once

#include "io/run/run_lock.hpp"
#include "io/run/run_paths.hpp"
#include "parallel/communicator.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

/// What is there, found without touching anything.
struct DirectoryContents {
  bool exists = false;
  std::vector<std::string> run_files;  // names of this program's files, in the order of RunPaths
  bool has_checkpoints = false;        // finished ones; whether they are usable is not known here

  [[nodiscard]] bool holds_run() const { return !run_files.empty(); }
};
[[nodiscard]] DirectoryContents look_at(const std::filesystem::path& directory);

/// Whether `prepare` would find a place to write, asked before long work: Failure(files) says why
/// not. Leaves nothing behind.
void check_place(const std::filesystem::path& directory);

/// Failure(files) when the directory holds files of the names of a run's results, but nothing by
/// which a run could be known: --resume would write over what is not its own.
void refuse_foreign_results(const std::filesystem::path& directory);

/// `fresh`: the directory must not hold a run. `resume`: it may hold one (--resume).
enum class OpenMode { fresh, resume };
/// What the directory is for: they do not share one.
enum class Tenant { run, cohort };

class RunDirectory {
 public:
  /// Failure(files) says why the directory cannot be used; then nothing was created or changed. Of
  /// the files STOP and CHECKPOINT those are removed that are older than this process, which has
  /// been running for `running_s`: later ones address it. Their age counts by the clock of the file
  /// system, whatever the clock here says.
  static RunDirectory prepare(const std::filesystem::path& directory, OpenMode mode,
                              LockPolicy policy, const ProcessIdentity& self = this_process(),
                              double running_s = 0.0, Tenant tenant = Tenant::run);

  [[nodiscard]] const RunPaths& paths() const { return paths_; }
  [[nodiscard]] const RunLock& lock() const { return lock_; }
  /// As found before this process wrote anything.
  [[nodiscard]] const DirectoryContents& found() const { return found_; }
  /// Sentences for the log: lock taken over, old requests removed.
  [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

 private:
  RunDirectory(RunPaths paths, RunLock lock, DirectoryContents found,
               std::vector<std::string> notes);

  RunPaths paths_;
  RunLock lock_;
  DirectoryContents found_;
  std::vector<std::string> notes_;
};

/// Collective: every rank looks for the LOCK file rank 0 has made, waiting up to `patience_s`
/// because network file systems show new names late. Failure(files) names the rank and host that
/// cannot see it.
void check_seen_by_all(const parallel::Communicator& comm, const std::filesystem::path& directory,
                       double patience_s = 30.0);

}  // namespace marrow::io
