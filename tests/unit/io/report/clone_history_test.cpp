// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/clone_history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace marrow::io {
namespace {

using testing::DoubleNear;
using testing::ElementsAre;
using testing::Pointwise;

const std::vector<double> days = {0, 10, 20, 30, 40};

Parameters with_founder() {
  Parameters parameters;
  parameters.clones.founders.push_back({.name = "hla_lacking", .genotype = hla_lost});
  return parameters;
}

/// Normal clone 0; founder 1; a mutant 2 of the normal clone, born on day 10, and its offspring 3.
CloneRecords records() {
  CloneRecords known;
  known.table.resize(4);
  known.table[1] = {.parent = 0, .genotype = hla_lost, .founder = 1};
  known.table[2] = {.parent = 0, .genotype = driver, .mutations = 1, .birth_step = 240};
  known.table[3] = {.parent = 2, .genotype = driver, .mutations = 3, .birth_step = 480};
  known.counts = {
      {0, {{0, 100}}}, {20, {{0, 50}, {2, 50}, {1, 8}}}, {40, {{0, 25}, {2, 75}, {3, 100}}}};
  return known;
}

const LineCells lines = {{{100, 100, 100, 100, 200}, {0, 0, 8, 8, 8}}, {}};

auto near(const std::vector<double>& values) { return Pointwise(DoubleNear(1e-9), values); }

TEST(CloneHistoryTest, WithoutMomentsTheLinesOfTheFoundersRemain) {
  const CloneHistory history = clone_history(days, lines, with_founder(), {}, 12);
  ASSERT_EQ(history.groups.size(), 2U);
  EXPECT_EQ(history.moments, 0U);
  EXPECT_EQ(history.groups[1].name, "hla_lacking");
  EXPECT_EQ(history.groups[1].parent, 0);
  EXPECT_THAT(history.groups[1].cells, near(lines.lines[1]));
}

TEST(CloneHistoryTest, SharesRunStraightBetweenMomentsAndFromNothingAtBirth) {
  Parameters parameters = with_founder();
  parameters.clones.tabulated = true;
  const CloneHistory history = clone_history(days, lines, parameters, records(), 12);
  ASSERT_EQ(history.groups.size(), 4U);
  const CloneGroup& mutant = history.groups[2];
  EXPECT_EQ(mutant.name, "piga_c2");
  EXPECT_DOUBLE_EQ(mutant.birth_d, 10.0);
  EXPECT_THAT(mutant.cells, near({0, 0, 50, 43.75, 75}));
  EXPECT_EQ(history.groups[3].parent, 2);
  EXPECT_THAT(history.groups[3].cells, near({0, 0, 0, 25, 100}));
  EXPECT_THAT(history.groups[0].cells, near({100, 100, 50, 31.25, 25}));
}

TEST(CloneHistoryTest, GroupsAddUpToTheirLinesAndHiddenClonesToTheirAncestor) {
  const CloneHistory history = clone_history(days, lines, with_founder(), records(), 1);
  ASSERT_EQ(history.groups.size(), 3U);
  for (std::size_t i = 0; i < days.size(); ++i) {
    double sum = 0.0;
    for (const CloneGroup& group : history.groups) sum += group.cells[i];
    EXPECT_NEAR(sum, lines.lines[0][i] + lines.lines[1][i], 1e-9);
  }
  EXPECT_EQ(history.groups[0].clones, 2);  // itself and the mutant 2; 3, the largest, is shown
}

/// A normal line of which mutants of two genotypes take their part, and the clones behind them.
struct Escape {
  Parameters parameters;
  LineCells cells;
  CloneRecords known;

  Escape() {
    parameters.clones.mutations = {{.name = "loh", .genotype = hla_lost},
                                   {.name = "piga", .genotype = gpi_negative}};
    cells.lines = {{100, 100, 100, 100, 100}};
    cells.mutants = {{0, 10, 40, 80, 100}, {0, 0, 0, 20, 0}, {0, 0, 0, 0, 0}};
    known.table.resize(3);
    known.table[1] = {.parent = 0, .genotype = hla_lost, .mutations = 1, .birth_step = 24};
    known.table[2] = {.parent = 1, .genotype = hla_lost, .mutations = 1, .birth_step = 48};
  }

