// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_limits.hpp"

#include "io/run/stop_conditions.hpp"

#include <algorithm>

namespace marrow::io {
namespace {

/// 0: no watchdog.
double watchdog_limit_s(const std::string& text) {
  constexpr double longest_s = 1e8;  // three years; longer waits would overflow the clock
  return text == "off" ? 0.0 : std::min(parse_duration_s(text), longest_s);
}

}  // namespace

RunLimits run_limits(const LimitRequest& request, double started_steady_s, const Clock& clock) {
  RunLimits limits;
  limits.started_steady_s = started_steady_s;
  limits.watchdog_s = watchdog_limit_s(request.watchdog);
  const auto end_by = [&](double steady_s) {
    limits.deadline_steady_s = std::min(limits.deadline_steady_s.value_or(steady_s), steady_s);
  };
  if (!request.max_walltime.empty()) {
    end_by(started_steady_s + parse_duration_s(request.max_walltime));
  }
  if (request.stop_at.empty()) return limits;
  const StopAt stop = parse_stop_at(request.stop_at, clock.wall_s());
  limits.simulated_days = stop.simulated_days;
  if (stop.wall_s) end_by(steady_time_of(*stop.wall_s, clock));
  return limits;
}

}  // namespace marrow::io
