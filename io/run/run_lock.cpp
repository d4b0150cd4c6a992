// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_lock.hpp"

#include "core/model/failure.hpp"
#include "io/file/file_calls.hpp"
#include "io/file/files.hpp"
#include "io/run/clock.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/wording.hpp"
#include "io/text/shell_words.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace marrow::io {
namespace {

struct Owner {
  ProcessIdentity process;
  std::string since;
};

std::optional<Owner> parse_owner(const std::string& content) {
  try {
    const nlohmann::json json = nlohmann::json::parse(content);
    return Owner{process_from_json(json.at("process")), json.at("since").get<std::string>()};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

/// "process 4242 (flock)": who holds a lock of flock(2) on an open file, as far as this machine
/// tells.
std::string holder_of_flock(int file) {
  struct stat found {};
  if (::fstat(file, &found) != 0) return "another program";
  const std::string place =
      fmt::format("{:02x}:{:02x}:{}", major(found.st_dev), minor(found.st_dev), found.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string number, kind, sort, access, process, where, rest;
       locks >> number >> kind >> sort >> access >> process >> where &&
       std::getline(locks, rest);) {
    if (kind != "FLOCK" || where != place) continue;
    std::string name;
    std::getline(std::ifstream("/proc/" + process + "/comm"), name);
    return fmt::format("process {}{}", process, name.empty() ? "" : " (" + name + ")");
  }
  return "another program";
}

/// Serialises the judgement of a lock among processes of one machine, which takes moments. Where
/// the file system cannot lock a directory, take_over still notices that somebody was faster.
FileDescriptor guard(const std::filesystem::path& directory) {
  constexpr auto pause = std::chrono::milliseconds(100);
  constexpr int tries = 30;
  FileDescriptor opened = open_file(directory, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open()) return opened;
  for (int attempt = 0; ::flock(opened.number(), LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (errno != EWOULDBLOCK && errno != EINTR) break;
    if (attempt == tries) {
      throw Failure(
          ExitCode::files,
          fmt::format(
              "'{}' is kept locked by {}, with flock(2) on the directory itself, so that it "
              "cannot be seen who works there. Wait until that ends; a script that calls "
              "flock around marrow must lock a file outside of the run directory",
              directory.string(), holder_of_flock(opened.number())));
    }
    std::this_thread::sleep_for(pause);
  }
  return opened;
}

/// Puts the complete LOCK file in place if there is none; false if there is one, or if another
/// start took the draft for a leftover. A hard link makes existence and content appear together,
/// also on NFS.
bool create_lock(const std::filesystem::path& file, const std::string& content) {
  const std::filesystem::path draft =
      file.parent_path() /
      fmt::format("{}LOCK-{}{}", temporary_prefix, ::getpid(), temporary_suffix);
  replace_file_text(draft, content);
  int error = ::link(draft.c_str(), file.c_str()) == 0 ? 0 : errno;
  if (error == EPERM || error == ENOTSUP || error == ENOSYS || error == EMLINK) {
    // A file system without hard links.
    const FileDescriptor opened = open_file(file, O_WRONLY | O_CREAT | O_EXCL);
    error =
        opened.is_open() ? write_at(system_file_calls(), opened.number(), content, 0).error : errno;
  }
  ::unlink(draft.c_str());
  if (error == 0) return true;
  if (error == EEXIST || error == ENOENT) return false;
  throw Failure(ExitCode::files,
                fmt::format("'{}' cannot be created: {}", file.string(), explain_errno(error)));
}

std::optional<std::string> read_lock(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return std::nullopt;
  if (std::filesystem::is_directory(file, error)) {
    throw Failure(ExitCode::files,
                  fmt::format("'{}' is a directory, where this program keeps a file that says who "
                              "works there: give it another name, or remove it",
                              file.string()));
  }
  try {
    return read_file_text(file);
  } catch (const Failure&) {
    if (!std::filesystem::exists(file, error)) return std::nullopt;  // released just now
    throw;
  }
}

/// Removes the lock that was judged, and only that one: if another process has replaced it in the
/// meantime, the newcomer's lock is put back.
void remove_judged_lock(const std::filesystem::path& file, const std::string& judged) {
  const std::filesystem::path aside =
      file.parent_path() /
      fmt::format("{}LOCK-old-{}{}", temporary_prefix, ::getpid(), temporary_suffix);
  if (::rename(file.c_str(), aside.c_str()) != 0) {
    if (errno == ENOENT) return;
    throw Failure(ExitCode::files,
                  fmt::format("'{}' cannot be removed: {}", file.string(), explain_errno(errno)));
  }
  if (read_file_text(aside) != judged) {
    const bool restored = ::link(aside.c_str(), file.c_str()) == 0 || errno == EEXIST;
    if (!restored) ::rename(aside.c_str(), file.c_str());
  }
  ::unlink(aside.c_str());
}

std::string last_sign_of_life(const std::filesystem::path& directory) {
  const RunPaths paths(directory);
  struct stat found {};
  for (const std::filesystem::path& file : {paths.status(), paths.lock()}) {
    if (::stat(file.c_str(), &found) != 0) continue;
    const std::int64_t age_s = SystemClock().wall_s() - found.st_mtime;
    return fmt::format("{} changed {} ago", file.filename().string(),
                       duration_text(static_cast<double>(age_s)));
  }
  return "none";
}

std::string scheduler_hint(const ProcessIdentity& owner) {
  if (owner.job.empty()) return fmt::format("look on host {}", owner.host);
  return fmt::format("look with squeue -j {0} or qstat {0}", shell_word(owner.job));
}

[[noreturn]] void refuse_live(const std::filesystem::path& directory, const Owner& owner) {
  throw Failure(
      ExitCode::files,
      fmt::format("'{}' is in use: {} has been running there since {}. Two runs in one directory "
                  "would destroy each other's results. Wait for it, stop it with a checkpoint "
                  "(touch {}), or choose another directory with -o",
                  directory.string(), describe(owner.process), owner.since,
                  shell_word(RunPaths(directory).stop_request().string())));
}

[[noreturn]] void refuse_unverifiable(const std::filesystem::path& directory, const Owner& owner,
                                      const std::string& why) {
  throw Failure(
      ExitCode::files,
      fmt::format("'{}' is locked by {} since {}: {}. Last sign of life: {}. If that run is over "
                  "({}), add --break-lock; if it still runs, two runs in one directory would "
                  "destroy each other's results",
                  directory.string(), describe(owner.process), owner.since, why,
                  last_sign_of_life(directory), scheduler_hint(owner.process)));
}

[[noreturn]] void refuse_unreadable(const std::filesystem::path& directory) {
  throw Failure(
      ExitCode::files,
      fmt::format("'{}' is locked, but its LOCK file is damaged and does not say by whom. "
                  "Last sign of life: {}. If nothing runs there, add --break-lock",
                  directory.string(), last_sign_of_life(directory)));
}

/// Why the existing lock may be removed; throws the refusal if it may not.
std::string judge(const std::filesystem::path& directory, const std::string& content,
                  LockPolicy policy, const ProcessIdentity& self) {
  const std::optional<Owner> owner = parse_owner(content);
  const bool may_break = policy == LockPolicy::break_unverifiable;
  if (!owner) {
    if (!may_break) refuse_unreadable(directory);
    return "a damaged LOCK file was removed (--break-lock)";
  }
  const LivenessVerdict verdict = liveness_of(owner->process, self);
  switch (verdict.liveness) {
    case Liveness::alive:
      refuse_live(directory, *owner);
    case Liveness::cannot_tell:
      if (!may_break) refuse_unverifiable(directory, *owner, verdict.why);
      return fmt::format("the lock of {}, held since {}, was broken (--break-lock)",
                         describe(owner->process), owner->since);
    case Liveness::gone:
      break;
  }
  return fmt::format("the lock of {}, held since {}, was left behind ({}) and is taken over",
                     describe(owner->process), owner->since, verdict.why);
}

}  // namespace

RunLock RunLock::acquire(const std::filesystem::path& directory, LockPolicy policy,
                         const ProcessIdentity& self) {
  const std::filesystem::path file = RunPaths(directory).lock();
  const nlohmann::json json = {{"process", to_json(self)},
                               {"since", local_text(SystemClock().wall_s())}};
  const std::string content =
      json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const FileDescriptor serialised = guard(directory);
  std::string note;
  constexpr int attempts = 5;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (create_lock(file, content)) return {file, content, note};
    const std::optional<std::string> existing = read_lock(file);
    if (!existing) continue;
    note = judge(directory, *existing, policy, self);
    remove_judged_lock(file, *existing);
  }
  throw Failure(ExitCode::files,
                fmt::format("'{}' is being locked by several processes at once: start only one",
                            directory.string()));
}

void RunLock::check(const std::filesystem::path& directory, LockPolicy policy,
                    const ProcessIdentity& self) {
  const std::optional<std::string> existing = read_lock(RunPaths(directory).lock());
  if (existing) static_cast<void>(judge(directory, *existing, policy, self));
}

RunLock::RunLock(std::filesystem::path file, std::string content, std::string note)
    : file_(std::move(file)),
      content_(std::move(content)),
      note_(std::move(note)),
      holder_(::getpid()) {}

RunLock::RunLock(RunLock&& other) noexcept
    : file_(std::move(other.file_)),
      content_(std::move(other.content_)),
      note_(std::move(other.note_)),
      holder_(std::exchange(other.holder_, 0)) {}

RunLock::~RunLock() {
  if (holder_ != ::getpid()) return;
  try {
    if (read_lock(file_) == content_) ::unlink(file_.c_str());
  } catch (const std::exception&) {
    // An unreadable lock is not ours to remove; the next start explains it.
  }
}

bool RunLock::is_held() const {
  const auto kind = [this] {
    std::error_code error;
    return std::filesystem::status(file_, error).type();
  };
  // Neither there nor gone: a network file system that does not answer now. Nobody has taken
  // anything.
  if (kind() == std::filesystem::file_type::none) return true;
  if (kind() != std::filesystem::file_type::regular) return false;
  try {
    return read_file_text(file_) == content_;
  } catch (const Failure&) {
    return kind() != std::filesystem::file_type::not_found;
  }
}

void RunLock::confirm_ownership() const {
  if (is_held()) return;
  std::optional<Owner> owner;
  if (const std::optional<std::string> found = read_lock(file_)) owner = parse_owner(*found);
  const std::string who = owner ? describe(owner->process) + " holds it now"
                                : std::string("it is gone or damaged, or the directory was moved");
  throw Failure(ExitCode::files,
                fmt::format("'{}' no longer says that this process owns the run directory: {}. "
                            "Nothing more is written, so that two runs do not mix; --resume goes "
                            "on from the last checkpoint",
                            file_.string(), who));
}

}  // namespace marrow::io
