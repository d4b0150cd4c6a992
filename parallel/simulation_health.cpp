// SPDX-License-Identifier: BSD-3-Clause
#include "core/model/failure.hpp"
#include "core/observe/health.hpp"
#include "parallel/simulation.hpp"

#include <optional>
#include <string>

namespace marrow::parallel {

void Simulation::check_health() const {
  comm_.agree([&] {
    std::optional<std::string> found = find_sickness(state_);
    if (!found && signals_) found = find_sickness(signals_->fields());
    if (!found) return;
    throw Failure(ExitCode::model_health,
                  "the state at hour " + std::to_string(state_.step) + " is sick: " + *found +
                      ". It was not saved; the last checkpoint is good. Please report this with "
                      "the scenario and the log");
  });
}

void Simulation::check_tcell_balance(const Census& before) const {
  const std::int64_t expected =
      before.tcells() + admitted_ + turnover_.divisions - turnover_.deaths;
  const std::int64_t found = state_.census.tcells();
  if (expected == found) return;
  throw Failure(ExitCode::model_health, "broken invariant at hour " + std::to_string(state_.step) +
                                            ": " + std::to_string(found) + " T cells, but " +
                                            std::to_string(expected) +
                                            " by the balance of influx, divisions and deaths");
}

}  // namespace marrow::parallel
