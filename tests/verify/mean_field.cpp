// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.13: the marrow as a whole against the equations of a well-mixed one.
#include "parallel/simulation.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/marrows.hpp"
#include "tests/verify/table.hpp"

#include <cmath>

namespace marrow::verify {
namespace {

using parallel::Simulation;

constexpr double faster = 16.0;  // than the default rates, which leaves fixed points where they are

/// A constant attack of strength about 1 from hour 0 on, by T cells that neither divide nor die.
Parameters constant_attack(std::uint64_t seed, std::int64_t voxels) {
  Parameters p = packed_marrow(seed, voxels);
  p.hspc.homeostatic_rate_per_h *= faster;
  p.hspc.stress_rate_per_h *= faster;
  p.hspc.relocation_rate_per_h *= faster;
  p.hspc.ifn_inhibition = 0.0;
  p.hspc.apoptosis_h = 1.0;
  p.tcells.motion = Motion::kernel;
  p.tcells.trigger = TriggerParameters{0.0, 300.0, 1};
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  p.tcells.kill_coefficient_mm3_per_h = 1e-12;
  return p;
}

/// What removes stem cells at a constant rate: the TNF of the attack, whatever is around them, or
/// kills by T cells counted by block, which leave an apoptotic cell in its niche for an hour.
enum class Loss { bystander, kill };

Parameters attack_with(Loss loss, std::uint64_t seed, double loss_over_stress) {
  Parameters p = constant_attack(seed, 128);
  const double rate_per_h = loss_over_stress * p.hspc.stress_rate_per_h;
  if (loss == Loss::bystander) {
    p.hspc.bystander_rate_per_h = rate_per_h;
  } else {
    p.tcells.kill_coefficient_mm3_per_h = rate_per_h / p.tcells.reference_density_per_mm3;
  }
  return p;
}

/// The occupancy at which births and losses of an hour balance. With the bystander's loss, one of
/// the acts of the same draw, it is 1 - delta/b_s; a killed cell does not act in its hour, so there
/// q = (1 - q)(e^-b0)(1 - e^(-b_s V)), and n q niches hold apoptotic cells.
double balance(Loss loss, const StemCellParameters& hspc, double delta_per_h) {
  if (loss == Loss::bystander) return 1.0 - delta_per_h / hspc.stress_rate_per_h;
  const double q = -std::expm1(-delta_per_h);
  const double births = std::exp(hspc.homeostatic_rate_per_h) * q / (1.0 - q);
  const double vacancy = -std::log1p(-births) / hspc.stress_rate_per_h;
  return (1.0 - vacancy) / (1.0 + q);
}

constexpr int sampled_h = 10'000;

double mean_occupancy(Simulation& marrow, int burn_in_h, int hours) {
  marrow.start();
  for (int h = 0; h < burn_in_h; ++h) marrow.step();
  double sum = 0;
  for (int h = 0; h < hours; ++h) {
    marrow.step();
    sum += static_cast<double>(marrow.state().census.stem);
  }
  return sum / hours / static_cast<double>(marrow.model().niche_count());
}

/// n*/K = 1 - delta/b_s, less what fluctuations take: with n = n* + x, E[x] = -Var(x)/n* because
/// births and losses balance on average, and Var(x) = K (b0 + delta)/b_s (van Kampen's expansion).
void fixed_point(Verifier& verify, Loss loss, double ratio, std::uint64_t first) {
  const auto all = verify.over_seeds(first, verify.effort(4, 40), [&](std::uint64_t seed) {
    const parallel::Communicator alone(MPI_COMM_SELF);
    Simulation marrow(alone, attack_with(loss, seed, ratio));
    const double occupancy = mean_occupancy(marrow, 2500, sampled_h);
    const double attack = levels_of(marrow.state().census, marrow.model()).attack;
    const auto niches = static_cast<double>(marrow.model().niche_count());
    return std::vector<double>{occupancy, attack, niches};
  });
  const StemCellParameters hspc = attack_with(loss, 1, ratio).hspc;
  const double delta = ratio * hspc.stress_rate_per_h * all[0][1];
  const double mean_field = balance(loss, hspc, delta);
  const double variance =
      (hspc.homeostatic_rate_per_h + delta) / hspc.stress_rate_per_h / all[0][2];
  // A run's mean over T h has the variance 2 Var tau/T, tau = K/(b_s n*) the memory of n.
  const double memory_h = 1.0 / (hspc.stress_rate_per_h * mean_field);
  const auto runs = static_cast<double>(all.size());
  double occupancy = 0;
  for (const auto& run : all) occupancy += run[0] / runs;
  verify.random(
      "4.13",
      loss == Loss::bystander ? "constant loss: occupancy 1 - delta/b_s"
                              : "killing by T cells: occupancy 1 - delta/b_s",
      "delta/b_s " + number_text(ratio) + ", hourly steps, K " + number_text(all[0][2]),
      mean_field - variance / mean_field,
      {occupancy, std::sqrt(2.0 * variance * memory_h / sampled_h / runs), std::ssize(all)});
}

/// Losses above the fastest division leave nobody: of K cells K/3 exp(-(delta - b_s) t) = 1e-7 are
/// expected at the end.
void collapse(Verifier& verify) {
  Simulation marrow(verify.world(), attack_with(Loss::bystander, 1, 1.5));
  marrow.start();
  for (int h = 0; h < 8000; ++h) marrow.step();
  verify.exact("4.13", "constant loss above b_s: stem cells at the end", "delta/b_s 1.5, 8000 h",
               0.0, static_cast<double>(marrow.state().census.stem), 0.0, Chance::rare);
}

/// Hours until `cells` refill an empty marrow up to `goal`; then the numbers on the way, weekly.
std::vector<double> refill(std::uint64_t seed, double cells, std::int64_t goal) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  Parameters p = packed_marrow(seed, 128);
  refill_from(p, cells);
  p.hspc.stress_rate_per_h = 0.12 / 168.0;
  Simulation marrow(alone, p);
  marrow.start();
  marrow.step();  // the transplant; nobody divides before the marrow is seen to be empty
  std::vector<double> result = {0.0, static_cast<double>(marrow.state().census.stem),
                                static_cast<double>(marrow.model().niche_count())};
  while (marrow.state().census.stem < goal) {
    if (static_cast<int>(result[0]) % 168 == 0) {
      result.push_back(static_cast<double>(marrow.state().census.stem));
    }
    marrow.step();
    ++result[0];
  }
  return result;
}

/// Pure birth at b_s (1 - n/K): the time from n to n + 1 is exponential, so the mean and variance
/// of the whole are sums; t_R = ln(goal/n0)/b_s is its limit for many cells and niches.
void refill_time(Verifier& verify) {
  constexpr double b_s = 0.12 / 168.0;
  constexpr std::int64_t goal = 260;
  const std::int64_t count = verify.effort(16, 600);
  const auto runs = verify.over_seeds(413'100'000, count,
                                      [](std::uint64_t seed) { return refill(seed, 10.0, goal); });
  double theory = 0;
  double variance = 0;
  double third = 0;
  double measured = 0;
  for (const auto& run : runs) {
    measured += run[0];
    for (double n = run[1]; n < static_cast<double>(goal); ++n) {
      const double rate = b_s * n * (1.0 - n / run[2]);
      theory += 1.0 / rate;
      variance += 1.0 / (rate * rate);
      third += 2.0 / (rate * rate * rate);
    }
  }
  const auto n = static_cast<double>(count);
  verify.random("4.13", "refill of an empty marrow: weeks from 10 cells to 10 % of the niches",
                "b_s 0.12 /wk, K " + number_text(runs[0][2]), theory / n / 168.0,
                {measured / n / 168.0, std::sqrt(variance) / n / 168.0, count,
                 third / std::pow(variance, 1.5)});
  Curve::Line logistic{"logistic equation from 10 cells", {}, {}, true};
  Curve::Line run{"a run", {}, {}, false};
  for (std::size_t week = 0; week + 3 < runs[0].size(); ++week) {
    const auto w = static_cast<double>(week);
    const double start = runs[0][1] / runs[0][2];
    logistic.x.push_back(w);
    logistic.y.push_back(runs[0][2] / (1.0 + (1.0 / start - 1.0) * std::exp(-0.12 * w)));
    run.x.push_back(w);
    run.y.push_back(runs[0][week + 3]);
  }
  verify.curve({"refill", "weeks", "stem cells", {logistic, run}, false, true});
}

}  // namespace

void mean_field(Verifier& verify) {
  std::uint64_t first = 413'000'000;
  for (const Loss loss : {Loss::bystander, Loss::kill}) {
    for (const double ratio : {0.3, 0.6}) {
      fixed_point(verify, loss, ratio, first);
      first += 1000;
    }
  }
  collapse(verify);
  refill_time(verify);
}

}  // namespace marrow::verify
