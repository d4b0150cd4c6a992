// SPDX-License-Identifier: BSD-3-Clause
// The swarm against a map from voxels to T cells. Its invariant, after every change: exactly the
// voxels that are closed or hold a T cell are blocked.
#include "core/cells/swarm.hpp"

#include "tests/unit/core/rules/small_marrow.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace marrow {
namespace {

using test::SmallMarrow;
using Cells = std::map<SiteIndex, std::pair<SiteIndex, CellRecord>>;  // site -> origin, record

CellRecord effector(std::uint32_t clonotype) {
  return CellRecord::make(CellState::effector, clonotype);
}

class Swarm {
 public:
  Swarm(std::int64_t edge, double closed, std::int64_t slab)
      : marrow(test::small_marrow(edge, closed)), swarm(marrow.tissue, slab) {}

  void add(SiteIndex site, SiteIndex origin, CellRecord record) {
    swarm.add({marrow.lattice.position(site), origin, record});
    expected[site] = {origin, record};
  }

  /// A keyed crowd of free and engaged T cells on open voxels.
  void crowd(double share) {
    for (SiteIndex s = 0; s < marrow.tissue.kind.size(); ++s) {
      const std::uint64_t h = mix64(s + 99);
      if (!open_tissue(s) || h >= Threshold::of(share).value()) continue;
      const auto clonotype = static_cast<std::uint32_t>(h % 1000);
      const CellRecord busy = CellRecord::make(CellState::engaged, clonotype, 1 + clonotype % 50);
      add(s, s + 7, h % 5 == 0 ? busy : effector(clonotype));
    }
  }

  [[nodiscard]] bool open_tissue(SiteIndex s) const {
    return marrow.tissue.kind[s] == static_cast<std::uint8_t>(TissueKind::marrow);
  }
  [[nodiscard]] BrickIndex index(SiteIndex s) const {
    return swarm.bits().layout().index(marrow.lattice.position(s));
  }

  void expect_consistent() const {
    Cells found;
    swarm.for_each([&](const SwarmCell& c) {
      EXPECT_TRUE(
          found.emplace(marrow.lattice.site(c.position), std::pair(c.origin, c.record)).second);
    });
    EXPECT_EQ(found, expected);
    EXPECT_EQ(swarm.size(), expected.size());
    Cells by_voxel;
    swarm.for_each_voxel([&](BrickIndex at, CellRecord record) {
      const SiteIndex site = marrow.lattice.site(swarm.bits().layout().position(at));
      by_voxel[site] = {expected.contains(site) ? expected.at(site).first : 0, record};
    });
    EXPECT_EQ(by_voxel, expected);
    for (SiteIndex s = 0; s < marrow.tissue.kind.size(); ++s) {
      ASSERT_EQ(swarm.bits().blocked(index(s)), !open_tissue(s) || expected.contains(s));
    }
  }

  /// Engaged T cells stand in the engaged lists and nowhere else; every cell in the slab of its z.
  void expect_in_their_slabs() {
    const std::int64_t floor = swarm.bits().layout().box().lo.z;
    std::int64_t slab_number = 0;
    for (const TCellSwarm::Slab& slab : swarm.slabs()) {
      const auto home = [&](BrickIndex at) {
        return (swarm.bits().layout().position(at).z - floor) / swarm.slab_voxels();
      };
      for (std::uint32_t i = 0; i < slab.size(); ++i) {
        EXPECT_EQ(home(slab.at[i]), slab_number);
        EXPECT_EQ(slab.record[i].state(), CellState::effector);
      }
      for (const TCellSwarm::EngagedCell& c : slab.engaged) {
        EXPECT_EQ(home(c.at), slab_number);
        EXPECT_EQ(c.record.state(), CellState::engaged);
      }
      ++slab_number;
    }
  }

