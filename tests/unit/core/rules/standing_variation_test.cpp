// SPDX-License-Identifier: BSD-3-Clause
// Clones that arose before the start, against the theory of birth and death: Kendall 1948; the law
// of surviving clones of a constant pool (MODEL.md, "Standing variation").
#include "core/rules/standing_variation.hpp"

#include "core/model/failure.hpp"
#include "core/rules/founders.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid eight_hundred{{20, 20, 2}, 4};
constexpr double hours_per_year = 8766.0;

/// A pool of N cells that divide `lambda` times per year for `age` years, with one class of
/// mutation.
struct Pool {
  double cells = 2e5;
  double rate = 1e-6;
  double lambda = 1.3;
  double age = 60.0;
  double growth = 0.0;  // per year
  double growth_sd = 0.0;
};

Parameters parameters_of(const Pool& pool, std::uint64_t seed) {
  Parameters p;
  p.scenario.seed = seed;
  p.clones.n_real = pool.cells;
  p.hspc.homeostatic_rate_per_h = pool.lambda / hours_per_year;
  p.patient.age_y = pool.age;
  MutationClass m;
  m.name = "piga";
  m.genotype = gpi_negative;
  m.rate_per_division = pool.rate;
  m.presentation = 0.5;
  m.growth_per_h = pool.growth / hours_per_year;
  m.growth_sd_per_h = pool.growth_sd / hours_per_year;
  p.clones.mutations = {m};
  return p;
}

std::vector<StandingClone> draw(const Pool& pool, std::uint64_t seed) {
  constexpr NicheGrid one{{1, 1, 1}, 4};
  return draw_standing_clones(StemCellWorld(one, parameters_of(pool, seed)).model);
}

/// Mean number of surviving clones: N mu lambda/b · ln(1 + b (E-1)/s), b = lambda + s, E = e^(s T).
double expected_clones(const Pool& pool, double growth) {
  const double b = pool.lambda + growth;
  const double grown = growth == 0.0 ? pool.age : std::expm1(growth * pool.age) / growth;
  return pool.cells * pool.rate * pool.lambda / b * std::log1p(b * grown);
}

struct Totals {
  double patients = 0;
  double with_clones = 0;
  double clones = 0;
  double cells = 0;
};

Totals totals_of(const Pool& pool, std::uint64_t patients) {
  Totals t;
  for (std::uint64_t seed = 1; seed <= patients; ++seed) {
    const std::vector<StandingClone> clones = draw(pool, seed);
    t.patients += 1;
    t.with_clones += clones.empty() ? 0 : 1;
    t.clones += static_cast<double>(clones.size());
    for (const StandingClone& c : clones) t.cells += static_cast<double>(c.patient_cells);
  }
  return t;
}

TEST(StandingVariation, GivesThePublishedChancesAndMeansOfNeutralClones) {
  struct Vector {
    Pool pool;
    double chance;
    double cells;
  };
  for (const auto& [pool, chance, cells] :
       {Vector{{2e5, 1e-6, 1.3, 20}, 0.483, 5.2}, Vector{{2e5, 1e-6, 1.3, 40}, 0.548, 10.4},
        Vector{{2e5, 1e-6, 1.3, 60}, 0.583, 15.6}, Vector{{1e5, 2.4e-7, 1.3, 20}, 0.076, 0.624},
        Vector{{1e5, 2.4e-7, 1.3, 40}, 0.091, 1.248},
        Vector{{1e5, 2.4e-7, 1.3, 60}, 0.100, 1.872}}) {
    EXPECT_NEAR(-std::expm1(-expected_clones(pool, 0.0)), chance, 6e-4);
    const Totals t = totals_of(pool, 5000);
    EXPECT_LT(std::abs(z_score(t.with_clones, t.patients, chance)), five_sigma) << pool.age;
    // Sum over arrivals of survival times the second moment 2m^2 - m of a size, m = 1 + lambda age.
    const double supply = pool.cells * pool.rate * pool.lambda;
    const double variance = supply * pool.age * (1.0 + pool.lambda * pool.age);
    EXPECT_LT(std::abs(t.cells - t.patients * cells),
              five_sigma * std::sqrt(t.patients * variance));
  }
}

TEST(StandingVariation, HasAPoissonNumberOfClones) {
  const Pool pool{2e5, 2e-6, 1.3, 45};
  const double mean = expected_clones(pool, 0.0);
  constexpr int patients = 10'000;
  std::array<double, 6> observed{};
  for (int seed = 0; seed < patients; ++seed) {
    observed[std::min<std::size_t>(5, draw(pool, static_cast<std::uint64_t>(seed)).size())] += 1;
  }
  std::array<double, 6> expected{};
  double rest = patients;
  for (int n = 0; n < 5; ++n) {
    expected[static_cast<std::size_t>(n)] =
        patients * std::exp(n * std::log(mean) - mean - std::lgamma(n + 1.0));
    rest -= expected[static_cast<std::size_t>(n)];
  }
  expected[5] = rest;
  EXPECT_LT(test::chi_square(observed, expected), test::chi_square_limit(5));
}

