// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_directory.hpp"

#include "core/model/failure.hpp"
#include "io/run/clock.hpp"
#include "io/run/file_calls.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <time.h>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace fs = std::filesystem;
namespace {

[[noreturn]] void fail(const fs::path& directory, const std::string& what) {
  throw Failure(ExitCode::files, fmt::format("run directory '{}' {}", directory.string(), what));
}

bool is_present(const fs::path& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

bool is_filled_directory(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error) && !fs::is_empty(path, error) && !error;
}

/// Partial checkpoints begin with a dot; finished ones are named step_....
bool holds_finished_checkpoint(const fs::path& checkpoints) {
  std::error_code error;
  for (fs::directory_iterator entry(checkpoints, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename().string().starts_with("step_")) return true;
  }
  return false;
}

void refuse_existing_run(const fs::path& directory, const DirectoryContents& found) {
  if (!found.holds_run()) return;
  fail(directory,
       fmt::format(
           "already holds a run ({}). Continue it with --resume, or choose another directory "
           "with -o; nothing was changed",
           joined(found.run_files)));
}

/// A run does not go on where a cohort is, nor the other way round.
void refuse_other_tenant(const fs::path& directory, const DirectoryContents& found, Tenant tenant) {
  const bool holds_cohort = is_present(RunPaths(directory).cohort());
  if (!found.holds_run() || holds_cohort == (tenant == Tenant::cohort)) return;
  fail(directory, fmt::format("holds a {}, not a {}: choose another directory with -o; nothing was "
                              "changed",
                              holds_cohort ? "cohort" : "run", holds_cohort ? "run" : "cohort"));
}

/// Directories that prepare creates; they vanish again unless kept. Removal never touches content.
class CreatedDirectories {
 public:
  CreatedDirectories() = default;
  CreatedDirectories(const CreatedDirectories&) = delete;
  CreatedDirectories& operator=(const CreatedDirectories&) = delete;
  ~CreatedDirectories() {
    if (kept_) return;
    for (auto path = paths_.rbegin(); path != paths_.rend(); ++path) ::rmdir(path->c_str());
  }
  void create(const fs::path& path) {
    std::error_code error;
    const fs::path parent = path.parent_path();
    if (!parent.empty() && parent != path && !fs::exists(parent, error)) create(parent);
    if (fs::is_directory(path, error)) return;
    if (fs::exists(path, error)) {
      fail(path, "cannot be created: a file of this name exists. Choose another directory with -o");
    }
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) {
      fail(path, fmt::format("cannot be created: {}", explain_errno(errno)));
    }
    paths_.push_back(path);
    // A checkpoint in a directory whose name is lost in a power cut would be lost with it.
    const int trouble = flush_directory(parent.empty() ? fs::path(".") : parent);
    if (trouble != 0) {
      fail(path, fmt::format("cannot be made lasting: {}", explain_errno(trouble)));
    }
  }
  void keep() { kept_ = true; }

 private:
  std::vector<fs::path> paths_;
  bool kept_ = false;
};

/// Writes, flushes and removes a small file: permissions alone do not show full disks and quotas.
void check_writable(const fs::path& directory) {
  const fs::path probe =
      directory / fmt::format("{}probe-{}{}", temporary_prefix, ::getpid(), temporary_suffix);
  int error = 0;
  {
    const FileDescriptor opened = open_file(probe, O_WRONLY | O_CREAT | O_TRUNC);
    if (!opened.is_open()) {
      error = errno;
    } else {
      const std::string content(4096, 'x');
      error = write_at(system_file_calls(), opened.number(), content, 0).error;
      if (error == 0) error = flush_to_disk(system_file_calls(), opened.number());
    }
  }
  ::unlink(probe.c_str());
  if (error != 0) fail(directory, fmt::format("cannot be written: {}", explain_errno(error)));
}

/// Files a killed process left half-written under temporary names.
void remove_leftovers(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(temporary_prefix) && name.ends_with(temporary_suffix)) {
      leftovers.push_back(entry->path());
    }
  }
  for (const fs::path& leftover : leftovers) ::unlink(leftover.c_str());
}

constexpr std::int64_t ns_per_s = 1000000000;

std::int64_t in_ns(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * ns_per_s + time.tv_nsec;
}