  SmallMarrow marrow;
  TCellSwarm swarm;
  Cells expected;
};

class SwarmOfSlabs : public testing::TestWithParam<std::int64_t> {};

TEST_P(SwarmOfSlabs, HoldsWhatIsAdded) {
  Swarm s(37, 0.25, GetParam());
  s.expect_consistent();
  s.crowd(0.2);
  EXPECT_GT(s.swarm.size(), 4000u);
  s.expect_consistent();
  s.expect_in_their_slabs();
}

TEST_P(SwarmOfSlabs, RetainsTheCellsOfABox) {
  Swarm s(37, 0.25, GetParam());
  s.crowd(0.2);
  const Box kept{{5, 0, 9}, {30, 37, 26}};
  s.swarm.retain(kept);
  std::erase_if(s.expected,
                [&](const auto& c) { return !kept.contains(s.marrow.lattice.position(c.first)); });
  EXPECT_FALSE(s.expected.empty());
  s.expect_consistent();
  s.swarm.retain(Box{});
  s.expected.clear();
  s.expect_consistent();
}

TEST_P(SwarmOfSlabs, RemovesTheCellsAtGivenVoxelsAndPassesOverTheOthers) {
  Swarm s(37, 0.25, GetParam());
  s.crowd(0.2);
  std::vector<BrickIndex> gone;
  for (SiteIndex site = 0; site < s.marrow.tissue.kind.size(); ++site) {
    if (mix64(site + 4) % 3 != 0) continue;  // closed and empty voxels among them
    gone.push_back(s.index(site));
    s.expected.erase(site);
  }
  std::ranges::sort(gone);
  s.swarm.remove(gone);
  s.expect_consistent();
  s.swarm.remove({});
  s.expect_consistent();
}

TEST_P(SwarmOfSlabs, SortsEachSlabInBrickOrder) {
  Swarm s(37, 0.25, GetParam());
  s.crowd(0.2);
  std::vector<BrickIndex> gone;
  for (const auto& [site, cell] : s.expected) {
    if (mix64(site) % 4 == 0) gone.push_back(s.index(site));
  }
  for (const BrickIndex at : gone) {
    s.expected.erase(s.marrow.lattice.site(s.swarm.bits().layout().position(at)));
  }
  std::ranges::sort(gone);
  s.swarm.remove(gone);  // leaves the slabs unsorted
  std::map<BrickIndex, std::uint64_t> words;
  for (TCellSwarm::Slab& slab : s.swarm.slabs()) {
    for (std::uint32_t i = 0; i < slab.size(); ++i) {
      words[slab.at[i]] = slab.directions[i] = mix64(slab.at[i]);
    }
  }
  s.swarm.sort();
  for (const TCellSwarm::Slab& slab : s.swarm.slabs()) {
    EXPECT_TRUE(std::ranges::is_sorted(slab.at));
    for (std::uint32_t i = 0; i < slab.size(); ++i) {
      EXPECT_EQ(slab.directions[i], words.at(slab.at[i]));
    }
  }
  s.expect_consistent();
  s.expect_in_their_slabs();
}

TEST_P(SwarmOfSlabs, RegroupBringsStraysHome) {
  Swarm s(40, 0.1, GetParam());
  s.crowd(0.1);
  // A cell that crosses a border stays in the list of the slab it left; here whole lists are one
  // off.
  auto& slabs = s.swarm.slabs();
  std::rotate(slabs.begin(), slabs.end() - 1, slabs.end());
  ASSERT_GT(slabs.front().engaged.size(), 5u);
  s.swarm.regroup();
  s.expect_consistent();
  s.expect_in_their_slabs();
}

INSTANTIATE_TEST_SUITE_P(Thickness, SwarmOfSlabs, testing::Values(16, 24, 64));

TEST(TCellSwarm, NamesItsCellsAfterTheirSitesAcrossSeamsToo) {
  const SmallMarrow m = test::small_marrow(20, 0.0, true);
  const Box covered = m.lattice.box().grown(3);
  TissueBox tissue{covered, std::vector<std::uint8_t>(static_cast<std::size_t>(covered.volume()))};
  TCellSwarm swarm(tissue, 16);
  const std::vector<Index3> at = {{0, 0, 0}, {7, 19, 3}, {-2, 5, 21}, {22, -1, -3}};
  for (std::size_t i = 0; i < at.size(); ++i) {
    swarm.add(
        {at[i], 12345, i % 2 == 0 ? effector(1) : CellRecord::make(CellState::engaged, 1, 8)});
  }
  swarm.begin_step(m.lattice);
  std::size_t seen = 0;
  swarm.for_each([&](const SwarmCell& c) {
    EXPECT_EQ(c.origin, m.lattice.site(wrapped(m.lattice, c.position)));
    ++seen;
  });
  EXPECT_EQ(seen, at.size());
}

TEST(TCellSwarm, ClosesEverythingAroundItsTissue) {
  const Box box{{-3, 2, 5}, {9, 15, 20}};
  TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
  const TCellSwarm swarm(tissue, 16);
  const Box around = box.grown(1);
  for (std::int64_t i = 0; i < around.volume(); ++i) {
    const Index3 p = around.lo + Lattice{around.extent()}.position(static_cast<SiteIndex>(i));
    ASSERT_EQ(swarm.bits().blocked(swarm.bits().layout().index(p)), !box.contains(p));
  }
}

TEST(TCellSwarm, MarksTheOpenVoxelsAroundNiches) {
  const SmallMarrow m = test::small_marrow(37, 0.2);
  const TCellSwarm swarm(m.tissue, 16);
  std::size_t marked = 0;
  for (SiteIndex s = 0; s < m.tissue.kind.size(); ++s) {
    const Index3 p = m.lattice.position(s);
    if (m.tissue.at(p) != TissueKind::marrow) continue;  // no T cell ever asks there
    const bool near = std::ranges::any_of(m.niches, [&](const Niche& n) {
      const Index3 q = m.lattice.position(n.site);
      return std::abs(p.x - q.x) <= 1 && std::abs(p.y - q.y) <= 1 && std::abs(p.z - q.z) <= 1;
    });
    ASSERT_EQ(swarm.bits().near_niche(swarm.bits().layout().index(p)), near);
    marked += near ? 1 : 0;
  }
  EXPECT_GT(marked, 1000u);
}

TEST(TCellSwarm, LetsTCellsIntoMarkersAndMarksThoseAlone) {
  const SmallMarrow m = test::small_marrow(37, 0.2);
  const TCellSwarm swarm(m.tissue, 16, ContactRule::same_voxel);
  std::size_t markers = 0;
  for (SiteIndex s = 0; s < m.tissue.kind.size(); ++s) {
    const Index3 p = m.lattice.position(s);
    const BrickIndex at = swarm.bits().layout().index(p);
    const bool marker = m.tissue.at(p) == TissueKind::niche;
    ASSERT_EQ(swarm.bits().near_niche(at), marker);
    ASSERT_EQ(swarm.bits().blocked(at), !marker && m.tissue.at(p) != TissueKind::marrow);
    markers += marker ? 1 : 0;
  }
  EXPECT_EQ(markers, m.niches.size());
}

}  // namespace
}  // namespace marrow