TEST(StandingVariation, HasTheAgesOfSurvivorsAndGeometricSizes) {
  const Pool pool{2e5, 1e-4, 1.3, 30};
  std::array<double, 10> ages{};
  std::array<double, 10> sizes{};
  const Draws draws(5);
  std::uint64_t number = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    for (const StandingClone& c : draw(pool, seed)) {
      const double reached = pool.lambda * c.age_h / hours_per_year;
      const double age_rank = std::log1p(reached) / std::log1p(pool.lambda * pool.age);
      ages[static_cast<std::size_t>(10.0 * age_rank)] += 1;
      // Chance of a larger size, at a random point of its own step: uniform if sizes are geometric.
      const double larger = reached / (1.0 + reached);
      const auto n = static_cast<double>(c.patient_cells);
      const double u = uniform_unit(draws(Purpose::measurement, Entity::clone, ++number).first);
      const double rank = std::pow(larger, n - 1.0) * (larger + u * (1.0 - larger));
      sizes[static_cast<std::size_t>(10.0 * rank)] += 1;
    }
  }
  EXPECT_LT(test::chi_square(ages), test::chi_square_limit(9));
  EXPECT_LT(test::chi_square(sizes), test::chi_square_limit(9));
}

TEST(StandingVariation, GrowsAsTheFormulasSay) {
  for (const double growth : {-0.3, 0.05, 0.3}) {
    const Pool pool{2e5, 1e-6, 1.3, 20, growth};
    const Totals t = totals_of(pool, 5000);
    const double mean = expected_clones(pool, growth);
    EXPECT_LT(std::abs(t.clones - t.patients * mean), five_sigma * std::sqrt(t.patients * mean));
    const double supply = pool.cells * pool.rate * pool.lambda;
    const double cells = supply * std::expm1(growth * pool.age) / growth;
    // Second moment of a mutant of age t: E + (b+d)/(b-d) E (E-1) + ... = E (2m - 1), integrated.
    double square = 0;
    constexpr int cuts = 2000;
    for (int i = 0; i < cuts; ++i) {
      const double age = pool.age * (i + 0.5) / cuts;
      const double e = std::exp(growth * age);
      const double m = 1.0 + (pool.lambda + growth) * (e - 1.0) / growth;
      square += supply * e * (2.0 * m - 1.0) * pool.age / cuts;
    }
    EXPECT_LT(std::abs(t.cells - t.patients * cells), five_sigma * std::sqrt(t.patients * square))
        << growth;
  }
}

TEST(StandingVariation, DrawsTheGrowthOfEachCloneBeforeItsFate) {
  const Pool pool{2e5, 1e-6, 1.3, 40, 0.05, 0.08};
  double mean = 0;  // over the normal law of growth
  constexpr int cuts = 4000;
  for (int i = 0; i < cuts; ++i) {
    const double z = 6.0 * (2.0 * (i + 0.5) / cuts - 1.0);
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    mean += expected_clones(pool, pool.growth + pool.growth_sd * z) * density * 12.0 / cuts;
  }
  const Totals t = totals_of(pool, 8000);
  EXPECT_LT(std::abs(t.clones - t.patients * mean), five_sigma * std::sqrt(t.patients * mean));
  EXPECT_GT(t.patients * (mean - expected_clones(pool, pool.growth)),
            2.0 * std::sqrt(t.patients * mean))
      << "the test could not tell scatter from none";
}

/// Cells after `time` of a clone that starts with one, event by event.
std::int64_t simulate(const CloneGrowth& growth, double time, std::uint64_t run) {
  const Draws draws(11);
  std::int64_t cells = 1;
  double now = 0;
  for (std::uint64_t event = 0; cells > 0; ++event) {
    const Bits128 bits = draws(Purpose::measurement, Entity::clone, run, event);
    const double rate = growth.division_per_h + growth.loss_per_h;
    now -= std::log(1.0 - uniform_unit(bits.first)) / (rate * static_cast<double>(cells));
    if (now > time) break;
    cells += uniform_unit(bits.second) * rate < growth.division_per_h ? 1 : -1;
  }
  return cells;
}

