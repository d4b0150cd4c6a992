// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_directory.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"
#include "io/file/files.hpp"
#include "io/run/clock.hpp"
#include "io/run/wording.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <thread>
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
  /// Again when another start, which only looked, took away what it had made.
  void create(const fs::path& path, int attempts_left = 10) {
    std::error_code error;
    const fs::path parent = path.parent_path();
    if (!parent.empty() && parent != path && !fs::exists(parent, error)) create(parent);
    if (fs::is_directory(path, error)) return;
    if (::mkdir(path.c_str(), 0777) != 0) {
      const int trouble = errno;
      if (fs::is_directory(path, error)) return;
      if (is_present(path)) {
        fail(path,
             "cannot be created: a file of this name exists. Choose another directory with -o");
      }
      const bool taken_away = trouble == ENOENT || trouble == EEXIST;
      if (taken_away && attempts_left > 0) return create(path, attempts_left - 1);
      fail(path, fmt::format("cannot be created: {}", explain_errno(trouble)));
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

constexpr std::int64_t ns_per_s = 1000000000;

std::int64_t in_ns(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * ns_per_s + time.tv_nsec;
}

/// A small file, written and flushed: permissions alone do not show full disks and quotas. While it
/// stands nobody takes the directory away.
class Foothold {
 public:
  /// Creates the directory, and again if another start, which only looked, took it away.
  Foothold(const fs::path& directory, CreatedDirectories& created)
      : probe_(directory /
               fmt::format("{}probe-{}{}", temporary_prefix, ::getpid(), temporary_suffix)) {
    constexpr int attempts = 10;
    int error = ENOENT;
    for (int attempt = 0; error == ENOENT && attempt < attempts; ++attempt) {
      created.create(directory);
      error = write();
    }
    if (error == 0) return;
    ::unlink(probe_.c_str());
    fail(directory, fmt::format("cannot be written: {}", explain_errno(error)));
  }
  ~Foothold() { ::unlink(probe_.c_str()); }
  Foothold(const Foothold&) = delete;
  Foothold& operator=(const Foothold&) = delete;

  /// The present by the clock that stamps files there, which may be another machine's.
  [[nodiscard]] std::int64_t made_ns() const { return made_ns_; }

 private:
  int write() {
    const FileDescriptor opened = open_file(probe_, O_WRONLY | O_CREAT | O_TRUNC);
    if (!opened.is_open()) return errno;
    const std::string content(4096, 'x');
    int error = write_at(system_file_calls(), opened.number(), content, 0).error;
    if (error == 0) error = flush_to_disk(system_file_calls(), opened.number());
    struct stat found {};
    if (error == 0 && ::fstat(opened.number(), &found) == 0) made_ns_ = in_ns(found.st_ctim);
    return error;
  }

  fs::path probe_;
  std::int64_t made_ns_ = 0;
};

/// Whether another process is just writing this temporary file: its number is in the name.
bool is_being_written(std::string name) {
  name.resize(name.size() - temporary_suffix.size());
  const std::size_t dash = name.rfind('-');
  pid_t writer = 0;
  const char* end = name.data() + name.size();
  if (dash == std::string::npos ||
      std::from_chars(name.data() + dash + 1, end, writer).ptr != end || writer <= 0) {
    return false;
  }
  return writer != ::getpid() && (::kill(writer, 0) == 0 || errno == EPERM);
}

/// Files a killed process left half-written under temporary names. Another start may be trying for
/// the lock at this moment: its files are no leftovers.
void remove_leftovers(const fs::path& directory) {
  std::error_code error;
  std::vector<fs::path> leftovers;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(temporary_prefix) && name.ends_with(temporary_suffix) &&
        !is_being_written(name)) {
      leftovers.push_back(entry->path());
    }
  }
  for (const fs::path& leftover : leftovers) ::unlink(leftover.c_str());
}

/// A STOP file addresses the process that was running; the next start must not obey it at once. One
/// that was made since this process began, in its set-up, is meant for it. When it was made is what
/// the file system says (ctime): its date can be anything.
void remove_old_requests(const RunPaths& paths, std::int64_t started_ns,
                         std::vector<std::string>& notes) {
  for (const fs::path& request : {paths.stop_request(), paths.checkpoint_request()}) {
    struct stat found {};
    if (::lstat(request.c_str(), &found) != 0 || in_ns(found.st_ctim) > started_ns) continue;
    const std::string name = request.filename().string();
    if (::unlink(request.c_str()) == 0) {
      notes.push_back(fmt::format("the file {} of an earlier request was removed", name));
    } else {
      notes.push_back(fmt::format(
          "the file {} of an earlier request cannot be removed, and this start will obey it: {}",
          request.string(), explain_errno(errno)));
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
  const Foothold foothold(root, created);
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

RunDirectory RunDirectory::prepare(const fs::path& directory, OpenMode mode, LockPolicy policy,
                                   const ProcessIdentity& self, double running_s, Tenant tenant) {
  const fs::path root = cleaned(directory);
  if (mode == OpenMode::fresh) refuse_existing_run(root, look_at(root));
  refuse_other_tenant(root, look_at(root), tenant);
  CreatedDirectories created;
  const Foothold foothold(root, created);
  // Files are stamped a few milliseconds late.
  constexpr double granularity_s = 0.02;
  const std::int64_t started_ns =
      foothold.made_ns() - std::llround((running_s - granularity_s) * double{ns_per_s});
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
