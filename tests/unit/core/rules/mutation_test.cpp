// SPDX-License-Identifier: BSD-3-Clause
// Mutation at division (MODEL.md, "Mutation"): each genotype independently, at the rate of
// the patient times N_real/K.
#include "core/rules/mutation.hpp"

#include "core/model/failure.hpp"
#include "core/rules/placement.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace marrow {
namespace {

using test::five_sigma;
using test::NicheGrid;
using test::StemCellWorld;
using test::z_score;

constexpr NicheGrid four_hundred{{20, 20, 1}, 4};
constexpr double certain = 1.0;

MutationClass mutation(std::string name, int genotype, double rate, double presentation,
                       double growth_per_h = 0.0) {
  MutationClass m;
  m.name = std::move(name);
  m.genotype = static_cast<std::uint8_t>(genotype);
  m.rate_per_division = rate;
  m.presentation = presentation;
  m.growth_per_h = growth_per_h;
  return m;
}

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
  Parameters p = with({mutation("piga", gpi_negative, 2e-4, 1.0, 0.0)});
  p.clones.n_real = 2e5;
  StemCellWorld w(four_hundred, p);  // 2e-4 · 2e5/400 = 0.1
  const double mutants = count_mutants(w, 500);
  EXPECT_LT(std::abs(z_score(mutants, 2e5, 0.1)), five_sigma);
  EXPECT_EQ(w.count(Counter::mutations), static_cast<std::int64_t>(mutants));
}

