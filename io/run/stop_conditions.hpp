// SPDX-License-Identifier: BSD-3-Clause
// Reasons to stop early or to checkpoint now: signals, request files, the wall clock, a simulated
// time. Each is asked once per step on rank 0 (signals on every rank); the caller shares the
// largest decision of all ranks as one integer, so that all ranks act in the same step. Knows
// nothing of checkpoints.
#pragma once

#include "io/run/clock.hpp"
#include "io/run/progress.hpp"
#include "io/run/run_paths.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace marrow::io {

/// Ordered: the larger one wins, over conditions and over ranks.
enum class StopDecision : std::int64_t { go_on = 0, checkpoint = 1, stop = 2 };

struct StopVerdict {
  StopDecision decision = StopDecision::go_on;
  std::string reason;  // "signal USR1", "the file STOP"
};

constexpr StopDecision combine(StopDecision a, StopDecision b) { return a < b ? b : a; }
/// The stronger verdict with its reason; of equal ones the first.
[[nodiscard]] StopVerdict combine(const StopVerdict& a, const StopVerdict& b);

/// While it lives, USR1 and the first TERM, INT or HUP ask to stop with a checkpoint, USR2 asks for
/// a checkpoint, a second INT leaves at once with exit code 130, and writing past a file size limit
/// or into a closed pipe is an error of the call instead of the end of the process. INT and HUP
/// stay ignored if they were (nohup, background jobs). One object per process.
class SignalStop {
 public:
  SignalStop();
  ~SignalStop();
  SignalStop(const SignalStop&) = delete;
  SignalStop& operator=(const SignalStop&) = delete;

  /// From now on nothing is restored: a signal that comes after the work is done, while MPI ends,
  /// is taken and forgotten instead of ending the process.
  void keep_until_exit() { restores_ = false; }

  /// Again, after a library may have put its own handlers in place; what was asked for so far
  /// stays.
  void take_signals();

  /// A stop stays; a request for a checkpoint is answered once.
  [[nodiscard]] StopVerdict poll();

 private:
  bool restores_ = true;
};

/// The reason of SignalStop for INT, which has a second meaning.
inline constexpr std::string_view interrupt_reason = "an interrupt";

/// The files STOP and CHECKPOINT in the run directory, looked for at most once a second. CHECKPOINT
/// is removed when it is seen. STOP stays, so that a batch script can tell it from other reasons to
/// stop; the next start removes it.
class RequestFiles {
 public:
  RequestFiles(RunPaths paths, const Clock& clock, double interval_s = 1.0);
  [[nodiscard]] StopVerdict poll();

 private:
  RunPaths paths_;
  const Clock* clock_;
  double interval_s_;
  double looked_s_;
  std::int64_t answered_time_ns_ = 0;  // of a CHECKPOINT file that could not be removed
};

/// Stops in time for a checkpoint before the job is killed: when now + margin > deadline, where
/// margin = 2 x longest checkpoint + 2 x longest step + 30 s.
class WallDeadline {
 public:
  /// `expected_checkpoint_s` counts until a longer one has been measured.
  WallDeadline(double deadline_steady_s, double expected_checkpoint_s, const Clock& clock);

  void step_took(double seconds);
  void checkpoint_took(double seconds);
  [[nodiscard]] double margin_s() const;
  [[nodiscard]] double left_s() const { return deadline_s_ - clock_->steady_s(); }
  [[nodiscard]] DeadlineView view() const { return {deadline_s_, margin_s()}; }
  [[nodiscard]] StopVerdict poll() const;

 private:
  double deadline_s_;
  double longest_checkpoint_s_;
  double longest_step_s_ = 0.0;
  const Clock* clock_;
};

/// The steady-clock time of a wall-clock time. Converted once at the start: later jumps of the wall
/// clock do not move the deadline.
[[nodiscard]] double steady_time_of(std::int64_t wall_s, const Clock& clock);

/// Stops when a simulated time is reached (--stop-at 400 d).
class SimulatedEnd {
 public:
  SimulatedEnd(double days, double days_per_step);
  [[nodiscard]] std::int64_t step() const { return step_; }
  [[nodiscard]] StopVerdict poll(std::int64_t step) const;

 private:
  double days_;
  std::int64_t step_;
};

}  // namespace marrow::io
