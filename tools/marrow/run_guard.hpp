// SPDX-License-Identifier: BSD-3-Clause
// The named points that a run passes: each is a sign of life for the watchdog, and where tests ask
// for a fault. "begin:state", "step:120", "series", "frame", "checkpoint:write:2".
#pragma once

#include "io/run/fault_plan.hpp"
#include "io/run/watchdog.hpp"
#include "parallel/simulation.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace marrow::tool {

class RunGuard {
 public:
  RunGuard(int rank, const std::string& host, double watchdog_s, io::FaultPlan faults)
      : rank_(rank),
        faults_(std::move(faults)),
        watchdog_("rank " + std::to_string(rank) + " on " + host, watchdog_s) {}

  void pass(std::string_view point) {
    watchdog_.alive(point);
    if (!faults_.empty()) faults_.at(point, rank_);
  }

  /// How a test wants the state spoiled here, if at all.
  [[nodiscard]] std::optional<parallel::Spoiling> spoils(std::string_view point) {
    if (faults_.empty()) return std::nullopt;
    const auto action = faults_.spoils(point, rank_);
    if (!action) return std::nullopt;
    return *action == io::FaultAction::sick     ? parallel::Spoiling::patient
           : *action == io::FaultAction::poison ? parallel::Spoiling::signals
                                                : parallel::Spoiling::lost_tcell;
  }

 private:
  int rank_;
  io::FaultPlan faults_;
  io::Watchdog watchdog_;
};

}  // namespace marrow::tool
