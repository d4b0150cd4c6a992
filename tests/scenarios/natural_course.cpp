// SPDX-License-Identifier: BSD-3-Clause
#include "tests/scenarios/natural_course.hpp"

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

void first_time(std::optional<double>& date, bool happened, double day) {
  if (happened && !date) date = day;
}

/// Variance of the first founder's share between eighths of the box along x, over that of cells
/// placed at random.
double patchiness(const ModelState& state, const Model& model) {
  constexpr std::size_t parts = 8;
  std::array<double, parts> cells{};
  std::array<double, parts> niches{};
  const std::int64_t extent = model.lattice.extent.x;
  double all = 0;
  for (std::size_t n = 0; n < state.niches.size(); ++n) {
    const auto x = static_cast<std::int64_t>(model.niches[n].site) % extent;
    const auto part = static_cast<std::size_t>(x * static_cast<std::int64_t>(parts) / extent);
    niches[part] += 1.0;
    const CellRecord cell = state.niches[n];
    if (cell.state() != CellState::stem || state.clones[cell.clone()].founder != 1) continue;
    cells[part] += 1.0;
    all += 1.0;
  }
  const double p = all / static_cast<double>(state.niches.size());
  double sum = 0;
  for (std::size_t i = 0; i < parts; ++i) {
    const double expected = p * niches[i];
    if (expected > 0) sum += (cells[i] - expected) * (cells[i] - expected) / expected / (1.0 - p);
  }
  return sum / static_cast<double>(parts - 1);
}

/// Daily values of one run, and what follows from them.
class Diary {
 public:
  explicit Diary(const parallel::Simulation& simulation) : simulation_(simulation) {
    const Parameters& parameters = simulation.model().parameters;
    course_.seed = parameters.scenario.seed;
    if (parameters.tcells.trigger) {
      trigger_h_ = static_cast<std::int64_t>(parameters.tcells.trigger->at_h);
    }
  }

  void placed() { course_.founder_start = founder_shares(); }

  [[nodiscard]] std::int64_t trigger_h() const { return trigger_h_; }

  /// Whether the first founder has been lost or has taken every niche that holds a cell.
  [[nodiscard]] bool decided() const {
    const double share = founder_shares()[0];
    return share <= 0.0 || share >= 1.0;
  }

  void end_of_day() {
    const ModelState& state = simulation_.state();
    const Model& model = simulation_.model();
    const double day = static_cast<double>(state.step - trigger_h_) / 24.0;
    const double occupancy = occupancy_of(state);
    const double founder = founder_shares()[0] * occupancy;
    occupancies_.push_back(occupancy);
    course_.lowest_occupancy = std::min(course_.lowest_occupancy, occupancy);
    first_time(course_.below_10_d, occupancy < 0.1, day);
    if (founder >= 0.1 && !course_.founder_tenth_d) {
      course_.founder_patchiness = patchiness(state, model);
    }
    first_time(course_.founder_tenth_d, founder >= 0.1, day);
    first_time(course_.founder_half_d, founder >= 0.5, day);
    watch_tcells(day);
    if (day >= 0 && day < static_cast<double>(samples)) {
      course_.occupancy[static_cast<std::size_t>(day)] = occupancy;
      course_.cellularity[static_cast<std::size_t>(day)] = cellularity();
    }
  }

  NaturalCourse finish() {
    const PatientState& patient = simulation_.state().patient;
    course_.moderate_d = days_between(trigger_h_, patient.moderate_h);
    course_.diagnosis_d = days_between(trigger_h_, patient.diagnosis_h);
    course_.partial_response_d = days_between(patient.diagnosis_h, patient.partial_response_h);
    course_.complete_response_d = days_between(patient.diagnosis_h, patient.complete_response_h);
    course_.death_d = days_between(patient.diagnosis_h, patient.death_h);
    course_.death_from_trigger_d = days_between(trigger_h_, patient.death_h);
    course_.pnh_d = days_between(trigger_h_, patient.pnh_h);
    course_.evolution_d = days_between(trigger_h_, patient.evolution_h);
    date_tcells();
    double late = 0;
    const std::size_t half = occupancies_.size() / 2;
    for (std::size_t i = half; i < occupancies_.size(); ++i) late += occupancies_[i];
    course_.late_occupancy = late / static_cast<double>(occupancies_.size() - half);
    course_.end_occupancy = occupancies_.back();
    course_.end_cellularity = cellularity();
    const BloodCounts blood = blood_counts(patient);
    course_.end_neutrophils = blood.neutrophils_1e9_per_l;
    course_.end_platelets = blood.platelets_1e9_per_l;
    course_.end_hemoglobin = blood.hemoglobin_g_per_l;
    course_.days = static_cast<double>(simulation_.state().step) / 24.0;
    course_.founder_end = founder_shares();
    count_clones();
    return course_;
  }