TEST(Mutation, SupplyPerMarrowDoesNotDependOnTheNumberOfNiches) {
  // In a unit of time each niche divides once: the expected mutants of the marrow stay n_real · mu.
  for (const std::int64_t edge : {10, 20, 40}) {
    Parameters p = with({mutation("piga", gpi_negative, 2e-4, 1.0, 0.0)});
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
  StemCellWorld w(four_hundred, with({mutation("piga", gpi_negative, 0.3 * per_cell, 1.0, 0.0),
                                      mutation("hla", hla_lost, 0.4 * per_cell, 0.0, 0.0)}));
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
  StemCellWorld w(four_hundred, with({mutation("piga", gpi_negative, 0.0, 0.5, 0.1)}));
  w.state.clones.resize(3);
  const CloneTable before = w.state.clones;
  EXPECT_EQ(daughter_clone(w.state, w.model, 2, 7, 9), 2u);
  EXPECT_EQ(w.state.clones, before);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

TEST(Mutation, DoesNotHitWhatACloneHasLostAlready) {
  StemCellWorld w(four_hundred, with({mutation("hla", hla_lost, certain, 0.0, 0.0)}));
  w.state.clones.push_back({0, hla_lost | driver, 0, 0, 1, 0, 0, 0.0});
  EXPECT_EQ(daughter_clone(w.state, w.model, 1, 3, 4), 1u);
  EXPECT_EQ(w.state.clones.size(), 2u);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

TEST(Mutation, StillHitsAClassThatIsOnlyPartlyCarried) {
  StemCellWorld w(four_hundred,
                  with({mutation("both", hla_lost | gpi_negative, certain, 0.5, 0.0)}));
  w.state.clones.push_back({0, hla_lost, 0, full_presentation, 1, 0, 0, 0.0});
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 1, 3, 4);
  EXPECT_EQ(mutant, 2u);
  EXPECT_EQ(w.state.clones[mutant].genotype, std::uint32_t{hla_lost | gpi_negative});
}

TEST(Mutation, TwoClassesOfOneGenotypeStrikeADaughterOnce) {
  StemCellWorld w(four_hundred, with({mutation("deletion", hla_lost, certain, 0.5, 0.0),
                                      mutation("point", hla_lost, certain, 0.5, 0.0)}));
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 0, 3, 4);
  EXPECT_EQ(w.state.clones[mutant].presentation, full_presentation / 2);
  EXPECT_EQ(w.count(Counter::mutations), 1);
}

TEST(Mutation, RecordsTheBirthAndMultipliesPresentationAndAddsGrowth) {
  StemCellWorld w(four_hundred, with({mutation("piga", gpi_negative, certain, 0.25, 0.5),
                                      mutation("dnmt3a", driver, certain, 0.5, 0.125)}));
  w.state.step = 4321;
  w.state.clones.push_back({0, hla_lost, 0, full_presentation / 2, 7, 11, 13, 0.0625});
  const std::uint32_t mutant = daughter_clone(w.state, w.model, 1, 30, 40);
  ASSERT_EQ(mutant, 2u);
  ASSERT_EQ(w.state.clones.size(), 3u);
  const Clone expected{1,
                       hla_lost | gpi_negative | driver,
                       0b11,
                       full_presentation / 16,
                       7,
                       4321,
                       w.model.niches[40].site,
                       0.0625 + 0.5 + 0.125};
  EXPECT_EQ(w.state.clones[2], expected);
  EXPECT_EQ(w.state.clones[1], (Clone{0, hla_lost, 0, full_presentation / 2, 7, 11, 13, 0.0625}));
  EXPECT_EQ(w.count(Counter::mutations), 2);
}

TEST(Mutation, AClassThatEscapesPresentsNothing) {
  StemCellWorld w(four_hundred, with({mutation("hla", hla_lost, certain, 0.0, 0.0)}));
  EXPECT_EQ(w.state.clones[daughter_clone(w.state, w.model, 0, 0, 1)].presentation, 0u);
}

TEST(Mutation, IsKeyedByTheMothersNicheAndTheHour) {
  StemCellWorld w(four_hundred,
                  with({mutation("piga", gpi_negative, 1e-3, 1.0, 0.0)}));  // chance 0.5
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
  Parameters p = with({mutation("piga", gpi_negative, certain, 0.5, 0.0)});
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
  Parameters p = with({mutation("piga", gpi_negative, certain, 0.5, 0.0)});
  StemCellWorld w(four_hundred, p);
  w.vacate(21);
  apply_stem_events(w.state, w.model, w.neighbourhoods,
                    std::vector<StemEvent>{{20, StemAct::divide}});
  EXPECT_EQ(w.state.niches[20].clone(), 0u);
  EXPECT_EQ(w.state.niches[21].clone(), 1u);
}

TEST(Mutation, ALostDaughterFoundsNoClone) {
  StemCellWorld w(four_hundred, with({mutation("piga", gpi_negative, certain, 0.5, 0.0)}));
  apply_stem_events(w.state, w.model, w.neighbourhoods,
                    std::vector<StemEvent>{{20, StemAct::divide}});
  EXPECT_EQ(w.state.clones.size(), 1u);
  EXPECT_EQ(w.count(Counter::mutations), 0);
}

TEST(Mutation, CollectsSeveralHitsInOneLineage) {
  const std::vector<MutationClass> classes = {
      mutation("piga", gpi_negative, 1e-4, 0.5, 0.25), mutation("tet2", driver, 1e-4, 1.0, 0.5),
      mutation("asxl1", driver, 1e-4, 1.0, 1.0), mutation("hla", hla_lost, 1e-4, 0.0, 2.0)};
  StemCellWorld w(four_hundred, with(classes));  // chance 0.05 of each
  std::uint32_t clone = 0;
  for (int step = 0; step < 400; ++step) {
    w.state.step = step;
    clone = daughter_clone(w.state, w.model, clone, 17, 18);
  }
  const Clone& last = w.state.clones[clone];
  EXPECT_EQ(last.mutations, 0b1111u);
  EXPECT_EQ(last.genotype, std::uint32_t{gpi_negative | driver | hla_lost});
  EXPECT_EQ(last.presentation, 0u);
  EXPECT_DOUBLE_EQ(last.growth_per_h, 3.75);
  EXPECT_EQ(w.count(Counter::mutations), 4) << "each class hits a lineage once";
  for (std::size_t c = 1; c < w.state.clones.size(); ++c) {
    const Clone& child = w.state.clones[c];
    const Clone& parent = w.state.clones[child.parent];
    EXPECT_EQ(child.parent, c - 1);
    EXPECT_GT(child.birth_step, parent.birth_step - (child.parent == 0 ? 1 : 0));
    EXPECT_NE(child.mutations, parent.mutations);
    EXPECT_EQ(child.mutations & parent.mutations, parent.mutations) << "hits are never lost";
  }
}

TEST(Mutation, AddsADriverToADriver) {
  StemCellWorld w(four_hundred, with({mutation("dnmt3a", driver, 0.0, 1.0, 0.25),
                                      mutation("tet2", driver, certain, 1.0, 0.5)}));
  w.state.clones.push_back({0, driver, 0b01, full_presentation, 0, 0, 0, 0.25});
  const std::uint32_t twice = daughter_clone(w.state, w.model, 1, 3, 4);
  ASSERT_EQ(twice, 2u);
  EXPECT_EQ(w.state.clones[twice].mutations, 0b11u);
  EXPECT_DOUBLE_EQ(w.state.clones[twice].growth_per_h, 0.75);
  EXPECT_EQ(daughter_clone(w.state, w.model, twice, 3, 4), twice) << "but not the same one again";
}

TEST(Mutation, AChromosomeIsLostOnceWhoeverLostIt) {
  StemCellWorld w(four_hundred, with({mutation("monosomy_7", driver | monosomy_7, certain, 1.0)}));
  w.state.clones.push_back({0, driver, 0, full_presentation, 1, 0, 0, 0.0});
  w.state.clones.push_back({0, monosomy_7, 0, full_presentation, 2, 0, 0, 0.0});
  EXPECT_EQ(daughter_clone(w.state, w.model, 1, 3, 4), 3u);
  EXPECT_EQ(daughter_clone(w.state, w.model, 2, 3, 4), 2u);
}

TEST(Mutation, OfOneClassDoesNotDependOnTheOthers) {
  const MutationClass piga = mutation("piga", gpi_negative, 5e-4, 1.0);
  StemCellWorld alone(four_hundred, with({piga}));
  StemCellWorld among(four_hundred, with({piga, mutation("tet2", driver, 5e-4, 1.0)}));
  for (std::uint32_t n = 0; n < 400; ++n) {
    const std::uint32_t a = daughter_clone(alone.state, alone.model, 0, n, n);
    const std::uint32_t b = daughter_clone(among.state, among.model, 0, n, n);
    EXPECT_EQ(alone.state.clones[a].mutations, among.state.clones[b].mutations & 1);
  }
}

TEST(Mutation, ScattersPresentationAndGrowthBetweenClones) {
  MutationClass piga = mutation("piga", gpi_negative, certain, 0.25, 1e-5);
  piga.presentation_sd = 0.25;
  piga.growth_sd_per_h = 2e-6;
  StemCellWorld w(four_hundred, with({piga}));
  constexpr double n = 40'000;
  double nothing = 0, below_mean = 0, growth = 0, squares = 0;
  for (int s = 0; s < 100; ++s) {
    w.state.step = s;
    for (std::uint32_t i = 0; i < 400; ++i) {
      const Clone clone = w.state.clones[daughter_clone(w.state, w.model, 0, 5, i)];
      w.state.clones.resize(1);
      const double z = (clone.growth_per_h - 1e-5) / 2e-6;
      nothing += clone.presentation == 0 ? 1 : 0;
      below_mean += clone.presentation < full_presentation / 4 ? 1 : 0;
      growth += z;
      squares += z * z;
      ASSERT_LE(clone.presentation, full_presentation);
    }
  }
  // Cut at 0, one standard deviation below the mean.
  EXPECT_LT(std::abs(z_score(nothing, n, 0.5 * std::erfc(std::sqrt(0.5)))), five_sigma);
  EXPECT_LT(std::abs(z_score(below_mean, n, 0.5)), five_sigma);
  EXPECT_LT(std::abs(growth), five_sigma * std::sqrt(n));
  EXPECT_LT(std::abs(squares - n), five_sigma * std::sqrt(2.0 * n));
}

TEST(Mutation, OfACloneWithScatterIsKeyedByItsBirth) {
  MutationClass piga = mutation("piga", gpi_negative, certain, 0.5);
  piga.presentation_sd = 0.1;
  StemCellWorld w(four_hundred, with({piga}));
  const auto presentation = [&](std::uint32_t niche, int step) {
    w.state.step = step;
    return w.state.clones[daughter_clone(w.state, w.model, 0, 7, niche)].presentation;
  };
  EXPECT_EQ(presentation(3, 9), presentation(3, 9));
  EXPECT_NE(presentation(3, 9), presentation(4, 9));
  EXPECT_NE(presentation(3, 9), presentation(3, 10));
}

double total_rate(const std::vector<MutationClass>& classes, int genotype) {
  double sum = 0;
  for (const MutationClass& m : classes) sum += m.genotype == genotype ? m.rate_per_division : 0.0;
  return sum;
}

TEST(TabulatedMutations, HaveTheRatesOfTheTable) {
  const std::vector<MutationClass> all = tabulated_mutations();
  EXPECT_DOUBLE_EQ(total_rate(all, gpi_negative), 1.3e-6);
  EXPECT_DOUBLE_EQ(total_rate(all, hla_lost), 2.1e-6);
  EXPECT_DOUBLE_EQ(total_rate(all, driver), 2e-6);
  EXPECT_DOUBLE_EQ(total_rate(all, driver | monosomy_7), 4e-7);
  for (const MutationClass& m : all) {
    EXPECT_EQ(m.standing, m.name != "monosomy_7" && m.name != "runx1") << m.name;
    EXPECT_EQ(m.presentation_sd, m.name == "piga" ? 0.25 : 0.0) << m.name;
    EXPECT_EQ(m.presentation, m.genotype == hla_lost ? 0.0 : m.name == "piga" ? 0.25 : 1.0);
    EXPECT_EQ(m.growth_sd_per_h > 0.0, m.genotype == driver) << m.name;
  }
}

TEST(TabulatedMutations, GrowAsInTheTable) {
  const std::map<std::string, double> per_year = {
      {"piga", 0.0},   {"hla_loh", 0.0}, {"hla_mutation", 0.0}, {"dnmt3a", 0.05}, {"tet2", 0.10},
      {"asxl1", 0.13}, {"tp53", 0.05},   {"srsf2", 0.5},        {"u2af1", 0.3},   {"sf3b1", 0.2},
      {"bcor", 0.0},   {"runx1", 0.5},   {"monosomy_7", 1.8}};
  const std::vector<MutationClass> all = tabulated_mutations();
  EXPECT_EQ(all.size(), per_year.size());
  for (const MutationClass& m : all) {
    ASSERT_TRUE(per_year.contains(m.name)) << m.name;
    EXPECT_DOUBLE_EQ(m.growth_per_h * 24 * 365.25, per_year.at(m.name)) << m.name;
  }
}

TEST(TabulatedMutations, StrikeOnlyWhenAskedAndBeforeThoseOfTheScenario) {
  CloneParameters clones;
  EXPECT_TRUE(clones.active_mutations().empty());
  clones.mutations = {mutation("own", driver, 1e-6, 1.0)};
  EXPECT_EQ(clones.active_mutations().size(), 1u);
  clones.tabulated = true;
  const std::vector<MutationClass> active = clones.active_mutations();
  ASSERT_EQ(active.size(), clones.catalogue.size() + 1);
  EXPECT_EQ(active.front().name, "piga");
  EXPECT_EQ(active.back().name, "own");
}

TEST(TabulatedMutations, WithThoseOfTheScenarioAreAtMostAsManyAsARecordHasBits) {
  CloneParameters clones;
  clones.mutations.assign(most_mutation_classes, mutation("own", driver, 1e-6, 1.0));
  EXPECT_EQ(clones.active_mutations().size(), most_mutation_classes);
  clones.tabulated = true;
  EXPECT_THROW(clones.active_mutations(), Failure);
}

}  // namespace
}  // namespace marrow