TEST(CloneGrowth, AgreesWithASimulationOfEveryDivisionAndLoss) {
  constexpr double runs = 20'000;
  for (const CloneGrowth& growth :
       {CloneGrowth{1.0, 1.0}, CloneGrowth{1.4, 1.0}, CloneGrowth{0.7, 1.0}}) {
    constexpr double time = 2.0;
    const double mean = growth.mean_size(time);
    std::array<double, 7> observed{};
    for (std::uint64_t run = 0; run < 20'000; ++run) {
      observed[std::min<std::size_t>(6, static_cast<std::size_t>(simulate(growth, time, run)))] +=
          1;
    }
    std::array<double, 7> expected{};
    double left = growth.survival(time) * runs;
    expected[0] = runs - left;
    for (std::size_t n = 1; n < 6; ++n) {
      expected[n] = left / mean;
      left -= expected[n];
    }
    expected[6] = left;
    EXPECT_LT(test::chi_square(observed, expected), test::chi_square_limit(6))
        << growth.division_per_h;
  }
}

TEST(CloneGrowth, HasTheKnownLimits) {
  const CloneGrowth neutral{1e-4, 1e-4};
  EXPECT_DOUBLE_EQ(neutral.survival(3e4), 0.25);
  EXPECT_DOUBLE_EQ(neutral.mean_size(3e4), 4.0);
  const CloneGrowth fast{2e-4, 1e-4};
  EXPECT_NEAR(fast.survival(1e9), 0.5, 1e-12);  // 1 - d/b
  for (const CloneGrowth& g : {neutral, fast, CloneGrowth{0.5e-4, 1e-4}}) {
    EXPECT_EQ(g.survival(0.0), 1.0);
    EXPECT_EQ(g.mean_size(0.0), 1.0);
    const double grown = std::exp((g.division_per_h - g.loss_per_h) * 2e4);
    EXPECT_NEAR(g.survival(2e4) * g.mean_size(2e4), grown, 1e-13 * grown);
  }
  EXPECT_NEAR((CloneGrowth{0.0, 1e-4}.survival(1e4)), std::exp(-1.0), 1e-15);
}

TEST(StandingVariation, SharesAreSizesOverThePoolForSmallClones) {
  const Pool pool{2e5, 1e-6, 1.3, 45};
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    for (const StandingClone& c : draw(pool, seed)) {
      const double plain = static_cast<double>(c.patient_cells) / pool.cells;
      EXPECT_NEAR(c.share / plain, 1.0, 5e-3);
      EXPECT_LE(c.share, plain);
    }
  }
}

TEST(StandingVariation, FastDriversSaturateAndLeaveNormalCells) {
  const Pool pool{2e5, 1e-6, 1.3, 80, 0.5};
  int reduced = 0;
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    const std::vector<StandingClone> clones = draw(pool, seed);
    double total = 0, cells = 0;
    for (const StandingClone& c : clones) {
      total += c.share;
      cells += static_cast<double>(c.patient_cells);
    }
    EXPECT_LE(total, most_standing_share * (1.0 + 1e-12));
    if (cells > 10.0 * pool.cells) {
      ++reduced;
      EXPECT_NEAR(total, most_standing_share, 1e-12);
    }
    for (const StandingClone& c : clones) {
      const double part = static_cast<double>(c.patient_cells) / cells;
      EXPECT_NEAR(c.share, part * total, 1e-12) << "proportions among clones are kept";
    }
  }
  EXPECT_GT(reduced, 20);
}

TEST(StandingVariation, IsThatOfThePatientWhateverTheBox) {
  const Pool pool{2e5, 2e-5, 1.3, 45, 0.1};
  for (std::uint64_t seed = 1; seed < 10; ++seed) {
    const Parameters p = parameters_of(pool, seed);
    const auto small = draw_standing_clones(StemCellWorld({{10, 10, 1}, 4}, p).model);
    const auto large = draw_standing_clones(StemCellWorld({{40, 40, 1}, 4}, p).model);
    ASSERT_EQ(small.size(), large.size());
    for (std::size_t i = 0; i < small.size(); ++i) {
      EXPECT_EQ(small[i].patient_cells, large[i].patient_cells);
      EXPECT_EQ(small[i].share, large[i].share);
      EXPECT_LT(std::abs(static_cast<double>(small[i].box_cells) - 100 * small[i].share), 1.0);
      EXPECT_LT(std::abs(static_cast<double>(large[i].box_cells) - 1600 * large[i].share), 1.0);
    }
  }
}

TEST(StandingVariation, KeepsTheMeanShareInASmallBox) {
  const Pool pool{2e5, 2e-5, 1.3, 45};
  double expected = 0, variance = 0, cells = 0;
  for (std::uint64_t seed = 1; seed < 400; ++seed) {
    const auto w = StemCellWorld(eight_hundred, parameters_of(pool, seed));
    for (const StandingClone& c : draw_standing_clones(w.model)) {
      const double exact = 800.0 * c.share;
      const double part = exact - std::floor(exact);
      expected += exact;
      variance += part * (1.0 - part);
      cells += static_cast<double>(c.box_cells);
    }
  }
  EXPECT_LT(std::abs(cells - expected), five_sigma * std::sqrt(variance));
}

