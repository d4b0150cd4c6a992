// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/hour_loop.hpp"

namespace marrow::tool {
namespace {

/// Once a day, before anything of the day is written.
void check_health_when_due(parallel::Simulation& simulation, RunGuard& guard) {
  const std::int64_t step = simulation.state().step;
  if (const auto how = guard.spoils("step:" + std::to_string(step))) simulation.spoil(*how);
  if (step % 24 == 0) simulation.check_health();
}

}  // namespace

std::optional<std::string> advance_hours(
    parallel::Simulation& simulation, std::int64_t last_step, RunGuard& guard,
    const std::function<std::optional<std::string>()>& after_hour) {
  while (simulation.state().step < last_step) {
    guard.pass("step:" + std::to_string(simulation.state().step));
    simulation.step();
    check_health_when_due(simulation, guard);
    if (auto reason = after_hour()) return reason;
  }
  return std::nullopt;
}

}  // namespace marrow::tool
