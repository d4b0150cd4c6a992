// SPDX-License-Identifier: BSD-3-Clause
// The walk against a plain, slow reading of its rules: maps instead of bricks, whole-lattice phases
// instead of waves. Both must give the same cells, voxel by voxel.
#include "core/rules/walk.hpp"

#include "core/rules/migration.hpp"
#include "tests/unit/core/rules/small_marrow.hpp"

#include <gtest/gtest.h>

#include <map>
#include <optional>

namespace marrow {
namespace {

using test::SmallMarrow;
using Positions = std::map<SiteIndex, CellRecord>;

struct PlainCell {
  SiteIndex site;
  SiteIndex origin;
  CellRecord record;
};

/// The rules of a sub-step as MODEL.md states them.
class PlainWalk {
 public:
  PlainWalk(const SmallMarrow& marrow, double kill, std::uint32_t engagement, std::uint64_t step)
      : m_(marrow),
        kill_(Threshold::of(kill)),
        engagement_(engagement),
        step_(step),
        hit_(marrow.niches.size(), false) {}

  void substep(std::vector<PlainCell>& cells, std::uint32_t s) {
    for (PlainCell& c : cells) tick_engagement(c);
    move(cells, s);
    contact(cells, s);
    for (PlainCell& c : cells) {
      if (c.record.state() == CellState::engaged && c.record.clock() == 0) {
        c.record = c.record.with_state(CellState::effector, 0);
      }
    }
    for (const auto& [cell, niche] : kills_) {
      cells[cell].record =
          cells[cell].record.with_state(CellState::engaged, engagement_).with_one_more();
      hit_[niche] = true;
    }
  }
  const std::vector<bool>& hit() const { return hit_; }

 private:
  static void tick_engagement(PlainCell& c) {
    if (c.record.state() != CellState::engaged) return;
    c.record = c.record.with_state(CellState::engaged, c.record.clock() - 1);
  }

  bool closed(const Index3& p) const {
    return !m_.tissue.box.contains(p) || !enterable(m_.tissue.at(p));
  }

  void move(std::vector<PlainCell>& cells, std::uint32_t s) {
    std::map<SiteIndex, std::size_t> occupied;
    for (std::size_t i = 0; i < cells.size(); ++i) occupied[cells[i].site] = i;
    struct Best {
      std::uint64_t priority;
      SiteIndex origin;
      std::size_t cell;
    };
    std::map<SiteIndex, Best> winners;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].record.state() != CellState::effector) continue;
      std::uint64_t word =
          draws_(Purpose::hop_directions, Entity::site, cells[i].origin, step_, s / 12).first;
      std::uint64_t direction = 0;
      for (std::uint32_t k = 0; k <= s % 12; ++k) {
        direction = uniform_below(word, 6);
        word *= 6;
      }
      const Index3 to =
          wrapped(m_.lattice, m_.lattice.position(cells[i].site) + face_offsets[direction]);
      if (closed(to) || occupied.contains(m_.lattice.site(to))) continue;
      const Best mine{draws_(Purpose::hop_priority, Entity::site, cells[i].origin, step_, s).first,
                      cells[i].origin, i};
      auto [at, fresh] = winners.try_emplace(m_.lattice.site(to), mine);
      if (!fresh && std::pair(at->second.priority, at->second.origin) <
                        std::pair(mine.priority, mine.origin)) {
        at->second = mine;
      }
    }
    for (const auto& [site, best] : winners) cells[best.cell].site = site;
  }

  void contact(const std::vector<PlainCell>& cells, std::uint32_t s) {
    struct Best {
      std::uint64_t priority;
      SiteIndex origin;
      std::size_t cell;
    };
    std::map<std::size_t, Best> hits;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (cells[i].record.state() != CellState::effector) continue;
      std::optional<std::size_t> target;
      for (std::size_t n = 0; n < m_.niches.size() && !target; ++n) {
        if (!hit_[n] && touches(cells[i].site, m_.niches[n].site)) target = n;
      }
      if (!target) continue;
      const Bits128 draw = draws_(Purpose::contact, Entity::site, cells[i].origin, step_, s);
      if (!kill_.happens(draw.first)) continue;
      const Best mine{draw.second, cells[i].origin, i};
      auto [at, fresh] = hits.try_emplace(*target, mine);
      if (!fresh && std::pair(at->second.priority, at->second.origin) <
                        std::pair(mine.priority, mine.origin)) {
        at->second = mine;
      }
    }
    kills_.clear();
    for (const auto& [niche, best] : hits) kills_.emplace_back(best.cell, niche);
  }

  bool touches(SiteIndex a, SiteIndex b) const {
    const Index3 p = m_.lattice.position(a);
    const Index3 q = m_.lattice.position(b);
    return std::abs(p.x - q.x) <= 1 && std::abs(p.y - q.y) <= 1 && std::abs(p.z - q.z) <= 1;
  }

  const SmallMarrow& m_;
  Draws draws_{5};
  Threshold kill_;
  std::uint32_t engagement_;
  std::uint64_t step_;
  std::vector<bool> hit_;
  std::vector<std::pair<std::size_t, std::size_t>> kills_;
};

