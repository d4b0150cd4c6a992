// SPDX-License-Identifier: BSD-3-Clause
#include "tests/scenarios/course.hpp"

#include "core/observe/census.hpp"
#include "core/patient/clinic.hpp"
#include "core/rules/levels.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/simulation.hpp"

#include <mpi.h>

#include <cmath>

namespace marrow::testing {
namespace {

void first_time(std::optional<double>& date, bool happened, double day) {
  if (happened && !date) date = day;
}

/// Daily values of the run, and what follows from them.
class Observer {
 public:
  Observer(const parallel::Simulation& simulation, Course& course)
      : simulation_(simulation), course_(course) {
    const auto& trigger = simulation.model().parameters.tcells.trigger;
    trigger_d_ = trigger ? trigger->at_h / 24.0 : 0.0;
  }

  void observe_day() {
    const ModelState& state = simulation_.state();
    const Model& model = simulation_.model();
    const PatientParameters& patient = model.parameters.patient;
    const double now_d = static_cast<double>(state.step) / 24.0;
    const double day = now_d - trigger_d_;
    const Levels levels = levels_of(state.census, model);
    const double occupancy =
        static_cast<double>(state.census.stem) / static_cast<double>(model.niche_count());
    const auto founders = census_of_founders(state, model.parameters.clones.founders.size());
    cellularity_ = patient.cellularity * simulation_.hematopoiesis();
    first_time(course_.half_attack_d, levels.attack >= 0.5, day);
    first_time(course_.niches_below_10_d, occupancy < 0.1, day);
    first_time(course_.low_counts_d, meets_saa(blood_counts(state.patient), patient.saa, 0.0), day);
    first_time(course_.low_cellularity_d, cellularity_ < 0.15, day);
    first_time(course_.normals_extinct_d, founders[0] == 0, day);
    const double tcells = levels.attack * model.parameters.tcells.reference_density_per_mm3;
    course_.tcell_plateau_per_mm3 = std::max(course_.tcell_plateau_per_mm3, tcells);
    course_.lowest_occupancy = std::min(course_.lowest_occupancy, occupancy);
    if (state.patient.diagnosis_h == state.step) {
      course_.hla_lacking_stem_at_diagnosis =
          1.0 - static_cast<double>(founders[0]) /
                    static_cast<double>(std::max<std::int64_t>(1, state.census.stem));
    }
    if (course_.normals_extinct_d) {
      const double since = day - *course_.normals_extinct_d;
      if (since == 60.0) tcells_then_ = tcells;
      if (since == 180.0 && tcells > 0.0)
        course_.tcell_half_life_d = 120.0 / std::log2(tcells_then_ / tcells);
    }
    if (now_d > 365.0) {
      days_.push_back(now_d);
      occupancies_.push_back(occupancy);
    }
    course_.final_occupancy = occupancy;
  }

  void finish() {
    const ModelState& state = simulation_.state();
    const PatientState& patient = state.patient;
    const auto after = [](std::int64_t hour, std::int64_t from) -> std::optional<double> {
      if (hour == never || from == never) return std::nullopt;
      return static_cast<double>(hour - from) / 24.0;
    };
    course_.diagnosis_d = after(patient.diagnosis_h, static_cast<std::int64_t>(trigger_d_ * 24.0));
    course_.partial_response_d = after(patient.partial_response_h, patient.diagnosis_h);
    course_.complete_response_d = after(patient.complete_response_h, patient.diagnosis_h);
    course_.hla_lacking_at_complete_response =
        static_cast<double>(patient.hla_lacking_at_cr_window) / static_cast<double>(fixed_one);
    const BloodCounts blood = blood_counts(patient);
    course_.final_neutrophils = blood.neutrophils_1e9_per_l;
    course_.final_platelets = blood.platelets_1e9_per_l;
    course_.final_hemoglobin = blood.hemoglobin_g_per_l;
    course_.final_cellularity = cellularity_;
    course_.divisions_per_y =
        static_cast<double>(state.counters[static_cast<std::size_t>(Counter::stem_divisions)]) /
        (static_cast<double>(state.step) / 8766.0);
    fit_line();
  }

 private:
  void fit_line() {
    const auto n = static_cast<double>(days_.size());
    if (n < 2) return;
    double sx = 0, sy = 0, sxx = 0, sxy = 0, syy = 0;
    for (std::size_t i = 0; i < days_.size(); ++i) {
      const double x = days_[i] / 365.25;
      sx += x;
      sy += occupancies_[i];
      sxx += x * x;
      sxy += x * occupancies_[i];
      syy += occupancies_[i] * occupancies_[i];
    }
    course_.mean_occupancy = sy / n;
    course_.sd_occupancy = std::sqrt(std::max(0.0, syy / n - sy / n * (sy / n)));
    course_.slope_per_y = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  }

  const parallel::Simulation& simulation_;
  Course& course_;
  double trigger_d_ = 0;
  double cellularity_ = 0;
  double tcells_then_ = 0;
  std::vector<double> days_;
  std::vector<double> occupancies_;
};

}  // namespace

namespace {

Parameters as_shipped(const std::string& name) {
  return io::scenario_or_throw(io::read_scenario_file(std::string(MARROW_SOURCE_DIR) +
                                                      "/scenarios/" + name + ".yaml"))
      .parameters;
}

}  // namespace

std::uint64_t shipped_seed(const std::string& name) { return as_shipped(name).scenario.seed; }

Parameters shipped_scenario(const std::string& name, std::uint64_t seed) {
  Parameters parameters = as_shipped(name);
  parameters.scenario.seed = seed;
  return parameters;
}

Course run_course(const Parameters& parameters) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters);
  simulation.start();
  Course course;
  course.seed = parameters.scenario.seed;
  Observer observer(simulation, course);
  const auto steps = static_cast<std::int64_t>(parameters.run.duration_h);
  while (simulation.state().step < steps) {
    simulation.step();
    if (simulation.state().step % hours_per_day == 0) observer.observe_day();
  }
  observer.finish();
  return course;
}

}  // namespace marrow::testing
