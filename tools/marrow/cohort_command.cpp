// SPDX-License-Identifier: BSD-3-Clause
// `marrow cohort`: the cohort and its base scenario on every rank, then its patients. With --show,
// the scenario of one patient instead, without MPI.

#include "core/random/mix.hpp"
#include "io/cohort/cohort_file.hpp"
#include "io/scenario/effective.hpp"
#include "tools/marrow/cohort_session.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/memory_check.hpp"
#include "tools/marrow/mpi_program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace marrow::tool {
namespace {

/// Rank 0 reads the bytes once; every rank parses the same ones.
std::shared_ptr<const io::Cohort> read_on_all(MpiStart& start, const std::string& path) {
  const parallel::Communicator& comm = start.comm;
  io::CohortBytes bytes;
  if (comm.is_root()) bytes = io::load_cohort_bytes(path);
  if (comm.max(static_cast<std::int64_t>(bytes.diagnostics.size())) > 0) {
    throw Failure(ExitCode::scenario, comm.is_root() ? io::render_all(bytes.diagnostics) : "");
  }
  comm.broadcast(bytes.text);
  comm.broadcast(bytes.base_text);
  comm.broadcast(bytes.base_path);
  auto cohort = io::cohort_or_throw(io::read_cohort(bytes, path));
  start.require_same_input(
      mix64(io::text_fingerprint(bytes.text) ^ io::text_fingerprint(bytes.base_text)));
  return cohort;
}

/// The scenario of the first patient that has one stands for the memory of all.
void require_room(const parallel::Communicator& comm, const io::Cohort& cohort) {
  const int ranks =
      static_cast<int>(std::min<std::int64_t>(cohort.plan().ranks_per_patient, comm.size()));
  const io::ReadResult first = cohort.scenario(cohort.patient(1), 0);
  if (first.ok()) require_memory(comm, first.scenario->parameters, ranks);
}

ExitCode show(const CohortRequest& request) {
  const auto cohort =
      io::cohort_or_throw(io::read_cohort(io::load_cohort_bytes(request.cohort), request.cohort));
  const io::CohortPlan& plan = cohort->plan();
  const auto arm = request.arm.empty()
                       ? plan.arms.begin()
                       : std::ranges::find(plan.arms, request.arm, &io::CohortArm::name);
  if (arm == plan.arms.end() || request.show > plan.patients) {
    std::string arms;
    for (const io::CohortArm& each : plan.arms) arms += (arms.empty() ? "" : ", ") + each.name;
    throw Failure(
        ExitCode::command_line,
        fmt::format("there is no patient {} in an arm '{}': patients are 1 to {}, arms {}",
                    request.show, request.arm, plan.patients, arms));
  }
  const auto number = static_cast<std::size_t>(arm - plan.arms.begin());
  const io::ScenarioFile scenario =
      io::scenario_or_throw(cohort->scenario(cohort->patient(request.show), number));
  std::cout << io::effective_yaml(scenario.parameters, scenario.origins);
  return ExitCode::finished;
}

}  // namespace

ExitCode cohort(const CohortRequest& request, int argument_count, char** arguments) {
  if (request.show > 0) return show(request);
  const CohortShare share(request.share);
  const io::LimitRequest limits{request.stop_at, request.max_walltime, request.watchdog};
  return under_mpi(argument_count, arguments, limits, [&](MpiStart& start) {
    if (start.limits.simulated_days) {
      throw Failure(ExitCode::command_line,
                    "--stop-at: a cohort stops at a time of day (23:55); how long patients are "
                    "followed is 'run.duration'");
    }
    const auto read = read_on_all(start, request.cohort);
    require_room(start.comm, *read);
    return run_cohort(start, *read, share, request);
  });
}

ExitCode validate_cohort(const std::string& path) {
  const io::CohortReading reading = io::read_cohort(io::load_cohort_bytes(path), path);
  if (!reading.ok()) {
    std::cerr << io::render_all(reading.diagnostics);
    return ExitCode::scenario;
  }
  const io::CohortPlan& plan = reading.cohort->plan();
  std::cout << fmt::format("{}: valid: {} patients in {} arms\n", path, plan.patients,
                           plan.arms.size());
  if (reading.refused > 0) {
    std::cout << fmt::format("  {} of the first {} will fail; {}\n", reading.refused, reading.tried,
                             reading.first_reason);
  }
  return ExitCode::finished;
}

}  // namespace marrow::tool