struct Case {
  std::int64_t edge;
  double bone;
  double density;
  double kill;
  std::uint32_t engagement;
  std::int64_t slab;
};

std::string name_of(const testing::TestParamInfo<Case>& info) {
  const Case& c = info.param;
  return "edge" + std::to_string(c.edge) + "_slab" + std::to_string(c.slab) + "_case" +
         std::to_string(info.index);
}

class Walk : public testing::TestWithParam<Case> {};

TEST_P(Walk, EqualsAPlainReadingOfItsRules) {
  const Case& c = GetParam();
  const SmallMarrow marrow = test::small_marrow(c.edge, c.bone);
  TCellSwarm swarm(marrow.tissue, c.slab);
  test::fill_with_tcells(swarm, marrow, c.density);
  std::vector<PlainCell> plain;
  swarm.for_each([&](const SwarmCell& cell) {
    plain.push_back({cell.origin, cell.origin, cell.record});
  });
  NicheSites niches(marrow.niches, marrow.lattice, marrow.tissue.box, marrow.tissue.box);
  niches.begin_step([&](const NicheSite&) { return NicheSites::Contact{c.kill, 0.0}; });

  constexpr std::uint64_t step = 3;
  constexpr std::uint32_t substeps = 40;
  const Draws draws(5);
  walk(swarm, niches, draws, {step, c.engagement}, 0, 17);
  walk(swarm, niches, draws, {step, c.engagement}, 17, substeps - 17);
  PlainWalk rules(marrow, c.kill, c.engagement, step);
  for (std::uint32_t s = 0; s < substeps; ++s) rules.substep(plain, s);

  Positions expected;
  for (const PlainCell& cell : plain) expected[cell.site] = cell.record;
  Positions found;
  swarm.for_each(
      [&](const SwarmCell& cell) { found[marrow.lattice.site(cell.position)] = cell.record; });
  ASSERT_EQ(expected.size(), plain.size());
  EXPECT_EQ(found, expected);
  std::vector<std::uint32_t> hit;
  for (std::uint32_t n = 0; n < rules.hit().size(); ++n) {
    if (rules.hit()[n]) hit.push_back(n);
  }
  EXPECT_EQ(niches.take_owned_hits(), hit);
  if (c.kill > 0.0) {
    EXPECT_GT(hit.size(), 3u);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Settings, Walk,
    testing::Values(Case{40, 0.2, 0.002, 0.0, 10, 16}, Case{40, 0.2, 0.10, 0.0, 10, 16},
                    Case{40, 0.3, 0.05, 0.05, 7, 16}, Case{40, 0.0, 0.30, 0.02, 40, 24},
                    Case{33, 0.3, 0.20, 0.50, 1, 16}, Case{48, 0.1, 0.02, 1.00, 3, 48},
                    Case{45, 0.2, 0.10, 0.30, 5, 16}),
    name_of);

TEST(Walk, NeverLeavesBlockedBitsBehind) {
  const SmallMarrow marrow = test::small_marrow(48, 0.2);
  TCellSwarm swarm(marrow.tissue, 16);
  test::fill_with_tcells(swarm, marrow, 0.1);
  NicheSites niches(marrow.niches, marrow.lattice, marrow.tissue.box, marrow.tissue.box);
  niches.begin_step([](const NicheSite&) { return NicheSites::Contact{0.1, 0.0}; });
  walk(swarm, niches, Draws(1), {0, 5}, 0, 60);
  std::size_t taken = 0;
  for (std::uint64_t s = 0; s < marrow.tissue.kind.size(); ++s) {
    const bool open = marrow.tissue.kind[s] == static_cast<std::uint8_t>(TissueKind::marrow);
    const bool blocked =
        swarm.bits().blocked(swarm.bits().layout().index(marrow.lattice.position(s)));
    if (!open) {
      EXPECT_TRUE(blocked);
    }
    taken += open && blocked ? 1 : 0;
  }
  EXPECT_EQ(taken, swarm.size());
}

TEST(Directions, WhatIsLeftOfAWordFollowsFromTheSubstep) {
  const Draws draws(9);
  std::uint64_t word = directions_at(draws, 123, {4, 24});
  for (std::uint32_t s = 24; s < 36; ++s) {
    EXPECT_EQ(directions_at(draws, 123, {4, s}), word);
    word *= 6;
  }
}

TEST(Directions, TheSixFacesAreEquallyLikely) {
  // Chi-square with 5 degrees of freedom; 25.7 has a tail of 1e-4.
  const Draws draws(11);
  std::array<double, 6> count{};
  constexpr std::uint64_t words = 50000;
  constexpr double n = 12.0 * words;
  for (std::uint64_t site = 0; site < words; ++site) {
    for (std::uint32_t s = 0; s < 12; ++s) {
      count[uniform_below(directions_at(draws, site, {0, s}), 6)] += 1;
    }
  }
  double chi2 = 0;
  for (const double c : count) chi2 += (c - n / 6) * (c - n / 6) / (n / 6);
  EXPECT_LT(chi2, 25.7);
}

}  // namespace
}  // namespace marrow