/// A STOP file addresses the process that was running; the next start must not obey it at once. One
/// that was made since this process began, in its set-up, is meant for it.
void remove_old_requests(const RunPaths& paths, std::int64_t started_ns,
                         std::vector<std::string>& notes) {
  for (const fs::path& request : {paths.stop_request(), paths.checkpoint_request()}) {
    struct stat found {};
    if (::lstat(request.c_str(), &found) != 0 || in_ns(found.st_mtim) > started_ns) continue;
    if (::unlink(request.c_str()) == 0) {
      notes.push_back(fmt::format("the file {} of an earlier request was removed",
                                  request.filename().string()));
    }
  }
}

fs::path cleaned(const fs::path& directory) {
  if (directory.empty()) {
    throw Failure(ExitCode::command_line, "the run directory has an empty name: give one with -o");
  }
  const fs::path normal = directory.lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

DirectoryContents look_at(const fs::path& directory) {
  DirectoryContents found;
  std::error_code error;
  found.exists = fs::is_directory(directory, error);
  if (!found.exists) return found;
  const RunPaths paths(directory);
  for (const fs::path& file :
       {paths.scenario(), paths.effective_scenario(), paths.provenance(), paths.log(),
        paths.status(), paths.series(), paths.events(), paths.phylogeny(), paths.report(),
        paths.cohort(), paths.table_csv(), paths.table_h5()}) {
    if (is_present(file)) found.run_files.push_back(file.filename().string());
  }
  for (const fs::path& folder : {paths.frames(), paths.checkpoints()}) {
    if (is_filled_directory(folder)) found.run_files.push_back(folder.filename().string());
  }
  found.has_checkpoints = holds_finished_checkpoint(paths.checkpoints());
  return found;
}

void check_place(const fs::path& directory) {
  const fs::path root = cleaned(directory);
  CreatedDirectories created;  // and removed again
  created.create(root);
  check_writable(root);
}

void refuse_foreign_results(const fs::path& directory) {
  const DirectoryContents found = look_at(directory);
  const RunPaths paths(directory);
  if (found.has_checkpoints || is_present(paths.provenance()) || is_present(paths.status())) return;
  for (const fs::path& result : {paths.events(), paths.phylogeny()}) {
    if (!is_present(result)) continue;
    fail(directory,
         fmt::format("holds {}, but neither provenance.json nor status.json nor a checkpoint: this "
                     "is no run that could be continued. Choose another directory with -o; nothing "
                     "was changed",
                     result.filename().string()));
  }
}

std::int64_t file_time_now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return in_ns(now);
}

RunDirectory RunDirectory::prepare(const fs::path& directory, OpenMode mode, LockPolicy policy,
                                   const ProcessIdentity& self, std::int64_t started_ns,
                                   Tenant tenant) {
  const fs::path root = cleaned(directory);
  if (mode == OpenMode::fresh) refuse_existing_run(root, look_at(root));
  refuse_other_tenant(root, look_at(root), tenant);
  CreatedDirectories created;
  created.create(root);
  check_writable(root);
  RunLock lock = RunLock::acquire(root, policy, self);
  // Only now is the answer final: another process may have run between the first look and the lock.
  DirectoryContents found = look_at(root);
  if (mode == OpenMode::fresh) refuse_existing_run(root, found);
  if (mode == OpenMode::resume && tenant == Tenant::run) refuse_foreign_results(root);
  RunPaths paths(root);
  if (tenant == Tenant::cohort) {
    created.create(paths.records());
  } else {
    created.create(paths.frames());
    created.create(paths.checkpoints());
  }
  std::vector<std::string> notes;
  if (!lock.note().empty()) notes.push_back(lock.note());
  remove_leftovers(root);
  remove_old_requests(paths, started_ns, notes);
  created.keep();
  return {std::move(paths), std::move(lock), std::move(found), std::move(notes)};
}

RunDirectory::RunDirectory(RunPaths paths, RunLock lock, DirectoryContents found,
                           std::vector<std::string> notes)
    : paths_(std::move(paths)),
      lock_(std::move(lock)),
      found_(std::move(found)),
      notes_(std::move(notes)) {}

void check_seen_by_all(const parallel::Communicator& comm, const fs::path& directory,
                       double patience_s) {
  const fs::path lock = RunPaths(directory).lock();
  comm.agree([&] {
    const SystemClock clock;
    const double give_up_s = clock.steady_s() + patience_s;
    std::error_code error;
    while (!fs::exists(lock, error)) {
      if (clock.steady_s() >= give_up_s) {
        fail(directory, fmt::format("is not visible from rank {} on host {}: use a directory on a "
                                    "file system that all nodes share",
                                    comm.rank(), this_host()));
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  });
}

}  // namespace marrow::io
