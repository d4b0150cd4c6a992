// SPDX-License-Identifier: BSD-3-Clause
// TARGETS 4.9: mutants of a marrow that grows from a few cells (Luria & Delbrueck 1943), clones
// that arose before the start in a constant pool, and new mutants of a healthy marrow.
#include "core/rules/standing_variation.hpp"
#include "parallel/simulation.hpp"
#include "tests/verify/checks.hpp"
#include "tests/verify/culture_law.hpp"
#include "tests/verify/marrows.hpp"
#include "tests/verify/statistics.hpp"
#include "tests/verify/table.hpp"

#include <algorithm>

namespace marrow::verify {
namespace {

constexpr double hours_per_year = 8766.0;

MutationClass neutral_mutation(double rate_per_division) {
  MutationClass m;
  m.name = "piga";
  m.genotype = gpi_negative;
  m.rate_per_division = rate_per_division;
  return m;
}

double mutation_chance(const Model& model) {
  return static_cast<double>(model.mutation_chance[0].value()) * 0x1p-64;
}

std::int64_t mutants(const ModelState& state) {
  return std::ranges::count_if(state.niches, [&](const CellRecord& cell) {
    return cell.state() == CellState::stem && state.clones[cell.clone()].mutations != 0;
  });
}

Parameters refilling_marrow(std::uint64_t seed) {
  Parameters p = dense_marrow(seed, 32);
  refill_from(p, 4.0);
  p.hspc.stress_rate_per_h = 0.05;
  p.clones.mutations = {neutral_mutation(1.0 / 328.0)};
  return p;
}

/// Mutants in the refilled marrow, the chance of a mutation, and the numbers of cells on the way.
struct Culture {
  double mutants = 0;
  double chance = 0;
  std::vector<double> cells;
};

Culture grow(std::uint64_t seed) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  parallel::Simulation marrow(alone, refilling_marrow(seed));
  marrow.start();
  Culture culture{0.0, mutation_chance(marrow.model()), {}};
  do {
    marrow.step();
    culture.cells.push_back(static_cast<double>(marrow.state().census.stem));
  } while (marrow.state().census.vacant > 0 && marrow.state().census.stem > 0);
  culture.mutants = static_cast<double>(mutants(marrow.state()));
  return culture;
}

/// Mutants counted up to here; the rest is one class.
constexpr std::size_t law_size = 33;

/// The formula of the curve of growing_marrow, for one mutation expected, in six decimals.
void published_law(Verifier& verify) {
  constexpr double half_a_digit = 5e-7;
  const std::vector<double> p = ma_sandri_sarkar(1.0, 11);
  for (const auto& [mutants, published] :
       {std::pair{0, 0.367879}, std::pair{1, 0.183940}, std::pair{2, 0.107298},
        std::pair{3, 0.068977}, std::pair{4, 0.047454}, std::pair{5, 0.034329},
        std::pair{10, 0.010682}}) {
    verify.exact("4.9", "theory alone: Ma, Sandri & Sarkar 1992 against its vector",
                 "m = 1, " + std::to_string(mutants) + (mutants == 1 ? " mutant" : " mutants"),
                 published, p[static_cast<std::size_t>(mutants)], half_a_digit / published);
  }
}

}  // namespace

void growing_marrow(Verifier& verify) {
  const std::int64_t cultures = verify.effort(300, 6000);
  const auto all = verify.over_seeds(490'000'000, cultures, [](std::uint64_t seed) {
    const Culture culture = grow(seed);
    std::vector<double> result = law_of_mutants(culture.cells, culture.chance, law_size);
    result.push_back(std::min(culture.mutants, static_cast<double>(law_size - 1)));
    return result;
  });
  std::vector<double> law(law_size);
  std::vector<double> counts(law_size);
  for (const auto& culture : all) {
    for (std::size_t r = 0; r < law_size; ++r) law[r] += culture[r];
    ++counts[static_cast<std::size_t>(culture.back())];
  }
  const auto n = static_cast<double>(cultures);
  const std::string conditions = "4 cells become 328, one mutation expected";
  verify.random("4.9", "growing marrow: share without mutants", conditions, law[0] / n,
                share(counts[0], n, law[0] / n));
  const ChiSquare c = chi_square(pooled(counts, law), pooled(law, law));
  verify.random("4.9", "growing marrow: law of the number of mutants: chi-square^(1/3)", conditions,
                c.theory(), c.measured());
  std::vector<double> numbers;
  const double mean = std::log(n) - std::log(law[0]);
  for (std::size_t r = 0; r < law_size; ++r) {
    numbers.push_back(static_cast<double>(r));
    law[r] /= n;
    counts[r] /= n;
  }
  numbers.resize(20);
  const auto first = [](std::vector<double> values) {
    values.resize(20);
    return values;
  };
  verify.curve({"luria_delbrueck",
                "mutants in the refilled marrow",
                "share of marrows",
                {{"exact for these marrows", numbers, first(law), true},
                 {"Ma, Sandri & Sarkar 1992", numbers, ma_sandri_sarkar(mean, 20), true},
                 {"program", numbers, first(counts), false}},
                false,
                true});
}

