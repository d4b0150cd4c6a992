// SPDX-License-Identifier: BSD-3-Clause
// T cells counted by block: the motility of the walk, an even density that stays even round bone,
// and the fates that the rates imply.
#include "core/rules/block_walk.hpp"

#include "core/random/mix.hpp"
#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace marrow {
namespace {

using test::five_sigma;
using test::z_score;

double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

/// A box on one rank whose surroundings are outside the lattice, or images of itself.
struct BlockWorld {
  Model model;
  TissueBox tissue;
  BlockSpace space;
  BlockWays ways;

  BlockWorld(const Parameters& p, double closed)
      : model(p, {}, 1.0, 0.0),
        tissue(tissue_of(model.lattice, closed)),
        space(wrapped_space()),
        ways(space, model.lattice, p.tcells.motility_um2_per_h) {
    if (!model.lattice.periodic) return;
    for (std::size_t face = 0; face < 6; ++face) {
      std::vector<std::uint64_t> ends = ways.ends(face);
      wrap(ends);
      ways.set_ends(face, ends);
    }
  }

  template <class T>
  void wrap(std::vector<T>& array) const {
    wrap_ghosts(space, array);
  }

  [[nodiscard]] BlockPopulation empty() const { return {BlockArray(ways.blocks(), 0), {}, {}}; }

  void hour(BlockPopulation& cells, const Levels& levels, std::uint64_t step,
            TCellTurnover& turnover) const {
    for (std::uint32_t round = 0; round < ways.rounds_per_hour(); ++round) {
      BlockPopulation after;
      if (model.lattice.periodic) wrap(cells.effector);
      walk_blocks(ways, model, levels, {}, step, round, cells, after, turnover);
      const auto take = [&](BlockArray& to, const BlockArray& from) {
        if (from.empty()) return;
        for (std::size_t i = 0; i < ways.blocks(); ++i) to[i] = ways.exits(i).own ? from[i] : 0;
      };
      take(cells.effector, after.effector);
      take(cells.exhausted, after.exhausted);
      take(cells.memory, after.memory);
    }
  }

