// SPDX-License-Identifier: BSD-3-Clause
// Death and division of T cells (MODEL.md, "T-cell fate"), in boxes with plain walls and
// hand-placed ghosts.
#include "core/rules/tcell_fate.hpp"

#include "core/random/mix.hpp"
#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

namespace marrow {
namespace {

using test::five_sigma;
using test::z_score;
using Cells = std::map<SiteIndex, CellRecord>;

constexpr double certainly_per_h = 100.0;  // 1 - exp(-100) is 1 in a double

double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

CellRecord effector(std::uint32_t clonotype = 3) {
  return CellRecord::make(CellState::effector, clonotype);
}
CellRecord engaged(std::uint32_t clonotype = 3) {
  return CellRecord::make(CellState::engaged, clonotype, 50);
}

/// A lattice with its tissue, and T cells by site.
struct TCellWorld {
  Model model;
  std::vector<std::uint8_t> kind;
  Cells cells;

  TCellWorld(const Index3& size, double death_per_h, double division_per_h, bool periodic = false)
      : model(parameters(size, death_per_h, division_per_h, periodic), {}, 1.0, 0.0),
        kind(static_cast<std::size_t>(volume(size)), std::uint8_t{0}) {}

  void put(const Index3& p, CellRecord record) { cells[model.lattice.site(p)] = record; }
  void close(const Index3& p, TissueKind what = TissueKind::bone) {
    kind[model.lattice.site(p)] = static_cast<std::uint8_t>(what);
  }

  /// One hour for the part `own` of the lattice, seen with two layers of neighbours.
  TCellTurnover turn_over(const Box& own, const Levels& levels, std::uint64_t step,
                          Cells& after) const {
    const Lattice& lattice = model.lattice;
    const Box seen = lattice.periodic ? own.grown(2) : intersection(own.grown(2), lattice.box());
    TissueBox tissue{seen, {}};
    std::vector<SwarmCell> visible;
    for (std::int64_t i = 0; i < seen.volume(); ++i) {
      const Index3 p = seen.lo + Lattice{seen.extent()}.position(static_cast<SiteIndex>(i));
      const SiteIndex site = lattice.site(wrapped(lattice, p));
      tissue.kind.push_back(kind[site]);
      const auto cell = cells.find(site);
      if (cell != cells.end()) visible.push_back({p, site, cell->second});
    }
    TCellSwarm swarm(tissue, 16);
    for (const SwarmCell& cell : visible) swarm.add(cell);
    const TCellTurnover turnover = turn_over_tcells(swarm, own, model, levels, step);
    swarm.for_each([&](const SwarmCell& cell) {
      EXPECT_TRUE(own.contains(cell.position));
      const bool fresh = after.emplace(lattice.site(cell.position), cell.record).second;
      EXPECT_TRUE(fresh) << "two T cells in one voxel";
    });
    return turnover;
  }
  TCellTurnover turn_over(const Levels& levels, std::uint64_t step, Cells& after) const {
    return turn_over(model.lattice.box(), levels, step, after);
  }

 private:
  static Parameters parameters(const Index3& size, double death, double division, bool periodic) {
    Parameters p;
    p.domain.size_voxels = size;
    p.domain.boundary = periodic ? Boundary::periodic : Boundary::reflecting;
    p.tcells.death_rate_per_h = death;
    p.tcells.division_rate_per_h = division;
    return p;
  }
};

/// T cells three voxels apart: 12^3 of them, so that daughters never meet.
TCellWorld sparse(double death, double division, CellRecord record) {
  TCellWorld w({36, 36, 36}, death, division);
  for (std::int64_t z = 1; z < 36; z += 3) {
    for (std::int64_t y = 1; y < 36; y += 3) {
      for (std::int64_t x = 1; x < 36; x += 3) w.put({x, y, z}, record);
    }
  }
  return w;
}

struct Sums {
  double cells = 0;
  double deaths = 0;
  double divisions = 0;
};

Sums add_up(const TCellWorld& w, const Levels& levels, std::uint64_t steps) {
  Sums sums;
  for (std::uint64_t s = 0; s < steps; ++s) {
    Cells after;
    const TCellTurnover t = w.turn_over(levels, s, after);
    EXPECT_EQ(static_cast<std::int64_t>(after.size()),
              static_cast<std::int64_t>(w.cells.size()) - t.deaths + t.divisions);
    sums.cells += static_cast<double>(w.cells.size());
    sums.deaths += static_cast<double>(t.deaths);
    sums.divisions += static_cast<double>(t.divisions);
  }
  return sums;
}

void expect_chances(const Sums& sums, double death, double division) {
  EXPECT_LT(std::abs(z_score(sums.deaths, sums.cells, death)), five_sigma);
  EXPECT_LT(std::abs(z_score(sums.divisions, sums.cells, (1 - death) * division)), five_sigma);
}

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
  TCellWorld w = sparse(0.0001, 0.6, effector());
  w.model.modifiers.tcell_division = 0.3;
  expect_chances(add_up(w, {0.0, 0.004, 0.0}, 60), chance(0.0001), chance(0.6 * 0.5 * 0.3));
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
