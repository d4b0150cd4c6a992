// SPDX-License-Identifier: BSD-3-Clause
// Ends a process that has stopped making progress (a dead file system, a message that never comes),
// so that a batch job is not billed for waiting. A thread of its own; it touches neither MPI nor
// files, which may be what hangs.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace marrow::io {

class Watchdog {
 public:
  /// Called once, on the watchdog's thread, with the sentence to say. The default prints it and
  /// leaves the process with ExitCode::watchdog, upon which the launcher ends the other ranks.
  using Bark = std::function<void(const std::string& sentence)>;

  /// `who`: "rank 3 on n12". `limit_s` without a sign of life ends the process; 0: never. Time in
  /// which the whole process was stopped (SIGSTOP, a suspended node) does not count.
  Watchdog(std::string who, double limit_s, Bark bark = {});
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// A sign of life, and what is done next: "the step of hour 120", "checkpoint: write:2".
  void alive(std::string_view doing);

 private:
  void watch();

  std::string who_;
  double limit_s_;
  Bark bark_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::string doing_ = "the start of the run";
  std::int64_t idle_ticks_ = 0;
  bool over_ = false;
  std::thread thread_;
};

}  // namespace marrow::io
