// SPDX-License-Identifier: BSD-3-Clause
// The hours of a simulation, one after the other, with the check of its health once a day: the loop
// of every command that simulates.
#pragma once

#include "parallel/simulation.hpp"
#include "tools/marrow/run_guard.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace marrow::tool {

/// Advances to `last_step`, or until `after_hour`, called after each hour, gives a reason to stop.
/// Returns that reason, or nothing. Collective; throws SickState on every rank alike.
std::optional<std::string> advance_hours(
    parallel::Simulation& simulation, std::int64_t last_step, RunGuard& guard,
    const std::function<std::optional<std::string>()>& after_hour);

}  // namespace marrow::tool
