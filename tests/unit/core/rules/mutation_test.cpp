// SPDX-License-Identifier: BSD-3-Clause
// Mutation at division (MODEL.md, "Mutation"): each genotype independently, at the rate of
// the patient times N_real/K.
#include "core/rules/mutation.hpp"

#include "core/rules/placement.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid four_hundred{{20, 20, 1}, 4};
constexpr double certain = 1.0;

Parameters with(std::vector<MutationClass> mutations) {
  Parameters p;
  p.clones.mutations = std::move(mutations);
  return p;
}

/// Mutants among `steps` daughters of each niche; the clone table is forgotten in between.
double count_mutants(StemCellWorld& w, int steps) {
  double mutants = 0;
  for (int s = 0; s < steps; ++s) {
    w.state.step = s;
    for (std::uint32_t n = 0; n < w.state.niches.size(); ++n) {
      mutants += daughter_clone(w.state, w.model, 0, n, n) != 0 ? 1 : 0;
      w.state.clones.resize(1);
    }
  }
  return mutants;
}

TEST(Mutation, StrikesAtThePatientsRateTimesRealOverModelledCells) {
  Parameters p = with({{"piga", gpi_negative, 2e-4, 1.0, 0.0}});
  p.clones.n_real = 2e5;
  StemCellWorld w(four_hundred, p);  // 2e-4 · 2e5/400 = 0.1
  const double mutants = count_mutants(w, 500);
  EXPECT_LT(std::abs(z_score(mutants, 2e5, 0.1)), five_sigma);
  EXPECT_EQ(w.count(Counter::mutations), static_cast<std::int64_t>(mutants));
}

TEST(Mutation, SupplyPerMarrowDoesNotDependOnTheNumberOfNiches) {
  // In a unit of time each niche divides once: the expected mutants of the marrow stay n_real · mu.
  for (const std::int64_t edge : {10, 20, 40}) {
    Parameters p = with({{"piga", gpi_negative, 2e-4, 1.0, 0.0}});
    p.clones.n_real = 1e5;
    StemCellWorld w({{edge, edge, 1}, 4}, p);
    const double niches = static_cast<double>(edge * edge);
    constexpr int generations = 200;
    const double mutants = count_mutants(w, generations);
    EXPECT_LT(std::abs(z_score(mutants, niches * generations, 20.0 / niches)), five_sigma)
        << niches << " niches";
  }
}

TEST(Mutation, ClassesStrikeIndependently) {
  const double per_cell = 400.0 / 2e5;
  StemCellWorld w(four_hundred, with({{"piga", gpi_negative, 0.3 * per_cell, 1.0, 0.0},
                                      {"hla", hla_lost, 0.4 * per_cell, 0.0, 0.0}}));
  std::array<double, 4> joint{};  // piga + 2 hla
  for (int s = 0; s < 100; ++s) {
    w.state.step = s;
    for (std::uint32_t n = 0; n < 400; ++n) {
      const std::uint32_t clone = daughter_clone(w.state, w.model, 0, n, n);
      const std::uint32_t genotype = w.state.clones[clone].genotype;
      joint[((genotype & gpi_negative) ? 1u : 0u) + ((genotype & hla_lost) ? 2u : 0u)] += 1;
      w.state.clones.resize(1);
    }
  }
  constexpr double n = 40'000;
  const std::array<double, 4> expected = {0.7 * 0.6 * n, 0.3 * 0.6 * n, 0.7 * 0.4 * n,
                                          0.3 * 0.4 * n};
  EXPECT_LT(test::chi_square(joint, expected), test::chi_square_limit(3));
  EXPECT_EQ(w.count(Counter::mutations),
            static_cast<std::int64_t>(joint[1] + joint[2] + 2 * joint[3]));
}

TEST(Mutation, LeavesTheCloneTableAloneWhenNothingStrikes) {
  StemCellWorld w(four_hundred, with({{"piga", gpi_negative, 0.0, 0.5, 0.1}}));
  w.state.clones.resize(3);
  const CloneTable before = w.state.clones;
  EXPECT_EQ(daughter_clone(w.state, w.model, 2, 7, 9), 2u);
  EXPECT_EQ(w.state.clones, before);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

TEST(Mutation, DoesNotHitWhatACloneHasLostAlready) {
  StemCellWorld w(four_hundred, with({{"hla", hla_lost, certain, 0.0, 0.0}}));
  w.state.clones.push_back({0, hla_lost | driver, 0, 1, 0, 0, 0.0});
  EXPECT_EQ(daughter_clone(w.state, w.model, 1, 3, 4), 1u);
  EXPECT_EQ(w.state.clones.size(), 2u);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

TEST(Mutation, StillHitsAClassThatIsOnlyPartlyCarried) {
  StemCellWorld w(four_hundred, with({{"both", hla_lost | gpi_negative, certain, 0.5, 0.0}}));
  w.state.clones.push_back({0, hla_lost, full_presentation, 1, 0, 0, 0.0});
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 1, 3, 4);
  EXPECT_EQ(mutant, 2u);
  EXPECT_EQ(w.state.clones[mutant].genotype, std::uint32_t{hla_lost | gpi_negative});
}

TEST(Mutation, TwoClassesOfOneGenotypeStrikeADaughterOnce) {
  StemCellWorld w(four_hundred, with({{"deletion", hla_lost, certain, 0.5, 0.0},
                                      {"point", hla_lost, certain, 0.5, 0.0}}));
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 0, 3, 4);
  EXPECT_EQ(w.state.clones[mutant].presentation, full_presentation / 2);
  EXPECT_EQ(w.count(Counter::mutations), 1);
}

