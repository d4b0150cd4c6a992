// SPDX-License-Identifier: BSD-3-Clause
// When a run must end, and how long it may be without progress: what the options of `marrow run`
// say about it, understood before anything is created.
#pragma once

#include "io/run/clock.hpp"

#include <optional>
#include <string>

namespace marrow::io {

/// As on the command line; empty: not given.
struct LimitRequest {
  std::string stop_at;       // "23:55", "400 d"
  std::string max_walltime;  // "12h"
  std::string watchdog;      // "30 min", "off"
};

struct RunLimits {
  std::optional<double> deadline_steady_s;  // the earlier of --max-walltime and --stop-at
  std::optional<double> simulated_days;     // --stop-at
  double watchdog_s = 0.0;                  // 0: no watchdog
  double started_steady_s = 0.0;            // when the program began
};

/// `started_steady_s`: when the program began; --max-walltime counts from there. Throws
/// Failure(command_line).
RunLimits run_limits(const LimitRequest& request, double started_steady_s, const Clock& clock);

}  // namespace marrow::io
