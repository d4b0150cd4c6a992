// SPDX-License-Identifier: BSD-3-Clause
#include "tests/scenarios/treatment_course.hpp"

#include "core/model/parameters.hpp"
#include "core/observe/census.hpp"
#include "core/patient/blood.hpp"
#include "core/patient/clinic.hpp"
#include "core/rules/levels.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/communicator.hpp"
#include "parallel/simulation.hpp"

#include <mpi.h>

#include <algorithm>
#include <span>

namespace marrow::testing {
namespace {

std::optional<double> days_between(std::int64_t from_h, std::int64_t until_h) {
  if (from_h == never || until_h < 0) return std::nullopt;
  return static_cast<double>(until_h - from_h) / 24.0;
}

std::int64_t diagnosis_hour(const PatientState& patient) {
  if (patient.moderate_h == never || patient.diagnosis_h == never) {
    return std::max(patient.moderate_h, patient.diagnosis_h);
  }
  return std::min(patient.moderate_h, patient.diagnosis_h);
}

Quarter state_of(const ModelState& state, const Model& model) {
  const auto niches = static_cast<double>(model.niche_count());
  const auto founders = census_of_founders(state, model.parameters.clones.founders.size());
  Quarter now;
  now.stem = static_cast<double>(state.census.stem) / niches;
  now.founder = founders.size() > 1 ? static_cast<double>(founders[1]) / niches : 0.0;
  now.attack = levels_of(state.census, model).attack;
  now.kills =
      static_cast<double>(state.counters[static_cast<std::size_t>(Counter::stem_killed)]) / niches;
  now.neutrophils_1e9_per_l = blood_counts(state.patient).neutrophils_1e9_per_l;
  return now;
}

void date_events(TreatedCourse& course, const ModelState& state, const Model& model) {
  const PatientState& patient = state.patient;
  const std::int64_t diagnosis_h = diagnosis_hour(patient);
  const auto& trigger = model.parameters.tcells.trigger;
  const auto trigger_h = static_cast<std::int64_t>(trigger ? trigger->at_h : 0.0);
  course.diagnosis_d = days_between(trigger_h, diagnosis_h);
  course.severe_d = days_between(diagnosis_h, patient.diagnosis_h);
  course.partial_response_d = days_between(diagnosis_h, patient.partial_response_h);
  course.complete_response_d = days_between(diagnosis_h, patient.complete_response_h);
  course.relapse_d = days_between(diagnosis_h, patient.relapse_h);
  course.hla_lacking_at_response =
      static_cast<double>(patient.hla_lacking_at_pr_window) / static_cast<double>(fixed_one);
  course.stem_infused =
      static_cast<double>(state.counters[static_cast<std::size_t>(Counter::stem_infused)]);
  for (std::size_t i = 0; i < std::min<std::size_t>(8, patient.therapy_began_h.size()); ++i) {
    course.event_skipped[i] = patient.therapy_began_h[i] == skipped;
    course.event_d[i] = days_between(diagnosis_h, patient.therapy_began_h[i]);
  }
}

TreatedCourse run(const Parameters& parameters) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters);
  simulation.start();
  const ModelState& state = simulation.state();
  TreatedCourse course;
  course.seed = parameters.scenario.seed;
  const auto steps = static_cast<std::int64_t>(parameters.run.duration_h);
  while (state.step < steps) {
    simulation.step();
    if (state.step % hours_per_day != 0) continue;
    course.end = state_of(state, simulation.model());
    course.lowest_stem = std::min(course.lowest_stem, course.end.stem);
    const auto since = days_between(diagnosis_hour(state.patient), state.step);
    if (!since) continue;
    course.end_d = *since;
    const auto quarter = static_cast<std::size_t>(*since / days_per_quarter);
    if (quarter < quarters && *since == static_cast<double>(quarter) * days_per_quarter) {
      course.at[quarter] = course.end;
    }
  }
  date_events(course, state, simulation.model());
  return course;
}

}  // namespace

std::vector<TreatedCourse> treated(const std::string& scenario,
                                   const std::vector<std::string>& settings, std::uint64_t first,
                                   std::uint64_t last) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  const std::string file = std::string(MARROW_SOURCE_DIR) + "/scenarios/" + scenario + ".yaml";
  Parameters parameters = io::scenario_or_throw(io::read_scenario_file(file, settings)).parameters;
  std::vector<TreatedCourse> mine;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    if (static_cast<int>(seed) % world.size() != world.rank()) continue;
    parameters.scenario.seed = seed;
    mine.push_back(run(parameters));
  }
  std::vector<TreatedCourse> all = world.all_gather(std::span<const TreatedCourse>(mine));
  std::sort(all.begin(), all.end(),
            [](const TreatedCourse& a, const TreatedCourse& b) { return a.seed < b.seed; });
  return all;
}

}  // namespace marrow::testing
