// SPDX-License-Identifier: BSD-3-Clause
// One virtual patient in one arm, from the scenario to a row of the cohort's table: simulates,
// examines on the dates that the cohort asks for, and tells what was found.
#pragma once

#include "io/cohort/cohort_file.hpp"
#include "parallel/communicator.hpp"
#include "parallel/ground.hpp"
#include "parallel/simulation.hpp"
#include "tools/marrow/run_guard.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace marrow::tool {

/// The marrow of the last simulation, kept for the next one that stands on the same.
class GroundKeeper {
 public:
  GroundKeeper(const parallel::Communicator& comm) : comm_(comm) {}
  /// Collective.
  std::shared_ptr<const parallel::Ground> ground_for(const io::ScenarioFile& scenario);

 private:
  const parallel::Communicator& comm_;
  Parameters parameters_;
  std::shared_ptr<const parallel::Ground> ground_;
};

struct PatientOutcome {
  std::optional<std::string> stopped;  // why it was given up; the rest is then empty
  bool failed = false;
  std::vector<std::string> cells;  // of the row
  std::string series;              // CSV, if the cohort asks for series
};

/// Collective over the group of `keeper`. `after_hour`: called after each hour with hours done and
/// in all; a reason ends it. A scenario that is refused or whose model fails gives a row that says
/// so; other Failures are thrown on every rank alike.
PatientOutcome run_patient(
    const parallel::Communicator& comm, const io::Cohort& cohort, std::int64_t number,
    std::size_t arm, GroundKeeper& keeper, RunGuard& guard,
    const std::function<std::optional<std::string>(std::int64_t, std::int64_t)>& after_hour);

}  // namespace marrow::tool
