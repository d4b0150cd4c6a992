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

const std::vector<std::vector<double>> lines = {{100, 100, 100, 100, 200}, {0, 0, 8, 8, 8}};

auto near(const std::vector<double>& values) { return Pointwise(DoubleNear(1e-9), values); }

TEST(CloneHistoryTest, WithoutMomentsTheLinesOfTheFoundersRemain) {
  const CloneHistory history = clone_history(days, lines, with_founder(), {}, 12);
  ASSERT_EQ(history.groups.size(), 2U);
  EXPECT_EQ(history.moments, 0U);
  EXPECT_EQ(history.groups[1].name, "hla_lacking");
  EXPECT_EQ(history.groups[1].parent, 0);
  EXPECT_THAT(history.groups[1].cells, near(lines[1]));
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
    EXPECT_NEAR(sum, lines[0][i] + lines[1][i], 1e-9);
  }
  EXPECT_EQ(history.groups[0].clones, 2);  // itself and the mutant 2; 3, the largest, is shown
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
  const std::vector<std::vector<double>> nothing = {{}, {}};
  EXPECT_TRUE(clone_history({}, nothing, with_founder(), records(), 12).groups[0].cells.empty());
}

}  // namespace
}  // namespace marrow::io