StemCellWorld placed_world(std::uint64_t seed, StandingCensus& census) {
  Parameters p = parameters_of({8000, 1e-3, 1.3, 45}, seed);
  FounderClone founder;
  founder.name = "founder";
  founder.cells = 100;
  founder.at = FounderTime::start;
  p.clones.founders = {founder};
  StemCellWorld w(eight_hundred, p);
  fill_niches(w.state, w.model);
  place_founders(w.state, w.model, FounderTime::start);
  census = place_standing_clones(w.state, w.model);
  return w;
}

TEST(StandingVariation, EntersTheCloneTableWithItsBirth) {
  StandingCensus census;
  const StemCellWorld w = placed_world(3, census);
  std::vector<StandingClone> drawn = draw_standing_clones(w.model);
  EXPECT_EQ(census.clones, static_cast<std::int64_t>(drawn.size()));
  std::erase_if(drawn, [](const StandingClone& c) { return c.box_cells == 0; });
  EXPECT_EQ(census.placed_clones, static_cast<std::int64_t>(drawn.size()));
  EXPECT_LT(census.placed_clones, census.clones) << "some are too small for the box";
  ASSERT_EQ(w.state.clones.size(), drawn.size() + 2);
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    const Clone& clone = w.state.clones[i + 2];
    EXPECT_EQ(clone.parent, 0u);
    EXPECT_EQ(clone.founder, 0u);
    EXPECT_EQ(clone.genotype, std::uint32_t{gpi_negative});
    EXPECT_EQ(clone.mutations, 1u);
    EXPECT_EQ(clone.presentation, full_presentation / 2);
    EXPECT_NEAR(static_cast<double>(clone.birth_step), -drawn[i].age_h, 0.5);
    const auto at =
        std::ranges::find(w.model.niches, clone.birth_site, &Niche::site) - w.model.niches.begin();
    EXPECT_EQ(w.state.niches[static_cast<std::size_t>(at)].clone(), i + 2);
    EXPECT_EQ(
        std::ranges::count(w.state.niches,
                           CellRecord::make(CellState::stem, static_cast<std::uint32_t>(i + 2))),
        drawn[i].box_cells);
  }
}

TEST(StandingVariation, TakesTheNichesOfNormalCellsOnly) {
  StandingCensus census;
  const StemCellWorld w = placed_world(3, census);
  std::int64_t normal = 0;
  std::int64_t founders = 0;
  for (const CellRecord cell : w.state.niches) {
    normal += cell == CellRecord::make(CellState::stem, 0) ? 1 : 0;
    founders += cell == CellRecord::make(CellState::stem, 1) ? 1 : 0;
  }
  EXPECT_EQ(founders, 100);
  EXPECT_EQ(normal, 700 - census.placed_cells);
  EXPECT_GT(census.placed_cells, 0);
}

TEST(StandingVariation, IsAFunctionOfTheSeed) {
  StandingCensus census;
  EXPECT_EQ(placed_world(3, census).state, placed_world(3, census).state);
  EXPECT_NE(placed_world(3, census).state, placed_world(4, census).state);
}

TEST(StandingVariation, SpreadsOverTheNichesEvenly) {
  constexpr NicheGrid small{{20, 1, 1}, 4};
  std::array<double, 20> taken{};
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    StemCellWorld w(small, parameters_of({200, 1e-3, 1.3, 30}, seed));
    place_standing_clones(w.state, w.model);
    for (std::size_t n = 0; n < 20; ++n) taken[n] += w.state.niches[n].clone() == 1 ? 1 : 0;
  }
  EXPECT_LT(test::chi_square(taken), test::chi_square_limit(19));
}

TEST(StandingVariation, LeavesOutClassesThatCannotBeStanding) {
  Parameters p = parameters_of({2e5, 1e-4, 1.3, 45}, 1);
  p.clones.mutations[0].standing = false;
  EXPECT_TRUE(draw_standing_clones(StemCellWorld(eight_hundred, p).model).empty());
  EXPECT_TRUE(draw({2e5, 1e-4, 1.3, 0.0}, 1).empty());
  EXPECT_TRUE(draw({2e5, 0.0, 1.3, 45}, 1).empty());
  EXPECT_TRUE(draw({2e5, 1e-4, 0.0, 45}, 1).empty());
}

TEST(StandingVariation, RefusesMoreMutantsThanItCanFollow) {
  EXPECT_THROW(draw({1e9, 1e-2, 1.3, 45}, 1), Failure);
}

}  // namespace
}  // namespace marrow