namespace {

/// A patient's pool of stem cells (the vectors of TARGETS 4.9).
struct Pool {
  double cells;
  double rate;
  double divisions_per_y;
  double age_y;

  [[nodiscard]] std::string text() const {
    return "N " + number_text(cells) + ", mu " + number_text(rate) + ", " +
           number_text(divisions_per_y) + " /y, " + number_text(age_y) + " y";
  }
  [[nodiscard]] double divisions() const { return divisions_per_y * age_y; }
  [[nodiscard]] double clones() const { return cells * rate * std::log1p(divisions()); }
  [[nodiscard]] double mutants() const { return cells * rate * divisions(); }
  /// Variance of the number of mutant cells: arrivals of the second moment of a clone's size.
  [[nodiscard]] double variance() const { return mutants() * (1.0 + divisions()); }
  /// Of the mutant cells of one patient; a clone's size is geometric for its age.
  [[nodiscard]] Law law() const {
    const double oldest = 1.0 + divisions();  // mean size of a clone as old as the patient
    return {mutants(), variance(), cells * rate * oldest * (2.0 * oldest - 1.0) * divisions()};
  }

  [[nodiscard]] Parameters parameters(std::uint64_t seed) const {
    Parameters p;
    p.scenario.seed = seed;
    p.clones.n_real = cells;
    p.clones.mutations = {neutral_mutation(rate)};
    p.hspc.homeostatic_rate_per_h = divisions_per_y / hours_per_year;
    p.patient.age_y = age_y;
    return p;
  }
};

std::vector<StandingClone> clones_of(const Pool& pool, std::uint64_t seed) {
  return draw_standing_clones(Model(pool.parameters(seed), NicheTable(1), 1.0, 26.0));
}

/// Number of clones and of mutant cells of each patient.
std::vector<std::vector<double>> patients(Verifier& verify, const Pool& pool, std::uint64_t first,
                                          std::int64_t count) {
  return verify.over_seeds(first, count, [&](std::uint64_t seed) {
    const std::vector<StandingClone> clones = clones_of(pool, seed);
    double cells = 0;
    for (const StandingClone& c : clones) cells += static_cast<double>(c.patient_cells);
    return std::vector<double>{static_cast<double>(clones.size()), cells};
  });
}

void standing_clones(Verifier& verify) {
  const std::int64_t count = verify.effort(10'000, 400'000);
  const auto n = static_cast<double>(count);
  std::uint64_t first = 491'000'000;
  for (const Pool& pool : {Pool{2e5, 1e-6, 1.3, 20}, Pool{2e5, 1e-6, 1.3, 40},
                           Pool{2e5, 1e-6, 1.3, 60}, Pool{1e5, 2.4e-7, 1.3, 60}}) {
    double with = 0;
    double cells = 0;
    for (const auto& patient : patients(verify, pool, first, count)) {
      with += patient[0] > 0 ? 1.0 : 0.0;
      cells += patient[1];
    }
    const double theory = -std::expm1(-pool.clones());
    verify.random("4.9", "standing variation: share of patients with a clone", pool.text(), theory,
                  share(with, n, theory));
    verify.random("4.9", "standing variation: mean mutant cells", pool.text(), pool.mutants(),
                  mean_by_law(cells, count, pool.law()));
    first += 1'000'000;
  }
}

/// Dingli 2008, Mon Pere 2018: the mutant share of the small pool that makes blood is mu·t.
void small_pool(Verifier& verify) {
  const Pool pool{400, 5e-7, 1.0, 60};
  const std::int64_t count = verify.effort(100'000, 4'000'000);
  double cells = 0;
  for (const auto& patient : patients(verify, pool, 500'000'000, count)) cells += patient[1];
  Measurement m = mean_by_law(cells, count, pool.law());
  m.mean /= pool.cells;
  m.standard_error /= pool.cells;
  verify.random("4.13", "small neutral pool (Dingli 2008): mean mutant share, mu times t",
                pool.text(), pool.rate * pool.divisions(), m);
}

/// Poisson numbers of clones; sizes geometric for their age.
void laws_of_standing_clones(Verifier& verify) {
  const Pool pool{2e5, 2e-6, 1.3, 45};
  const std::int64_t count = verify.effort(10'000, 400'000);
  const auto all = verify.over_seeds(495'000'000, count, [&](std::uint64_t seed) {
    std::vector<double> ages_and_sizes;
    for (const StandingClone& c : clones_of(pool, seed)) {
      ages_and_sizes.push_back(c.age_h / hours_per_year);
      ages_and_sizes.push_back(static_cast<double>(c.patient_cells));
    }
    return ages_and_sizes;
  });
  std::vector<std::int64_t> numbers;
  std::vector<double> ranks(20);
  std::uint64_t clone = 0;
  for (const auto& patient : all) {
    numbers.push_back(std::ssize(patient) / 2);
    for (std::size_t i = 0; i < patient.size(); i += 2) {
      // The chance of a larger size, at a random point of the size's own step, is uniform.
      const double reached = pool.divisions_per_y * patient[i];
      const double larger = reached / (1.0 + reached);
      const Bits128 bits = Draws(5)(Purpose::measurement, Entity::clone, ++clone);
      const double rank = std::pow(larger, patient[i + 1] - 1.0) *
                          (larger + uniform_unit(bits.first) * (1.0 - larger));
      ++ranks[std::min<std::size_t>(19, static_cast<std::size_t>(20.0 * rank))];
    }
  }
  const double mean = pool.clones();
  const ChiSquare poisson = chi_square_of_integers(
      numbers,
      [mean](std::int64_t k) {
        const auto x = static_cast<double>(k);
        return std::exp(x * std::log(mean) - mean - std::lgamma(x + 1.0));
      },
      0);
  verify.random("4.9", "standing variation: Poisson number of clones: chi-square^(1/3)",
                pool.text(), poisson.theory(), poisson.measured());
  const ChiSquare sizes = chi_square(ranks);
  verify.random("4.9", "standing variation: geometric sizes by age: chi-square^(1/3)", pool.text(),
                sizes.theory(), sizes.measured());
}

/// A patient's clones as cells of the box: each share is kept on average.
void placed_clones(Verifier& verify) {
  const std::int64_t count = verify.effort(1600, 4000);
  const auto all = verify.over_seeds(496'000'000, count, [](std::uint64_t seed) {
    const parallel::Communicator alone(MPI_COMM_SELF);
    Parameters p = dense_marrow(seed, 32);
    p.clones.n_real = 2e5;
    p.clones.mutations = {neutral_mutation(1e-5)};
    p.clones.standing = true;
    parallel::Simulation marrow(alone, p);
    marrow.start();
    double expected = 0;
    for (const StandingClone& c : draw_standing_clones(marrow.model())) expected += c.share;
    return std::vector<double>{static_cast<double>(mutants(marrow.state())) -
                               expected * static_cast<double>(marrow.model().niche_count())};
  });
  std::vector<double> excess;
  for (const auto& patient : all) excess.push_back(patient[0]);
  verify.random("4.9", "standing variation: cells placed beyond share times niches",
                "N 200000 in 328 niches, mu 1e-05", 0.0, mean_of(excess));
}

/// A healthy marrow over about four lives of a cell.
struct Health {
  double mutations = 0;
  double births_per_niche = 0;  // of normal cells
  double chance = 0;            // of a mutation at a birth
  double niches = 0;
  double mutant_share = 0;           // at the end
  double expected_mutant_share = 0;  // given all births and losses
};

Health healthy_marrow(std::uint64_t seed, std::int64_t voxels, double n_real, double mu) {
  const parallel::Communicator alone(MPI_COMM_SELF);
  Parameters p = dense_marrow(seed, voxels);
  p.clones.n_real = n_real;
  p.hspc.homeostatic_rate_per_h = 0.01;
  p.hspc.stress_rate_per_h = 0.25;
  p.hspc.relocation_rate_per_h = 0.0;
  p.clones.mutations = {neutral_mutation(mu)};
  parallel::Simulation marrow(alone, p);
  marrow.start();
  const auto count = [&](Counter c) {
    return static_cast<double>(marrow.state().counters[static_cast<std::size_t>(c)]);
  };
  const auto births = [&] {
    return count(Counter::stem_divisions) - count(Counter::stem_daughters_lost);
  };
  const auto mutant_share = [&] {
    return static_cast<double>(mutants(marrow.state())) /
           static_cast<double>(marrow.state().census.stem);
  };
  Health run;
  run.chance = mutation_chance(marrow.model());
  run.niches = static_cast<double>(marrow.model().niche_count());
  double normal = 1.0;  // expected share of normal cells
  double born_before = 0;
  for (int hour = 0; hour < 400; ++hour) {
    const double share_before = mutant_share();
    marrow.step();
    const double born = births() - born_before;
    born_before = births();
    run.births_per_niche += born * (1.0 - share_before) / run.niches;
    normal *= 1.0 - run.chance * born / static_cast<double>(marrow.state().census.stem);
  }
  run.mutations = count(Counter::mutations);
  run.mutant_share = mutant_share();
  run.expected_mutant_share = 1.0 - normal;
  return run;
}

void new_mutants(Verifier& verify) {
  constexpr double mu = 5e-3;
  const std::int64_t count = verify.effort(600, 3000);
  const auto n = static_cast<double>(count);
  double mutations = 0;
  double expected = 0;
  double theory = 0;
  std::vector<double> shares;
  for (const auto& run : verify.over_seeds(497'000'000, count, [](std::uint64_t seed) {
         const Health h = healthy_marrow(seed, 32, dense_marrow(seed, 32).clones.n_real, mu);
         return std::vector<double>{h.mutations, h.chance * h.births_per_niche * h.niches,
                                    h.mutant_share, h.expected_mutant_share};
       })) {
    mutations += run[0] / n;
    expected += run[1] / n;
    shares.push_back(run[2]);
    theory += run[3] / n;
  }
  const std::string conditions = "328 niches, about 4 divisions a cell, mu 0.005";
  verify.random("4.9", "healthy marrow: mutations of a run", conditions, expected,
                {mutations, std::sqrt(expected / n), count, 1.0 / std::sqrt(expected * n)});
  verify.random("4.9", "healthy marrow: mean mutant share at its end", conditions, theory,
                mean_of(shares));
}

/// A patient of N stem cells in boxes of two sizes: mu N mutations per round of divisions in each.
void box_sizes(Verifier& verify) {
  constexpr double mu = 2.5e-5;
  constexpr double n_real = 2e4;
  std::uint64_t seed = 498'000'000;
  for (const std::int64_t voxels : {24, 48}) {
    double mutations = 0;
    double rounds = 0;
    for (const auto& run :
         verify.over_seeds(seed, verify.effort(60, 4000), [voxels](std::uint64_t s) {
           const Health h = healthy_marrow(s, voxels, n_real, mu);
           return std::vector<double>{h.mutations, h.births_per_niche};
         })) {
      mutations += run[0];
      rounds += run[1];
    }
    const double theory = mu * n_real;
    verify.random("4.14", "mutations of a patient per round of divisions, mu N",
                  "N 20000, mu 2.5e-05, a box of " + std::to_string(voxels) + "^3 voxels", theory,
                  {mutations / rounds, std::sqrt(theory / rounds),
                   static_cast<std::int64_t>(mutations), 1.0 / std::sqrt(theory * rounds)});
    seed += 1'000'000;
  }
}

}  // namespace

void mutation(Verifier& verify) {
  growing_marrow(verify);
  published_law(verify);
  standing_clones(verify);
  laws_of_standing_clones(verify);
  placed_clones(verify);
  new_mutants(verify);
  box_sizes(verify);
  small_pool(verify);
  first_mutant(verify);
}

}  // namespace marrow::verify
