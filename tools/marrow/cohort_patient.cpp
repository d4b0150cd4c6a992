// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/cohort_patient.hpp"

#include "io/cohort/table.hpp"
#include "tools/marrow/examiner.hpp"
#include "tools/marrow/hour_loop.hpp"
#include "tools/marrow/origin_of_state.hpp"

#include <cmath>
#include <utility>

namespace marrow::tool {
namespace {

/// What goes wrong with one patient and says nothing about the others.
bool is_the_patients(ExitCode code) {
  return code == ExitCode::scenario || code == ExitCode::model_health ||
         code == ExitCode::internal_error;
}

PatientOutcome failed_row(const io::Cohort& cohort, const io::VirtualPatient& patient,
                          std::size_t arm, const std::string& reason) {
  PatientOutcome outcome;
  outcome.failed = true;
  outcome.cells = io::head_cells(cohort.plan(), patient, arm, reason);
  outcome.cells.resize(io::table_columns(cohort.plan()).size());
  return outcome;
}

}  // namespace

std::shared_ptr<const parallel::Ground> GroundKeeper::ground_for(const io::ScenarioFile& scenario) {
  if (!ground_ || !parallel::same_ground(parameters_, scenario.parameters)) {
    ground_.reset();  // before the next one takes its memory
    std::vector<std::string> notes;
    const auto image = find_tissue(comm_, scenario, {}, notes);
    ground_ = parallel::prepare_ground(comm_, scenario.parameters, image ? &*image : nullptr);
    parameters_ = scenario.parameters;
  }
  return ground_;
}

PatientOutcome run_patient(
    const parallel::Communicator& comm, const io::Cohort& cohort, std::int64_t number,
    std::size_t arm, GroundKeeper& keeper, RunGuard& guard,
    const std::function<std::optional<std::string>(std::int64_t, std::int64_t)>& after_hour) {
  const io::VirtualPatient patient = cohort.patient(number);
  const io::ReadResult read = cohort.scenario(patient, arm);
  if (!read.ok()) return failed_row(cohort, patient, arm, io::reason_of(read.diagnostics));
  const io::ScenarioFile& scenario = *read.scenario;
  try {
    parallel::Simulation simulation(comm, scenario.parameters, keeper.ground_for(scenario));
    simulation.start();
    Examiner examiner(comm, cohort.plan(), simulation);
    examiner.look();
    const std::int64_t last = std::llround(scenario.parameters.run.duration_h);
    PatientOutcome outcome;
    outcome.stopped = advance_hours(simulation, last, guard, [&] {
      examiner.look();
      return after_hour(simulation.state().step, last);
    });
    if (outcome.stopped) return outcome;
    outcome.cells = io::head_cells(cohort.plan(), patient, arm, "");
    for (std::string& cell : examiner.cells()) outcome.cells.push_back(std::move(cell));
    outcome.series = examiner.series();
    return outcome;
  } catch (const Failure& failure) {
    if (!is_the_patients(failure.code())) throw;
    return failed_row(cohort, patient, arm, failure.what());
  }
}

}  // namespace marrow::tool
