// SPDX-License-Identifier: BSD-3-Clause
// Rows 4.1 and 4.2: the chance that mutants of relative fitness r take a closed system of N niches
// over, under birth-death and death-birth.
//
// Birth-death on a graph where all niches have as many neighbours is isothermal: the chance is that
// of the well-mixed Moran process from whatever niches the mutants start (Lieberman 2005 Nature
// 433:312). Death-birth with fitness on birth is not: a mutant next to the vacancy competes with
// the few neighbours of that niche, among which relatives are over-represented, so selection is
// weaker the fewer the neighbours. With fitness on death the ratio of the chances of losing and
// gaining a mutant is 1/r in every configuration again (Kaveh 2015 arXiv:1411.4556).
#include "tests/verify/checks.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/stem_systems.hpp"

namespace marrow::verify {
namespace {

/// Systems of one seed that mutants took over; every one is followed to its end.
double taken_over(const GridSystem& system, std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation simulation(alone, parameters_of(system, seed));
  simulation.start();
  for (;;) {
    const std::vector<std::int64_t> mutants = mutants_by_system(simulation);
    const auto full = std::ranges::count(mutants, system.niches());
    const auto none = std::ranges::count(mutants, 0);
    if (full + none == system.systems()) return static_cast<double>(full);
    simulation.step();
  }
}

/// From m mutants by the Moran process of N cells: (1 - r^-m)/(1 - r^-N).
double moran(double r, double m, double n) {
  if (r == 1.0) return m / n;
  return std::expm1(-m * std::log(r)) / std::expm1(-n * std::log(r));
}

/// From one mutant under death-birth, fitness on birth, all niches neighbours: the exact chain. The
/// ratio of the chances of losing and gaining a mutant, given i, is g_i; the chance of fixation
/// 1/(1 + g_1 + g_1 g_2 + …).
double death_birth_chain(double r, std::int64_t cells) {
  const auto n = static_cast<double>(cells);
  double sum = 1.0;
  double product = 1.0;
  for (double i = 1.0; i < n; ++i) {
    const double gain = (n - i) / n * (i * r / (i * r + n - i - 1.0));
    const double loss = i / n * ((n - i) / ((i - 1.0) * r + n - i));
    product *= loss / gain;
    sum += product;
  }
  return 1.0 / sum;
}

std::string words(const GridSystem& s) {
  const std::string edge = std::to_string(s.edge);
  return "N = " + edge + "^3, " + (s.well_mixed ? "all" : "6") +
         " neighbours, r = " + short_text(s.fitness) + ", from " + std::to_string(s.mutants) +
         (s.mutants == 1 ? " mutant" : " mutants");
}

/// Share of systems that mutants took over, with the standard error that theory gives.
Measurement measure(Verifier& verify, const GridSystem& system, std::uint64_t first,
                    std::int64_t seeds, double theory) {
  double taken = 0;
  for (const auto& one : verify.over_seeds(first, seeds, [&](std::uint64_t seed) {
         return std::vector<double>{taken_over(system, seed)};
       })) {
    taken += one[0];
  }
  return share(taken, static_cast<double>(seeds * system.systems()), theory);
}

void birth_death(Verifier& verify) {
  // Losing mutants take over too rarely to count from one: they start as many.
  struct Case {
    std::int64_t edge, tiles, quick_seeds, full_seeds, events;
    std::int64_t losers;  // that start where r = 0.9
    std::vector<double> fitness;
  };
  const Case cases[] = {
      {3, 16, 2, 20, 27, 1, {0.9, 1.0, 1.05, 1.1, 1.5, 2.0}},
      {4, 12, 2, 20, 64, 32, {0.9, 1.0, 1.05, 1.1, 1.5, 2.0}},
      {5, 10, 2, 20, 125, 100, {0.9, 1.0, 1.05, 1.1, 1.5, 2.0}},
      {10, 6, 1, 10, 4000, 980, {0.9, 1.05, 1.1, 1.5, 2.0}},
  };
  std::uint64_t seed = 41000;
  for (const Case& c : cases) {
    for (const double r : c.fitness) {
      GridSystem system;
      system.edge = c.edge;
      system.tiles = c.tiles;
      system.events_per_hour = c.events;
      system.fitness = r;
      system.mutants = r < 1.0 ? c.losers : 1;
      const double theory =
          moran(r, static_cast<double>(system.mutants), static_cast<double>(system.niches()));
      const std::int64_t seeds = verify.effort(c.quick_seeds, c.full_seeds);
      verify.random("4.1", "fixation, birth-death", words(system), theory,
                    measure(verify, system, seed, seeds, theory));
      seed += 100;
    }
  }
}

GridSystem death_birth_system(std::int64_t edge, double r) {
  GridSystem system;
  system.edge = edge;
  system.update = StemCellUpdate::moran_death_birth;
  system.fitness = r;
  system.mutants = 1;
  system.events_per_hour = system.niches();
  system.tiles = edge == 8 ? 6 : 12;
  return system;
}

/// Where no closed form is known: a Monte-Carlo value of another program, with its standard error.
struct Vector {
  double r;
  double chance;
  double standard_error;
};

void against_vectors(Verifier& verify, std::int64_t edge, std::span<const Vector> vectors,
                     std::int64_t seeds, std::uint64_t seed) {
  for (const Vector& v : vectors) {
    const GridSystem system = death_birth_system(edge, v.r);
    const double runs = v.chance * (1.0 - v.chance) / (v.standard_error * v.standard_error);
    verify.random("4.2", "fixation, death-birth, fitness on birth",
                  words(system) + "; theory: independent Monte Carlo, its error included", v.chance,
                  against(measure(verify, system, seed, seeds, v.chance),
                          share(v.chance * runs, runs, v.chance)));
    seed += 100;
  }
}

/// Where all niches are neighbours; `published`: the closed form in five decimals.
void death_birth_well_mixed(Verifier& verify, std::int64_t edge, double r, double published,
                            std::int64_t seeds, std::uint64_t seed) {
  constexpr double half_a_digit = 5e-6;
  GridSystem system = death_birth_system(edge, r);
  system.well_mixed = true;
  const auto n = static_cast<double>(system.niches());
  const double theory = death_birth_chain(r, system.niches());
  const std::string which = "N = " + short_text(n) + ", r = " + short_text(r);
  verify.exact(
      "4.2", "theory alone: closed form of the well-mixed death-birth chain", which, theory,
      (n - 1.0) / n * std::expm1(-std::log(r)) / std::expm1(-(n - 1.0) * std::log(r)), 1e-12);
  verify.exact("4.2", "theory alone: the same chain against its vector", which, published, theory,
               half_a_digit / published);
  verify.random("4.2", "fixation, death-birth, fitness on birth", words(system), theory,
                measure(verify, system, seed, seeds, theory));
}

void death_birth(Verifier& verify) {
  struct Case {
    double r, published_64, published_512;
  };
  std::uint64_t seed = 420'000;
  for (const Case& c :
       {Case{1.1, 0.08971, 0.09073}, Case{1.5, 0.32813, 0.33268}, Case{2.0, 0.49219, 0.49902}}) {
    death_birth_well_mixed(verify, 4, c.r, c.published_64, verify.effort(2, 20), seed);
    death_birth_well_mixed(verify, 8, c.r, c.published_512, verify.effort(1, 10), seed + 50);
    seed += 100;
  }
  constexpr Vector torus_4[] = {
      {1.1, 0.08883, 0.00064}, {1.5, 0.31360, 0.00104}, {2.0, 0.46026, 0.00111}};
  against_vectors(verify, 4, torus_4, verify.effort(2, 20), 420'300);
  constexpr Vector torus_8[] = {
      {1.1, 0.0884, 0.0014}, {1.5, 0.3116, 0.0023}, {2.0, 0.4507, 0.0025}};
  against_vectors(verify, 8, torus_8, verify.effort(1, 10), 420'600);
}

void death_birth_with_fitness_on_death(Verifier& verify) {
  std::uint64_t seed = 420'900;
  for (const double r : {1.1, 1.5, 2.0}) {
    GridSystem system = death_birth_system(4, r);
    system.fitness_acts_on = FitnessActsOn::death;
    const double theory = moran(r, 1.0, 64.0);
    verify.random("4.2", "fixation, death-birth, fitness on death: as birth-death", words(system),
                  theory, measure(verify, system, seed, verify.effort(2, 20), theory));
    seed += 100;
  }
}

}  // namespace

void fixation(Verifier& verify) {
  birth_death(verify);
  death_birth(verify);
  death_birth_with_fitness_on_death(verify);
}

}  // namespace marrow::verify