TEST(Mutation, RecordsTheBirthAndMultipliesPresentationAndAddsGrowth) {
  StemCellWorld w(four_hundred, with({{"piga", gpi_negative, certain, 0.25, 0.5},
                                      {"dnmt3a", driver, certain, 0.5, 0.125}}));
  w.state.step = 4321;
  w.state.clones.push_back({0, hla_lost, full_presentation / 2, 7, 11, 13, 0.0625});
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 1, 30, 40);
  ASSERT_EQ(mutant, 2u);
  ASSERT_EQ(w.state.clones.size(), 3u);
  const Clone expected{1,    hla_lost | gpi_negative | driver, full_presentation / 16, 7,
                       4321, w.model.niches[40].site,          0.0625 + 0.5 + 0.125};
  EXPECT_EQ(w.state.clones[2], expected);
  EXPECT_EQ(w.state.clones[1], (Clone{0, hla_lost, full_presentation / 2, 7, 11, 13, 0.0625}));
  EXPECT_EQ(w.count(Counter::mutations), 2);
}

TEST(Mutation, AClassThatEscapesPresentsNothing) {
  StemCellWorld w(four_hundred, with({{"hla", hla_lost, certain, 0.0, 0.0}}));
  EXPECT_EQ(w.state.clones[daughter_clone(w.state, w.model, 0, 0, 1)].presentation, 0u);
}

TEST(Mutation, IsKeyedByTheMothersNicheAndTheHour) {
  StemCellWorld w(four_hundred, with({{"piga", gpi_negative, 1e-3, 1.0, 0.0}}));  // chance 0.5
  const auto struck = [&](std::uint32_t source, std::uint32_t niche, int step) {
    w.state.step = step;
    const bool mutated = daughter_clone(w.state, w.model, 0, source, niche) != 0;
    w.state.clones.resize(1);
    return mutated;
  };
  int by_hour = 0;
  int by_niche = 0;
  for (std::uint32_t n = 0; n < 399; ++n) {
    EXPECT_EQ(struck(n, 5, 1), struck(n, 200, 1)) << "where the daughter settles must not matter";
    by_hour += struck(n, 5, 1) != struck(n, 5, 2) ? 1 : 0;
    by_niche += struck(n, 5, 1) != struck(n + 1, 5, 1) ? 1 : 0;
  }
  EXPECT_LT(std::abs(z_score(by_hour, 399, 0.5)), five_sigma);
  EXPECT_LT(std::abs(z_score(by_niche, 399, 0.5)), five_sigma);
}

TEST(Mutation, NumbersNewClonesByTheNicheOfBirth) {
  Parameters p = with({{"piga", gpi_negative, certain, 0.5, 0.0}});
  p.hspc.blood_share = 0.5;
  StemCellWorld w(four_hundred, p);
  std::vector<StemEvent> events;
  for (std::uint32_t n = 0; n < 400; ++n) {
    if (n % 3 == 0) w.vacate(n);
    if (n % 3 == 1) events.push_back({n, StemAct::divide});
  }
  w.state.step = 9;
  apply_stem_events(w.state, w.model, w.neighbourhoods, events);
  std::uint32_t next = 1;
  for (std::uint32_t n = 0; n < 400; ++n) {
    const std::uint32_t clone = w.state.niches[n].clone();
    if (clone == 0) continue;
    EXPECT_EQ(clone, next);
    EXPECT_EQ(w.state.clones[clone].birth_site, w.model.niches[n].site);
    EXPECT_EQ(w.state.clones[clone].birth_step, 9);
    ++next;
  }
  EXPECT_EQ(next, w.state.clones.size());
  EXPECT_EQ(next - 1,
            events.size() - static_cast<std::size_t>(w.count(Counter::stem_daughters_lost)));
  EXPECT_EQ(w.count(Counter::mutations), static_cast<std::int64_t>(next) - 1);
}

TEST(Mutation, OfADaughterLeavesTheMotherAsSheWas) {
  Parameters p = with({{"piga", gpi_negative, certain, 0.5, 0.0}});
  StemCellWorld w(four_hundred, p);
  w.vacate(21);
  apply_stem_events(w.state, w.model, w.neighbourhoods,
                    std::vector<StemEvent>{{20, StemAct::divide}});
  EXPECT_EQ(w.state.niches[20].clone(), 0u);
  EXPECT_EQ(w.state.niches[21].clone(), 1u);
}

TEST(Mutation, ALostDaughterFoundsNoClone) {
  StemCellWorld w(four_hundred, with({{"piga", gpi_negative, certain, 0.5, 0.0}}));
  apply_stem_events(w.state, w.model, w.neighbourhoods,
                    std::vector<StemEvent>{{20, StemAct::divide}});
  EXPECT_EQ(w.state.clones.size(), 1u);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

}  // namespace
}  // namespace marrow