 private:
  template <class T>
  static void wrap_ghosts(const BlockSpace& s, std::vector<T>& array) {
    const Lattice blocks{s.own.extent(), true};
    Index3 b;
    for (b.z = s.covered.lo.z; b.z < s.covered.hi.z; ++b.z) {
      for (b.y = s.covered.lo.y; b.y < s.covered.hi.y; ++b.y) {
        for (b.x = s.covered.lo.x; b.x < s.covered.hi.x; ++b.x) {
          array[s.offset(b)] = array[s.offset(wrapped(blocks, b))];
        }
      }
    }
  }
  static TissueBox tissue_of(const Lattice& lattice, double closed) {
    TissueBox t{lattice.periodic ? lattice.box().grown(1) : lattice.box(), {}};
    for (std::int64_t i = 0; i < t.box.volume(); ++i) {
      const Index3 p = t.box.lo + Lattice{t.box.extent()}.position(static_cast<SiteIndex>(i));
      const SiteIndex site = lattice.site(wrapped(lattice, p));
      const bool bone = mix64(site + 5) < Threshold::of(closed).value();
      t.kind.push_back(static_cast<std::uint8_t>(bone ? TissueKind::bone : TissueKind::marrow));
    }
    return t;
  }
  BlockSpace wrapped_space() const {
    BlockSpace s = count_block_space(tissue, model.lattice, model.lattice.box());
    if (model.lattice.periodic) wrap_ghosts(s, s.enterable);
    return s;
  }
};

Parameters still_parameters(const Index3& size, double motility_um2_per_min,
                            Boundary boundary = Boundary::reflecting) {
  Parameters p;
  p.domain.size_voxels = size;
  p.domain.boundary = boundary;
  p.tcells.motion = Motion::kernel;
  p.tcells.motility_um2_per_h = motility_um2_per_min * 60;
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  return p;
}

std::int64_t total(const BlockArray& counts) {
  return std::accumulate(counts.begin(), counts.end(), std::int64_t{0});
}

class Motility : public testing::TestWithParam<double> {};

TEST_P(Motility, GivesTheMeanSquareDisplacementOfTheWalk) {
  const double d_um2_per_min = GetParam();
  const BlockWorld w(still_parameters({17 * 16, 17 * 16, 17 * 16}, d_um2_per_min), 0.0);
  BlockPopulation cells = w.empty();
  const Index3 centre{8, 8, 8};
  constexpr std::int64_t walkers = 4000;
  cells.effector[w.ways.offset(centre)] = walkers;
  TCellTurnover turnover;
  constexpr int hours = 6;
  for (std::uint64_t h = 0; h < hours; ++h) w.hour(cells, {}, h, turnover);
  EXPECT_EQ(total(cells.effector), walkers);
  double square_um2 = 0;
  Index3 b;
  for (b.z = 0; b.z < 17; ++b.z) {
    for (b.y = 0; b.y < 17; ++b.y) {
      for (b.x = 0; b.x < 17; ++b.x) {
        const Index3 d = b - centre;
        square_um2 += static_cast<double>(cells.effector[w.ways.offset(b)]) * 160.0 * 160.0 *
                      static_cast<double>(d.x * d.x + d.y * d.y + d.z * d.z);
      }
    }
  }
  const double expected = 6.0 * d_um2_per_min * 60 * hours;
  // r^2 of a walk of many steps in 3D is gamma distributed: its standard deviation is sqrt(2/3).
  EXPECT_NEAR(square_um2 / walkers / expected, 1.0,
              five_sigma * std::sqrt(2.0 / 3.0 / walkers) * 1.2);
}

INSTANTIATE_TEST_SUITE_P(Um2PerMin, Motility, testing::Values(10.0, 50.0, 80.0));

// Every flow between two blocks equals the flow back at equal density, so that T cells spread
// evenly over the room there is.
TEST(BlockWalk, IsInBalanceAtAnEvenDensity) {
  const BlockWorld w(still_parameters({72, 64, 40}, 50.0), 0.6);
  int pairs = 0;
  for (std::size_t here = 0; here < w.ways.blocks(); ++here) {
    const BlockWays::Exits& from = w.ways.exits(here);
    if (!from.own) continue;
    for (std::size_t face = 0; face < 6; ++face) {
      const std::uint32_t there = from.to[face];
      if (there == w.ways.nowhere() || !w.ways.exits(there).own) continue;
      const auto width = [](const BlockWays::Exits& e, std::size_t f) {
        return static_cast<double>(e.end[f] - (f == 0 ? 0 : e.end[f - 1])) * 0x1p-64;
      };
      const double out = width(from, face) * static_cast<double>(w.space.enterable[here]);
      const double back =
          width(w.ways.exits(there), face ^ 1u) * static_cast<double>(w.space.enterable[there]);
      EXPECT_GT(out, 0.0);
      EXPECT_NEAR(out / back, 1.0, 1e-12);
      ++pairs;
    }
  }
  EXPECT_GT(pairs, 100);
}

TEST(BlockWalk, KeepsEveryCellOfAPeriodicBox) {
  const BlockWorld w(still_parameters({48, 32, 64}, 80.0, Boundary::periodic), 0.2);
  BlockPopulation cells = w.empty();
  cells.effector[w.ways.offset({0, 0, 0})] = 999;
  TCellTurnover turnover;
  for (std::uint64_t h = 0; h < 200; ++h) w.hour(cells, {}, h, turnover);
  EXPECT_EQ(total(cells.effector), 999);
  for (std::size_t i = 0; i < w.ways.blocks(); ++i) {
    // 24 blocks of about the same room share them alike.
    if (!w.ways.exits(i).own) continue;
    EXPECT_NEAR(static_cast<double>(cells.effector[i]), 41.6, 35.0);
  }
}

TEST(BlockWalk, FatesHaveTheChancesOfTheirRates) {
  Parameters p = still_parameters({64, 64, 64}, 50.0);
  p.tcells.death_rate_per_h = 0.02;
  p.tcells.division_rate_per_h = 0.05;
  p.tcells.exhaustion = ExhaustionParameters{20.0};
  p.tcells.memory = MemoryParameters{0.1, 0.3, 0.004, 0.06};
  const BlockWorld w(p, 0.0);
  const Levels levels{0.5, 0.004, 0.0};  // stimulus 1/2, room 1/2
  TCellTurnover t;
  double effectors = 0;
  double memories = 0;
  double exhausted = 0;
  for (std::uint64_t h = 0; h < 30; ++h) {
    BlockPopulation cells{BlockArray(w.ways.blocks(), 0), BlockArray(w.ways.blocks(), 0),
                          BlockArray(w.ways.blocks(), 0)};
    for (std::size_t i = 0; i < w.ways.blocks(); ++i) {
      if (!w.ways.exits(i).own) continue;
      cells.effector[i] = 41;
      cells.exhausted[i] = 10;
      cells.memory[i] = 20;
      effectors += 41;
      exhausted += 10;
      memories += 20;
    }
    const std::int64_t before =
        total(cells.effector) + total(cells.exhausted) + total(cells.memory);
    TCellTurnover hour;
    w.hour(cells, levels, h, hour);
    EXPECT_EQ(total(cells.effector) + total(cells.exhausted) + total(cells.memory),
              before + hour.divisions - hour.deaths);
    t.deaths += hour.deaths;
    t.divisions += hour.divisions;
    t.exhausted += hour.exhausted;
    t.memory += hour.memory;
    t.reactivated += hour.reactivated;
  }
  const double death = chance(0.02 * 0.5 + 0.1 * 0.5 * 0.7);
  const double deaths = effectors * death + exhausted * chance(0.02) + memories * chance(0.004);
  EXPECT_NEAR(static_cast<double>(t.deaths), deaths, five_sigma * std::sqrt(deaths));
  EXPECT_LT(std::abs(z_score(static_cast<double>(t.divisions), effectors, chance(0.05 * 0.25))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(static_cast<double>(t.exhausted), effectors,
                             chance(std::log(2.0) / 20.0 * 0.5))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(static_cast<double>(t.memory), effectors, chance(0.1 * 0.5 * 0.3))),
            five_sigma);
  EXPECT_LT(std::abs(z_score(static_cast<double>(t.reactivated), memories, chance(0.06 * 0.25))),
            five_sigma);
}

TEST(BlockWalk, SurvivorsMoveAsIfNobodyDied) {
  for (const double death_rate_per_h : {0.36, 1.0, 2.0}) {
    Parameters p = still_parameters({80, 80, 80}, 50);
    p.tcells.death_rate_per_h = death_rate_per_h;
    const BlockWorld w(p, 0.0);
    BlockPopulation cells = w.empty();
    BlockPopulation after;
    TCellTurnover turnover;
    const std::size_t middle = w.ways.offset({2, 2, 2});
    cells.effector[middle] = 8000;
    walk_blocks(w.ways, w.model, {}, {}, 1, 0, cells, after, turnover);
    const BlockWays::Exits& exits = w.ways.exits(middle);
    const double alive = 8000.0 * (1.0 - chance(death_rate_per_h));
    std::uint64_t begin = 0;
    for (std::size_t face = 0; face < 6; ++face) {
      const double share = static_cast<double>(exits.end[face] - begin) * 0x1p-64;
      begin = exits.end[face];
      EXPECT_NEAR(static_cast<double>(after.effector[exits.to[face]]), alive * share,
                  5 * std::sqrt(alive * share))
          << "death rate " << death_rate_per_h << ", face " << face;
    }
    const double staying = 1.0 - static_cast<double>(begin) * 0x1p-64;
    EXPECT_NEAR(static_cast<double>(after.effector[middle]), alive * staying,
                5 * std::sqrt(alive * staying));
  }
}

TEST(BlockWalk, TregsDieAndWander) {
  const BlockWorld w(still_parameters({64, 64, 64}, 50.0), 0.0);
  BlockArray cells(w.ways.blocks(), 0);
  cells[w.ways.offset({2, 2, 2})] = 3000;
  BlockArray after;
  const std::int64_t deaths = walk_tregs(w.ways, w.model.draws, 0.25, 7, 0, cells, after);
  EXPECT_LT(std::abs(z_score(static_cast<double>(deaths), 3000, 0.25)), five_sigma);
  EXPECT_EQ(total(after), 3000 - deaths);
  EXPECT_GT(after[w.ways.offset({2, 2, 3})], 0);
}

TEST(SmoothedBlocks, WeighNeighboursOneTwoOne) {
  const BlockWorld w(still_parameters({80, 80, 80}, 50.0), 0.0);
  BlockArray one(w.ways.blocks(), 0);
  one[w.ways.offset({2, 2, 2})] = 5;
  const std::vector<std::int64_t> s = smoothed_blocks(w.ways, one);
  const auto at = [&](std::int64_t x, std::int64_t y, std::int64_t z) {
    return s[static_cast<std::size_t>(offset_in(w.ways.own(), {x, y, z}))];
  };
  EXPECT_EQ(at(2, 2, 2), 5 * 8);
  EXPECT_EQ(at(1, 2, 2), 5 * 4);
  EXPECT_EQ(at(2, 3, 3), 5 * 2);
  EXPECT_EQ(at(1, 1, 3), 5);
  EXPECT_EQ(at(0, 2, 2), 0);
  EXPECT_EQ(std::accumulate(s.begin(), s.end(), std::int64_t{0}), 5 * 64);
}

}  // namespace
}  // namespace marrow
