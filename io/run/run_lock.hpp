// SPDX-License-Identifier: BSD-3-Clause
// The LOCK file: one live process per run directory. Refuses a second one, takes over what a dead
// process left where that can be known, and explains what cannot be known. Held by rank 0 only.
#pragma once

#include "io/run/process_identity.hpp"

#include <filesystem>
#include <string>

namespace marrow::io {

/// `break_unverifiable` is --break-lock: the user vouches that the owner is gone. It never
/// overrides an owner that is seen alive.
enum class LockPolicy { respect, break_unverifiable };

class RunLock {
 public:
  /// Failure(files) if the directory is in use or may be.
  static RunLock acquire(const std::filesystem::path& directory, LockPolicy policy,
                         const ProcessIdentity& self);
  /// The refusals of `acquire`, without touching anything.
  static void check(const std::filesystem::path& directory, LockPolicy policy,
                    const ProcessIdentity& self);
  ~RunLock();
  RunLock(RunLock&& other) noexcept;
  RunLock& operator=(RunLock&&) = delete;
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

  /// One sentence if the lock of a dead process was taken over, else empty.
  [[nodiscard]] const std::string& note() const { return note_; }

  /// False if somebody else has taken the directory meanwhile (--break-lock on another host), or
  /// the file is gone: then nothing may be written there any more. True while the file system does
  /// not answer.
  [[nodiscard]] bool is_held() const;
  /// Failure(files) if it is not held. To be called before anything is written.
  void confirm_ownership() const;

 private:
  RunLock(std::filesystem::path file, std::string content, std::string note);

  std::filesystem::path file_;
  std::string content_;
  std::string note_;
  pid_t holder_ = 0;  // a forked child must not release its parent's lock
};

}  // namespace marrow::io
