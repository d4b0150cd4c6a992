// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/niche_sites.hpp"

#include "tests/unit/core/rules/small_marrow.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

namespace marrow {
namespace {

using test::SmallMarrow;

void present_all(NicheSites& sites) {
  sites.begin_step([](const NicheSite&) { return NicheSites::Contact{0.5, 0.0}; });
}

bool touches(const Index3& a, const Index3& b) {
  return std::abs(a.x - b.x) <= 1 && std::abs(a.y - b.y) <= 1 && std::abs(a.z - b.z) <= 1;
}

/// The lowest presenting niche around p in this step, by looking at every site.
std::uint32_t lowest_niche(NicheSites& sites, const Index3& p, std::uint32_t substep) {
  std::uint32_t best = NicheSites::none;
  for (const NicheSite& s : sites.sites()) {
    if (touches(s.position, p) && s.presents(substep)) best = std::min(best, s.niche);
  }
  return best;
}

template <class Visit>
void for_each_voxel(const Box& box, Visit&& visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

/// Niches so dense that many voxels touch several.
NicheTable crowd(const Lattice& lattice) {
  NicheTable table;
  for (SiteIndex s = 0; s < static_cast<SiteIndex>(volume(lattice.extent)); ++s) {
    if (mix64(s + 31) % 20 == 0) table.push_back({s, NicheType::endosteal, 1});
  }
  return table;
}

TEST(NicheSites, AreTheNichesOfTheBoxWithThoseOfTheRankMarkedOwned) {
  const SmallMarrow m = test::small_marrow(40, 0.1);
  const Box covered{{4, 0, 0}, {31, 40, 22}};
  const Box own{{8, 0, 0}, {27, 40, 18}};
  NicheSites sites(m.niches, m.lattice, covered, own);
  std::map<std::uint32_t, bool> owned;
  for (const NicheSite& s : sites.sites()) {
    EXPECT_EQ(m.lattice.site(s.position), m.niches[s.niche].site);
    EXPECT_TRUE(owned.emplace(s.niche, s.owned).second);
  }
  for (std::uint32_t n = 0; n < m.niches.size(); ++n) {
    const Index3 p = m.lattice.position(m.niches[n].site);
    ASSERT_EQ(owned.contains(n), covered.contains(p));
    if (owned.contains(n)) {
      EXPECT_EQ(owned[n], own.contains(p));
    }
  }
}

TEST(NicheSites, HaveImagesAcrossTheSeamsOfAPeriodicLattice) {
  const SmallMarrow m = test::small_marrow(18, 0.0, true);
  const Box own = m.lattice.box();
  const Box covered = own.grown(5);
  NicheSites sites(m.niches, m.lattice, covered, own);
  std::map<std::uint32_t, int> owned_copies;
  std::size_t expected = 0;
  for (const Niche& niche : m.niches) {
    const Index3 p = m.lattice.position(niche.site);
    for_each_voxel({{-1, -1, -1}, {2, 2, 2}}, [&](const Index3& shift) {
      expected += covered.contains(p + Index3{18 * shift.x, 18 * shift.y, 18 * shift.z}) ? 1 : 0;
    });
  }
  EXPECT_EQ(sites.sites().size(), expected);
  EXPECT_GT(expected, 2 * m.niches.size());
  for (const NicheSite& s : sites.sites()) {
    EXPECT_EQ(m.lattice.site(wrapped(m.lattice, s.position)), m.niches[s.niche].site);
    EXPECT_EQ(s.owned, own.contains(s.position));
    owned_copies[s.niche] += s.owned ? 1 : 0;
  }
  EXPECT_EQ(owned_copies.size(), m.niches.size());
  for (const auto& [niche, copies] : owned_copies) EXPECT_EQ(copies, 1) << niche;
}

class Contacts : public testing::TestWithParam<bool> {};

TEST_P(Contacts, FindTheLowestPresentingNicheAmongThe26Neighbours) {
  const Lattice lattice{{21, 19, 23}, GetParam(), 10.0};
  const NicheTable table = crowd(lattice);
  const Box covered = GetParam() ? lattice.box().grown(4) : lattice.box();
  NicheSites sites(table, lattice, covered, lattice.box());
  // A third presents nothing, a third was hit in sub-step 7.
  sites.begin_step([](const NicheSite& s) {
    return NicheSites::Contact{s.niche % 3 == 0 ? 0.0 : 0.25, 0.0};
  });
  for (NicheSite& s : sites.sites()) {
    if (s.niche % 3 == 1) s.hit_substep = 7;
  }
  for (const std::uint32_t substep : {6u, 7u, 8u}) {
    int several = 0;
    for_each_voxel(covered, [&](const Index3& p) {
      const std::uint32_t site = sites.presenting_neighbour(p, substep);
      const std::uint32_t niche = site == NicheSites::none ? site : sites[site].niche;
      ASSERT_EQ(niche, lowest_niche(sites, p, substep)) << p.x << ' ' << p.y << ' ' << p.z;
      several += niche != NicheSites::none ? 1 : 0;
    });
    EXPECT_GT(several, 1000);
  }
}

INSTANTIATE_TEST_SUITE_P(Boundaries, Contacts, testing::Bool());

TEST(NicheSites, MarkersAreTouchedInTheirOwnVoxelAlone) {
  const Lattice lattice{{21, 19, 23}, false, 10.0};
  const NicheTable table = crowd(lattice);
  NicheSites sites(table, lattice, lattice.box(), lattice.box(), ContactRule::same_voxel);
  sites.begin_step([](const NicheSite&) { return NicheSites::Contact{0.25, 0.0}; });
  std::size_t touched = 0;
  for_each_voxel(lattice.box(), [&](const Index3& p) {
    const std::uint32_t site = sites.presenting_neighbour(p, 0);
    if (site == NicheSites::none) return;
    ASSERT_EQ(sites[site].position, p);
    ++touched;
  });
  EXPECT_EQ(touched, table.size());
}

TEST(NicheSites, OneHitInThisSubstepMayStillBeContestedButNotLater) {
  NicheSite site;
  site.kill = Threshold::of(0.1);
  EXPECT_TRUE(site.presents(0));
  site.hit_substep = 4;
  EXPECT_TRUE(site.presents(4));
  EXPECT_FALSE(site.presents(5));
  site.kill = Threshold();
  site.hit_substep = NicheSite::not_hit;
  EXPECT_FALSE(site.presents(0));
}

TEST(NicheSites, ACertainKillPresents) {
  NicheSite site;
  site.kill = Threshold::of(1.0);
  EXPECT_TRUE(site.presents(0));
}

/// The left half of a box with ghosts: sites by owned or not.
struct HalfBox {
  SmallMarrow marrow = test::small_marrow(36, 0.0);
  NicheSites sites{
      marrow.niches, marrow.lattice, {{0, 0, 0}, {24, 36, 36}}, {{0, 0, 0}, {18, 36, 36}}};

  HalfBox() { present_all(sites); }
  void hit(std::uint32_t site, std::uint32_t substep) {
    sites.note_hit(site);
    sites[site].hit_substep = substep;
  }
  std::vector<std::uint32_t> numbers(bool owned) {
    std::vector<std::uint32_t> found;
    for (std::uint32_t s = 0; s < sites.sites().size(); ++s) {
      if (sites[s].owned == owned) found.push_back(s);
    }
    return found;
  }
};

TEST(NicheSites, HandOverOwnedHitsOnceAndAscending) {
  HalfBox half;
  const auto owned = half.numbers(true);
  const auto ghosts = half.numbers(false);
  ASSERT_GT(owned.size(), 8u);
  ASSERT_GT(ghosts.size(), 2u);
  std::vector<std::uint32_t> expected;
  for (const std::size_t i : {7u, 2u, 5u, 0u}) {
    half.hit(owned[i], 3);
    expected.push_back(half.sites[owned[i]].niche);
  }
  half.hit(ghosts[1], 3);
  std::ranges::sort(expected);
  EXPECT_EQ(half.sites.take_owned_hits(), expected);
  EXPECT_TRUE(half.sites.take_owned_hits().empty());
  half.hit(owned[1], 9);
  EXPECT_EQ(half.sites.take_owned_hits(), std::vector{half.sites[owned[1]].niche});
}

TEST(NicheSites, ForgetHitsOnTheNichesOfOtherRanksOnly) {
  HalfBox half;
  const std::uint32_t mine = half.numbers(true)[3];
  const std::uint32_t theirs = half.numbers(false)[1];
  half.hit(mine, 2);
  half.hit(theirs, 2);
  half.sites.forget_ghost_hits();
  EXPECT_FALSE(half.sites[mine].presents(5));
  EXPECT_TRUE(half.sites[theirs].presents(5));
}

TEST(NicheSites, ANicheMarkedAsHitPresentsNothingInAnyOfItsCopies) {
  const SmallMarrow m = test::small_marrow(18, 0.0, true);
  NicheSites sites(m.niches, m.lattice, m.lattice.box().grown(6), m.lattice.box());
  present_all(sites);
  sites.mark_hit(4);
  int copies = 0;
  for (const NicheSite& s : sites.sites()) {
    EXPECT_EQ(s.presents(3), s.niche != 4);
    copies += s.niche == 4 ? 1 : 0;
  }
  EXPECT_GT(copies, 1);
}

TEST(NicheSites, MarkingANicheThatIsNotHereChangesNothing) {
  const SmallMarrow m = test::small_marrow(36, 0.0);
  const Box part{{0, 0, 0}, {36, 36, 10}};
  NicheSites sites(m.niches, m.lattice, part, part);
  present_all(sites);
  sites.mark_hit(static_cast<std::uint32_t>(m.niches.size()) - 1);
  for (const NicheSite& s : sites.sites()) EXPECT_TRUE(s.presents(0));
}

TEST(NicheSites, BeginEachStepUnhitWithTheChanceOfTheCellInside) {
  HalfBox half;
  const auto owned = half.numbers(true);
  half.hit(owned[0], 2);
  half.sites.mark_hit(half.sites[owned[1]].niche);
  const auto chance = [](const NicheSite& s) {
    return NicheSites::Contact{s.niche % 2 == 0 ? 0.125 : 0.0, 0.0};
  };
  half.sites.begin_step(chance);
  for (const NicheSite& s : half.sites.sites()) {
    EXPECT_EQ(s.kill.value(), Threshold::of(chance(s).kill).value());
    EXPECT_EQ(s.presents(0), s.niche % 2 == 0);
  }
}

}  // namespace
}  // namespace marrow