 private:
  [[nodiscard]] double occupancy_of(const ModelState& state) const {
    return static_cast<double>(state.census.stem) /
           static_cast<double>(simulation_.model().niche_count());
  }

  [[nodiscard]] double cellularity() const {
    return simulation_.model().parameters.patient.cellularity * simulation_.hematopoiesis();
  }

  [[nodiscard]] std::array<double, most_founders> founder_shares() const {
    const ModelState& state = simulation_.state();
    const auto cells =
        census_of_founders(state, simulation_.model().parameters.clones.founders.size());
    const auto all = static_cast<double>(std::max<std::int64_t>(1, state.census.stem));
    std::array<double, most_founders> shares{};
    for (std::size_t i = 0; i + 1 < cells.size() && i < most_founders; ++i) {
      shares[i] = static_cast<double>(cells[i + 1]) / all;
    }
    return shares;
  }

  void watch_tcells(double day) {
    const double tcells = static_cast<double>(simulation_.state().census.tcells()) /
                          simulation_.model().lattice.volume_mm3();
    tcells_.push_back({day, tcells});
    if (tcells <= course_.tcell_peak_per_mm3) return;
    course_.tcell_peak_per_mm3 = tcells;
    course_.tcell_peak_d = day;
  }

  void date_tcells() {
    for (const auto& [day, tcells] : tcells_) {
      first_time(course_.tcells_seen_d, tcells > 0.01 * course_.tcell_peak_per_mm3, day);
    }
  }

  void count_clones() {
    const ModelState& state = simulation_.state();
    std::vector<double> cells(state.clones.size(), 0.0);
    for (const CellRecord cell : state.niches) {
      if (cell.state() == CellState::stem) cells[cell.clone()] += 1.0;
    }
    const auto all = static_cast<double>(std::max<std::int64_t>(1, state.census.stem));
    for (std::size_t i = 1; i < cells.size(); ++i) {
      const double share = cells[i] / all;
      if (share >= 0.01) course_.clones_above_1_percent += 1.0;
      course_.largest_clone = std::max(course_.largest_clone, share);
      course_.all_clones += share;
    }
  }

  const parallel::Simulation& simulation_;
  NaturalCourse course_;
  std::int64_t trigger_h_ = 0;
  std::vector<double> occupancies_;
  std::vector<std::pair<double, double>> tcells_;
};

NaturalCourse run(const Parameters& parameters) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters);
  simulation.start();
  Diary diary(simulation);
  const bool race = !parameters.tcells.trigger && !parameters.clones.founders.empty();
  const auto steps = static_cast<std::int64_t>(parameters.run.duration_h);
  while (simulation.state().step < steps) {
    simulation.step();
    const std::int64_t now_h = simulation.state().step;
    if (now_h == diary.trigger_h() + 1) diary.placed();
    if (now_h % hours_per_day != 0) continue;
    diary.end_of_day();
    if (race && diary.decided()) break;
  }
  return diary.finish();
}

}  // namespace

std::vector<NaturalCourse> natural(const std::string& scenario,
                                   const std::vector<std::string>& settings, std::uint64_t first,
                                   std::uint64_t last) {
  const std::string file = std::string(MARROW_SOURCE_DIR) + "/scenarios/" + scenario + ".yaml";
  Parameters parameters = io::scenario_or_throw(io::read_scenario_file(file, settings)).parameters;
  const parallel::Communicator world(MPI_COMM_WORLD);
  std::vector<NaturalCourse> mine;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    if (seed % static_cast<std::uint64_t>(world.size()) !=
        static_cast<std::uint64_t>(world.rank())) {
      continue;
    }
    parameters.scenario.seed = seed;
    mine.push_back(run(parameters));
  }
  std::vector<NaturalCourse> all = world.all_gather(std::span<const NaturalCourse>(mine));
  std::ranges::sort(all, {}, &NaturalCourse::seed);
  return all;
}

}  // namespace marrow::testing