  [[nodiscard]] CloneHistory history(std::size_t most = 12) const {
    return clone_history(days, cells, parameters, known, most);
  }
};

TEST(CloneHistoryTest, GenotypesAreOfEverySampleWithoutAnyMoment) {
  const CloneHistory history = Escape().history();
  ASSERT_EQ(history.groups.size(), 3U) << "no group for the genotype that never lived";
  EXPECT_THAT(history.groups[0].cells, near({100, 90, 60, 0, 0}));
  EXPECT_EQ(history.groups[0].genotype, 0U);
  EXPECT_THAT(history.groups[1].cells, near({0, 10, 40, 80, 100}));
  EXPECT_EQ(history.groups[1].genotype, hla_lost);
  EXPECT_EQ(history.groups[2].genotype, gpi_negative);
}

TEST(CloneHistoryTest, GenotypesThatCannotBeToldApartAreNotCalledNormal) {
  Escape run;
  run.cells.mutants.clear();
  const CloneHistory history = run.history();
  ASSERT_EQ(history.groups.size(), 1U);
  EXPECT_FALSE(history.groups[0].genotype);
  EXPECT_EQ(history.groups[0].name, "normal, mutants not told apart");
}

TEST(CloneHistoryTest, ClonesAreShownOnlyWhereMomentsTellOfThem) {
  Escape run;
  run.known.counts = {{20, {{1, 30}, {2, 10}}}, {25, {{1, 30}, {2, 30}}}, {30, {{1, 20}, {2, 60}}}};
  const CloneHistory history = run.history();
  ASSERT_EQ(history.groups.size(), 5U);
  EXPECT_THAT(history.groups[3].cells, near({0, 0, 30, 20, 0}));
  EXPECT_THAT(history.groups[4].cells, near({0, 0, 10, 60, 0}));
  EXPECT_EQ(history.groups[4].parent, 3);
  EXPECT_THAT(history.groups[1].cells, near({0, 10, 0, 0, 100})) << "before, after: by genotype";
  EXPECT_THAT(history.groups[0].cells, near({100, 90, 60, 0, 0}));
}

TEST(CloneHistoryTest, ClonesThatAreNotShownKeepTheirGenotype) {
  Escape run;
  run.known.counts = {{0, {{0, 100}}}, {20, {{0, 60}, {1, 30}, {2, 10}}}, {40, {{1, 60}, {2, 40}}}};
  const CloneHistory history = run.history(1);
  ASSERT_EQ(history.groups.size(), 4U);
  EXPECT_THAT(history.groups[1].cells, near({0, 10 - 10 * (9.0 / 19) * 0.75, 10, 80 * 0.325, 40}));
  EXPECT_EQ(history.groups[1].clones, 1);
}

TEST(CloneHistoryTest, NothingIsDrawnAcrossALongGap) {
  Escape run;
  const std::vector<double> years = {0, 100, 500, 900, 1000};
  run.known.counts = {{0, {{0, 1}}}, {100, {{1, 10}}}, {900, {{1, 80}}}, {1000, {{1, 100}}}};
  const CloneHistory history = clone_history(years, run.cells, run.parameters, run.known, 12);
  EXPECT_THAT(history.groups[3].cells, near({0, 10, 0, 80, 100}));
}

TEST(CloneHistoryTest, OffspringLieBetweenTheHalvesOfTheirParent) {
  const CloneHistory history = clone_history(days, lines, with_founder(), records(), 12);
  std::vector<std::pair<std::size_t, double>> bands;
  for (const CloneBand& band : history.bands) bands.emplace_back(band.group, band.part);
  using B = std::pair<std::size_t, double>;
  EXPECT_THAT(bands, ElementsAre(B{0, 0.5}, B{1, 1.0}, B{2, 0.5}, B{3, 1.0}, B{2, 0.5}, B{0, 0.5}));
}

TEST(CloneHistoryTest, AnInfusedLineStandsBesideThePatients) {
  Parameters parameters = with_founder();
  parameters.clones.founders[0].at = FounderTime::infusion;
  const CloneHistory history = clone_history(days, lines, parameters, {}, 12);
  EXPECT_EQ(history.groups[1].parent, -1);
  EXPECT_EQ(history.bands.size(), 2U);
}

TEST(CloneHistoryTest, NoSampleIsNoTrouble) {
  const LineCells nothing = {{{}, {}}, {}};
  EXPECT_TRUE(clone_history({}, nothing, with_founder(), records(), 12).groups[0].cells.empty());
}

}  // namespace
}  // namespace marrow::io
