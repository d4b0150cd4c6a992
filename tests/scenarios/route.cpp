// SPDX-License-Identifier: BSD-3-Clause
#include "tests/scenarios/route.hpp"

#include "core/observe/census.hpp"
#include "parallel/simulation.hpp"
#include "tests/scenarios/course.hpp"

#include <mpi.h>

namespace marrow::testing {

Route run_route(std::uint64_t seed, bool treated) {
  Parameters p = shipped_scenario("recovery_route", seed);
  for (TherapyEvent& event : p.therapy) event.given = treated;
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, p);
  simulation.start();
  Route route{seed, treated};
  const PatientState& patient = simulation.state().patient;
  while (static_cast<double>(simulation.state().step) < p.run.duration_h && !route.responded) {
    simulation.step();
    route.responded = patient.partial_response_h != never;
  }
  if (!route.responded) return route;
  route.clone_held = census_of_founders(simulation.state(), 1)[1] > 0;
  route.response_d = static_cast<double>(patient.partial_response_h - patient.diagnosis_h) / 24.0;
  route.hla_lacking_share =
      static_cast<double>(patient.hla_lacking_at_pr_window) / static_cast<double>(fixed_one);
  return route;
}

}  // namespace marrow::testing
