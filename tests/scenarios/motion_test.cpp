// SPDX-License-Identifier: BSD-3-Clause
// Motion `kernel` against motion `hops`: the same disease within statistical error; and against the
// mean-field fixed point, in which only the ratio of killing and division counts.
#include "parallel/simulation.hpp"
#include "tests/scenarios/course.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cmath>

namespace marrow::testing {
namespace {

struct Moments {
  double n = 0;
  double mean = 0;
  double variance = 0;

  explicit Moments(const std::vector<Course>& courses, std::optional<double> Course::*what) {
    for (const Course& c : courses) {
      if (!(c.*what)) continue;
      n += 1;
      mean += *(c.*what);
      variance += *(c.*what) * *(c.*what);
    }
    mean /= n;
    variance = (variance / n - mean * mean) * n / (n - 1);
  }
};

std::vector<Course> courses(Motion motion, std::uint64_t first, std::uint64_t last) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  std::vector<Course> mine;
  for (std::uint64_t seed = first; seed <= last; ++seed) {
    if (static_cast<int>(seed) % world.size() != world.rank()) continue;
    Parameters p = shipped_scenario("saa_untreated", seed);
    p.tcells.motion = motion;
    p.run.duration_h = 280 * 24;  // trigger at day 30
    mine.push_back(run_course(p));
  }
  return world.all_gather(std::span<const Course>(mine));
}

TEST(Motion, KernelShowsTheDiseaseOfTheResolvedWalk) {
  const std::vector<Course> hops = courses(Motion::hops, 1, 8);
  const std::vector<Course> kernel = courses(Motion::kernel, 101, 140);
  for (const auto what : {&Course::half_attack_d, &Course::niches_below_10_d, &Course::low_counts_d,
                          &Course::diagnosis_d}) {
    const Moments a(hops, what);
    const Moments b(kernel, what);
    ASSERT_EQ(a.n, 8);
    ASSERT_GE(b.n, 38);  // the first two T cells may die out: about one run in a hundred
    const double error = std::sqrt(a.variance / a.n + b.variance / b.n);
    std::printf("  hops %.1f +- %.1f d, kernel %.1f +- %.1f d\n", a.mean,
                std::sqrt(a.variance / a.n), b.mean, std::sqrt(b.variance / b.n));
    EXPECT_LT(std::abs(a.mean - b.mean), 4.0 * error);
    EXPECT_LT(error, 0.06 * a.mean) << "sharp enough to see a difference of a quarter";
  }
}

/// A constant attack on about 10,000 niches; everything four times as fast as the default, which
/// leaves the fixed point where it is.
Parameters constant_attack(double killing_over_division) {
  constexpr double faster = 4.0;
  Parameters p;
  p.scenario.seed = 3;
  p.domain.size_voxels = {200, 200, 200};
  p.niches.density_per_mm3 = 1250;
  p.hspc.homeostatic_rate_per_h *= faster;
  p.hspc.stress_rate_per_h *= faster;
  p.hspc.relocation_rate_per_h *= faster;
  p.hspc.ifn_inhibition = 0.0;
  p.hspc.apoptosis_h = 1.0;
  p.tcells.motion = Motion::kernel;
  p.tcells.trigger = TriggerParameters{0.0, 300.0, 1};
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  p.tcells.kill_coefficient_mm3_per_h =
      killing_over_division * p.hspc.stress_rate_per_h / p.tcells.trigger->influx_per_mm3;
  return p;
}

double mean_occupancy(const Parameters& p, int burn_in_h, int sampled_h) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, p);
  simulation.start();
  for (int h = 0; h < burn_in_h; ++h) simulation.step();
  double sum = 0;
  for (int h = 0; h < sampled_h; ++h) {
    simulation.step();
    sum += static_cast<double>(simulation.state().census.stem);
  }
  return sum / sampled_h / static_cast<double>(simulation.model().niche_count());
}

// TARGETS 4.13: n*/K = 1 - delta/b_s for delta < b_s, nothing for delta > b_s.
TEST(MeanField, KillingAndVacancyDrivenDivisionBalance) {
  const parallel::Communicator world(MPI_COMM_WORLD);
  const double ratios[] = {0.3, 0.6};
  std::vector<double> mine;
  for (int i = world.rank(); i < 2; i += world.size()) {
    mine = {ratios[i], mean_occupancy(constant_attack(ratios[i]), 2 * 8766, 3 * 8766)};
    EXPECT_NEAR(mine[1], 1.0 - mine[0], 0.02 * (1.0 - mine[0])) << "delta/b_s = " << mine[0];
    std::printf("  delta/b_s %.1f: n*/K = %.4f\n", mine[0], mine[1]);
  }
  world.barrier();
}

TEST(MeanField, KillingFasterThanDivisionCollapsesTheMarrow) {
  EXPECT_LT(mean_occupancy(constant_attack(1.5), 3 * 8766, 24), 1e-3);
}

}  // namespace
}  // namespace marrow::testing
