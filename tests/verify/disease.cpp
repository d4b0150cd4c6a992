// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.13, the coupled system: T cells that antigen drives, stem cells that they kill. With
// fast mixing the lattice must follow the well-mixed marrow (tests/scenarios/twin.hpp, which shares
// only core/patient with the program and has draws of its own).
#include "parallel/simulation.hpp"
#include "tests/scenarios/twin.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace marrow::verify {
namespace {

/// Many T cells at once, so that the course is that of the equations; stem cells that meet all of
/// the marrow: every daughter through the blood, a change of niche every other day. The walk, hop
/// by hop, goes through a small box, which a T cell crosses in half a day.
Parameters mixed_disease(Motion motion, std::uint64_t seed) {
  Parameters p = testing::saa_untreated();
  p.scenario.seed = seed;
  p.run.duration_h = 220.0 * 24;
  p.tcells.motion = motion;
  p.tcells.trigger = TriggerParameters{24.0, 30.0, 1};
  p.hspc.blood_share = 1.0;
  p.hspc.relocation_rate_per_h = 0.5 / 24;
  if (motion == Motion::hops) {
    p.domain.size_voxels = {64, 64, 64};
    p.tissue.source = TissueSource::open;
    p.niches.density_per_mm3 = 1250.0;
    p.tcells.trigger->influx_per_mm3 = 100.0;
  }
  return p;
}

/// Days from the trigger to A = 0.5 and to a tenth of the niches.
std::vector<double> on_the_lattice(Motion motion, std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  const Parameters p = mixed_disease(motion, seed);
  parallel::Simulation simulation(alone, p);
  simulation.start();
  const double full = p.tcells.reference_density_per_mm3 * simulation.model().lattice.volume_mm3();
  std::vector<double> days(2, 0.0);
  while (days[1] == 0.0 && static_cast<double>(simulation.state().step) < p.run.duration_h) {
    simulation.step();
    const Census& census = simulation.state().census;
    const double since =
        (static_cast<double>(simulation.state().step) - p.tcells.trigger->at_h) / 24;
    const auto attackers = static_cast<double>(census.effector + census.engaged);
    if (days[0] == 0.0 && attackers >= 0.5 * full) days[0] = since;
    if (10 * census.stem < simulation.model().niche_count()) days[1] = since;
  }
  return days;
}

std::vector<double> in_the_twin(Motion motion, std::uint64_t seed) {
  const testing::TwinCourse course = testing::run_twin(mixed_disease(motion, seed), seed);
  return {course.half_attack_d.value_or(0.0), course.niches_below_10_d.value_or(0.0)};
}

Measurement column(const std::vector<std::vector<double>>& runs, std::size_t which) {
  std::vector<double> values;
  for (const auto& run : runs) values.push_back(run[which]);
  return mean_of(values);
}

void compare(Verifier& verify, Motion motion, std::uint64_t first_seed, std::int64_t lattices,
             std::int64_t twins, const std::string& conditions) {
  const auto lattice = verify.over_seeds(
      first_seed, lattices, [&](std::uint64_t seed) { return on_the_lattice(motion, seed); });
  const auto twin = verify.over_seeds(
      first_seed + 1000, twins, [&](std::uint64_t seed) { return in_the_twin(motion, seed); });
  const char* checks[] = {"days to half the full attack, well-mixed twin",
                          "days to a tenth of the niches, well-mixed twin"};
  for (std::size_t i = 0; i < 2; ++i) {
    const Measurement well_mixed = column(twin, i);
    const Measurement found = column(lattice, i);
    Measurement m = against(found, well_mixed);
    if (lattices < 200) m.skewness = 0.0;  // 8 or 20 runs do not tell it
    verify.random("4.13", checks[i], conditions, well_mixed.mean, m);
    // Where 2 % are at least 4.6 standard errors: full effort, but not the start of a small box.
    if (lattices < 200 || (i == 0 && motion == Motion::hops)) continue;
    verify.within("4.13", std::string(checks[i]) + ": ratio", conditions, 0.98, 1.02,
                  found.mean / well_mixed.mean, Chance::rare);
  }
}

}  // namespace

void disease(Verifier& verify) {
  compare(verify, Motion::kernel, 71000, verify.effort(20, 240), verify.effort(80, 1000),
          "kernel motion, 800 niches in 200^3 voxels, 30 T cells/mm3 at the trigger");
  compare(verify, Motion::hops, 73000, verify.effort(8, 450), verify.effort(400, 4000),
          "resolved walk, 328 niches in 64^3 voxels, 100 T cells/mm3 at the trigger");
}

}  // namespace marrow::verify
