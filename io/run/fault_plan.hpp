// SPDX-License-Identifier: BSD-3-Clause
// Faults on purpose, for tests: the environment variable MARROW_FAULT names where the program shall
// be killed, fail or hang. Without the variable the plan is empty and every point returns at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// kill: SIGKILL to this process. fail: a Failure, as of a disk. crash: an unexpected exception.
/// hang: never returns. freeze: SIGSTOP to this process, until somebody sends SIGCONT. The others
/// spoil the state, which is the caller's business. sick: a blood count, poison: a cytokine level
/// that is no number; lose: a T cell vanishes.
enum class FaultAction { kill, fail, crash, hang, freeze, sick, poison, lose };

class FaultPlan {
 public:
  FaultPlan() = default;
  /// "ACTION@POINT[,rank=N]", several separated by ";". Points are "begin:mpi", "begin:origin",
  /// "begin:state", "begin:outputs", "step:HOUR", "series", "frame", "checkpoint:NAME" (NAME as in
  /// WriteOptions::at_point), "inspect:FIELD", and of a cohort "patient:NUMBER" (before it) and
  /// "recorded:NUMBER" (after it). Without a rank, all `ranks`. Throws
  /// Failure(command_line) for anything else: a fault that never comes would prove nothing.
  FaultPlan(std::string_view text, int ranks);
  /// The plan of MARROW_FAULT for a job of so many ranks.
  static FaultPlan from_environment(int ranks);
  /// The same while ranks are not known yet; faults of single ranks do not come then.
  static FaultPlan before_mpi();
  static constexpr int any_rank = -1;

  [[nodiscard]] bool empty() const { return faults_.empty(); }
  /// Does what the plan has for this point and rank. Each fault happens once.
  void at(std::string_view point, int rank);
  /// How the state shall be spoiled here (sick, poison or lose), if at all; once.
  [[nodiscard]] std::optional<FaultAction> spoils(std::string_view point, int rank);

 private:
  struct Fault {
    FaultAction action;
    std::string point;
    int rank;  // -1: all
    bool done = false;
  };
  Fault* find(std::string_view point, int rank, bool spoiling);

  std::vector<Fault> faults_;
};

}  // namespace marrow::io
