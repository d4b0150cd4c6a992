// SPDX-License-Identifier: BSD-3-Clause
// Death and division of T cells (MODEL.md, "T-cell fate"), in boxes with plain walls and
// hand-placed ghosts.
#include "core/rules/tcell_fate.hpp"

#include "core/random/mix.hpp"
#include "tests/unit/core/rules/statistics.hpp"
#include "tests/unit/core/rules/tcell_world.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

namespace marrow {
namespace {

using namespace test;

TEST(TCellFate, DeathComesFirstAndDivisionFollowsAntigenAndRoom) {
  const TCellWorld w = sparse(0.2, 0.9, effector());
  expect_chances(add_up(w, {0.0, 1.0, 0.0}, 60), chance(0.2), chance(0.9 / 1.004));
  expect_chances(add_up(w, {0.25, 0.004, 0.0}, 60), chance(0.2), chance(0.9 * 0.5 * 0.75));
  expect_chances(add_up(w, {0.9, 0.012, 0.0}, 60), chance(0.2), chance(0.9 * 0.75 * 0.1));
}

TEST(TCellFate, HasTheDefaultRates) {
  TCellWorld w = sparse(0.0, 0.0, effector());
  Parameters p = w.model.parameters;
  p.tcells.death_rate_per_h = TCellParameters().death_rate_per_h;
  p.tcells.division_rate_per_h = TCellParameters().division_rate_per_h;
  w.model = Model(p, {}, 1.0, 0.0);
  expect_chances(add_up(w, {0.5, 0.5, 0.0}, 200), chance(0.011 / 24),
                 chance(0.12 / 24 * 0.5 / 0.504 * 0.5));
}

TEST(TCellFate, DrugsAndRegulatoryTCellsMultiplyDivision) {
  const TCellWorld w = sparse(0.0001, 0.6, effector());
  const Levels levels{0.0, 0.004, 0.0, Modifiers{.tcell_division = 0.3}};
  expect_chances(add_up(w, levels, 60), chance(0.0001), chance(0.6 * 0.5 * 0.3));
}

TEST(TCellFate, EngagedTCellsMayDieButDoNotDivide) {
  const TCellWorld w = sparse(0.2, certainly_per_h, engaged());
  const Sums sums = add_up(w, {0.0, 1.0, 0.0}, 60);
  EXPECT_LT(std::abs(z_score(sums.deaths, sums.cells, chance(0.2))), five_sigma);
  EXPECT_EQ(sums.divisions, 0.0);
}

TEST(TCellFate, EngagedTCellsKeepTheirRecord) {
  TCellWorld w({9, 9, 9}, 0.0, certainly_per_h);
  w.put({4, 4, 4}, engaged());
  Cells after;
  w.turn_over({0, 1, 0}, 0, after);
  EXPECT_EQ(after, w.cells);
}

TEST(TCellFate, DivisionStopsAtTheReferenceDensity) {
  const TCellWorld w = sparse(0.0, certainly_per_h, effector());
  EXPECT_EQ(add_up(w, {1.0, 1.0, 0.0}, 3).divisions, 0.0);
  EXPECT_EQ(add_up(w, {3.5, 1.0, 0.0}, 3).divisions, 0.0);
}

TEST(TCellFate, WithoutAntigenNobodyDivides) {
  const TCellWorld w = sparse(0.0, certainly_per_h, effector());
  EXPECT_EQ(add_up(w, {0.0, 0.0, 0.0}, 3).divisions, 0.0);
}

TEST(TCellFate, EveryTCellDiesAtACertainRate) {
  const TCellWorld w = sparse(certainly_per_h, certainly_per_h, effector());
  const Sums sums = add_up(w, {0.0, 1.0, 0.0}, 1);
  EXPECT_EQ(sums.deaths, sums.cells);
  EXPECT_EQ(sums.divisions, 0.0);
}

/// Where the daughter of a lone T cell in the middle of a 7^3 box appears, by face.
std::array<double, 6> daughter_faces(const TCellWorld& w, const Index3& mother,
                                     std::uint64_t hours) {
  std::array<double, 6> count{};
  for (std::uint64_t h = 0; h < hours; ++h) {
    Cells after;
    w.turn_over({0, 1, 0}, h, after);
    EXPECT_TRUE(after.contains(w.model.lattice.site(mother)));
    for (std::size_t f = 0; f < 6; ++f) {
      count[f] += after.contains(w.model.lattice.site(mother + face_offsets[f])) ? 1 : 0;
    }
  }
  return count;
}

TEST(TCellFate, TheDaughterTakesAnyOfTheSixFacesAlike) {
  TCellWorld w({7, 7, 7}, 0.0, certainly_per_h);
  w.put({3, 3, 3}, effector());
  const auto faces = daughter_faces(w, {3, 3, 3}, 6000);
  EXPECT_EQ(faces[0] + faces[1] + faces[2] + faces[3] + faces[4] + faces[5], 6000.0);
  EXPECT_LT(test::chi_square(faces), test::chi_square_limit(5));
}

TEST(TCellFate, TheDaughterChoosesAmongFreeFacesOnly) {
  // One face is bone, one a niche, one holds an engaged T cell: three are left.
  TCellWorld w({7, 7, 7}, 0.0, certainly_per_h);
  w.put({3, 3, 3}, effector());
  w.close({2, 3, 3});
  w.close({3, 4, 3}, TissueKind::niche);
  w.put({3, 3, 2}, engaged());
  const auto faces = daughter_faces(w, {3, 3, 3}, 3000);
  EXPECT_EQ(faces[0], 0.0);
  EXPECT_EQ(faces[3], 0.0);
  EXPECT_EQ(faces[4], 3000.0) << "the engaged one stays there";
  const std::array<double, 3> open = {faces[1], faces[2], faces[5]};
  EXPECT_EQ(open[0] + open[1] + open[2], 3000.0);
  EXPECT_LT(test::chi_square(open), test::chi_square_limit(2));
}

TEST(TCellFate, TheWallOfAReflectingBoxIsNotFree) {
  TCellWorld w({7, 7, 7}, 0.0, certainly_per_h);
  w.put({0, 0, 0}, effector());
  std::array<double, 3> open{};
  for (std::uint64_t h = 0; h < 1500; ++h) {
    Cells after;
    EXPECT_EQ(w.turn_over({0, 1, 0}, h, after).divisions, 1);
    for (std::size_t f = 0; f < 3; ++f) {
      open[f] += after.contains(w.model.lattice.site(face_offsets[2 * f + 1])) ? 1 : 0;
    }
  }
  EXPECT_LT(test::chi_square(open), test::chi_square_limit(2));
}

TEST(TCellFate, WithoutAFreeFaceThereIsNoDivision) {
  TCellWorld w({7, 7, 7}, 0.0, certainly_per_h);
  w.put({3, 3, 3}, effector());
  for (const Index3& offset : face_offsets) w.close(Index3{3, 3, 3} + offset);
  Cells after;
  EXPECT_EQ(w.turn_over({0, 1, 0}, 0, after).divisions, 0);
  EXPECT_EQ(after, w.cells);
}

/// A closed box with one open row of voxels along x.
TCellWorld corridor(std::int64_t length, double death) {
  TCellWorld w({9, 5, 5}, death, certainly_per_h);
  for (SiteIndex s = 0; s < w.kind.size(); ++s) {
    const Index3 p = w.model.lattice.position(s);
    const bool open = p.y == 2 && p.z == 2 && p.x >= 2 && p.x < 2 + length;
    if (!open) w.close(p);
  }
  return w;
}

TEST(TCellFate, TwoMothersAtOneVoxelHaveOneDaughterBetweenThem) {
  TCellWorld w = corridor(3, 0.0);
  w.put({2, 2, 2}, effector(11));
  w.put({4, 2, 2}, effector(22));
  constexpr int hours = 2000;
  double first_wins = 0;
  for (std::uint64_t h = 0; h < hours; ++h) {
    Cells after;
    EXPECT_EQ(w.turn_over({0, 1, 0}, h, after).divisions, 1);
    ASSERT_EQ(after.size(), 3u);
    const CellRecord daughter = after.at(w.model.lattice.site({3, 2, 2}));
    EXPECT_TRUE(daughter == effector(11) || daughter == effector(22));
    first_wins += daughter.clone() == 11 ? 1 : 0;
  }
  EXPECT_LT(std::abs(z_score(first_wins, hours, 0.5)), five_sigma);
}

TEST(TCellFate, DaughtersAreFreshEffectorsOfTheirMothersClonotype) {
  TCellWorld w = corridor(2, 0.0);
  const CellRecord killer = effector(77).with_one_more().with_one_more();
  w.put({2, 2, 2}, killer);
  Cells after;
  w.turn_over({0, 1, 0}, 0, after);
  EXPECT_EQ(after.at(w.model.lattice.site({2, 2, 2})), killer);
  EXPECT_EQ(after.at(w.model.lattice.site({3, 2, 2})), effector(77));
}

TEST(TCellFate, TheVoxelOfADyingTCellOpensInTheNextHour) {
  // Two T cells fill the corridor: whoever survives cannot divide, not even into the other's place.
  TCellWorld w = corridor(2, 0.7);
  w.put({2, 2, 2}, effector());
  w.put({3, 2, 2}, effector());
  std::array<int, 3> left{};
  for (std::uint64_t h = 0; h < 200; ++h) {
    Cells after;
    EXPECT_EQ(w.turn_over({0, 1, 0}, h, after).divisions, 0);
    ASSERT_LE(after.size(), 2u);
    ++left[after.size()];
  }
  EXPECT_GT(left[1], 50);
}

TEST(TCellFate, DaughtersDoNotDivideInTheHourOfTheirBirth) {
  TCellWorld w({9, 9, 9}, 0.0, certainly_per_h);
  w.put({4, 4, 4}, effector());
  Cells after;
  EXPECT_EQ(w.turn_over({0, 1, 0}, 0, after).divisions, 1);
  EXPECT_EQ(after.size(), 2u);
}

class SplitBox : public testing::TestWithParam<bool> {};

TEST_P(SplitBox, GivesTheSameTCellsAsTheWhole) {
  const Index3 size{22, 17, 19};
  TCellWorld w(size, 0.25, 0.8, GetParam());
  for (SiteIndex s = 0; s < w.kind.size(); ++s) {
    const std::uint64_t h = mix64(s + 1234);
    if (h % 10 < 2) {
      w.close(w.model.lattice.position(s));
    } else if (h % 10 < 6) {
      const auto clonotype = static_cast<std::uint32_t>(h % 50);
      w.put(w.model.lattice.position(s), h % 7 == 0 ? engaged(clonotype) : effector(clonotype));
    }
  }
  for (std::uint64_t step = 0; step < 6; ++step) {
    const Levels levels{0.1, 0.5, 0.0};
    Cells whole;
    const TCellTurnover all = w.turn_over(levels, step, whole);
    EXPECT_GT(all.deaths, 100);
    EXPECT_GT(all.divisions, 100);
    for (int axis = 0; axis < 3; ++axis) {
      Box low{{0, 0, 0}, size};
      Box high = low;
      (axis == 0 ? low.hi.x : axis == 1 ? low.hi.y : low.hi.z) = 9;
      (axis == 0 ? high.lo.x : axis == 1 ? high.lo.y : high.lo.z) = 9;
      Cells halves;
      const TCellTurnover a = w.turn_over(low, levels, step, halves);
      const TCellTurnover b = w.turn_over(high, levels, step, halves);
      EXPECT_EQ(halves, whole) << "cut along axis " << axis;
      EXPECT_EQ(a.deaths + b.deaths, all.deaths);
      EXPECT_EQ(a.divisions + b.divisions, all.divisions);
    }
    w.cells = whole;
  }
}

INSTANTIATE_TEST_SUITE_P(Boundaries, SplitBox, testing::Bool(),
                         [](const auto& box) { return box.param ? "periodic" : "reflecting"; });

}  // namespace
}  // namespace marrow
