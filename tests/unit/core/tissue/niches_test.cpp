// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/bone_distance.hpp"
#include "core/tissue/niche_candidates.hpp"
#include "core/tissue/niche_selection.hpp"
#include "core/tissue/tissue_census.hpp"
#include "core/tissue/vessels.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace marrow {
namespace {

constexpr int near = 0;
constexpr int far = 1;

/// Plates of bone 14 voxels thick, 70 apart, and both vessel networks.
TissueBox plates_and_vessels(const Lattice& lattice, const Box& box) {
  TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
  const Index3 e = box.extent();
  for (std::int64_t i = 0; i < box.volume(); ++i) {
    if ((box.lo.x + i % e.x) % 84 < 14) tissue.kind[static_cast<std::size_t>(i)] = 1;
  }
  carve_vessels(tissue, lattice, {20.0, 300.0}, TissueKind::arteriole, Draws(8));
  carve_vessels(tissue, lattice, {25.0, 80.0}, TissueKind::sinusoid, Draws(8));
  return tissue;
}

struct Pool {
  std::vector<NicheCandidate> candidates;
  std::vector<std::uint16_t> bone_squared;
};

Pool pool_of(const TissueBox& tissue, const Lattice& lattice, std::int64_t samples_per_block) {
  Pool pool{niche_candidates(tissue, lattice.box(), lattice, Draws(8), samples_per_block), {}};
  const BoneDistance bone(tissue, lattice.box(), lattice);
  for (const NicheCandidate& c : pool.candidates) {
    pool.bone_squared.push_back(bone.squared(lattice.position(c.site), far_from_bone));
  }
  return pool;
}

TEST(NicheType, TouchesWhatItIsNamedAfter) {
  TissueBox tissue{{{0, 0, 0}, {9, 9, 9}}, std::vector<std::uint8_t>(729)};
  const auto set = [&](Index3 p, TissueKind kind) {
    tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, p))] =
        static_cast<std::uint8_t>(kind);
  };
  const Index3 p{4, 4, 4};
  EXPECT_EQ(niche_type(tissue, p), std::nullopt);
  set({5, 5, 4}, TissueKind::sinusoid);  // an edge is not a face
  EXPECT_EQ(niche_type(tissue, p), std::nullopt);
  set({4, 3, 4}, TissueKind::sinusoid);
  EXPECT_EQ(niche_type(tissue, p), NicheType::perisinusoidal);
  set({4, 4, 5}, TissueKind::bone);
  EXPECT_EQ(niche_type(tissue, p), NicheType::endosteal);
  set({6, 5, 4}, TissueKind::arteriole);  // squared distance 5
  EXPECT_EQ(niche_type(tissue, p), NicheType::endosteal);
  set({2, 4, 4}, TissueKind::arteriole);  // squared distance 4
  EXPECT_EQ(niche_type(tissue, p), NicheType::periarteriolar);
  for (const Index3& step : face_offsets) set(p + step, TissueKind::bone);
  EXPECT_EQ(niche_type(tissue, p), std::nullopt);  // walled in
  for (const Index3& step : face_offsets) set(p + step, TissueKind::sealed);
  EXPECT_EQ(niche_type(tissue, p), std::nullopt);  // T cells come through none of its faces
  set(p, TissueKind::bone);
  EXPECT_EQ(niche_type(tissue, p), std::nullopt);
}

TEST(NicheCandidates, BoxesTogetherFindWhatTheWholeFinds) {
  const Lattice lattice{{97, 61, 83}, false, 10.0};
  const TissueBox tissue = plates_and_vessels(lattice, lattice.box());
  auto whole = niche_candidates(tissue, lattice.box(), lattice, Draws(8), 40);
  std::vector<NicheCandidate> parts;
  for (const Box& own : {Box{{0, 0, 0}, {33, 61, 83}}, Box{{33, 0, 0}, {97, 17, 83}},
                         Box{{33, 17, 0}, {97, 61, 50}}, Box{{33, 17, 50}, {97, 61, 83}}}) {
    const TissueBox mine =
        plates_and_vessels(lattice, intersection(own.grown(niche_reach), lattice.box()));
    const auto found = niche_candidates(mine, own, lattice, Draws(8), 40);
    parts.insert(parts.end(), found.begin(), found.end());
  }
  const auto order = [](const NicheCandidate& a, const NicheCandidate& b) {
    return a.priority < b.priority;
  };
  std::sort(whole.begin(), whole.end(), order);
  std::sort(parts.begin(), parts.end(), order);
  ASSERT_GT(whole.size(), 500U);
  ASSERT_EQ(whole.size(), parts.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(whole[i].site, parts[i].site);
    EXPECT_EQ(whole[i].type, parts[i].type);
  }
}

TEST(NichePlan, TypesFirstThenNearShare) {
  const NicheDemand demand{1000, {0.70, 0.15, 0.15}, 0.5, 100, 9};
  const NicheStrata plenty = {{{1000, 1000}, {1000, 1000}, {1000, 0}}};
  const NicheStrata q = plan_strata(demand, plenty);
  EXPECT_EQ(q[0][near] + q[0][far], 700);
  EXPECT_EQ(q[1][near] + q[1][far], 150);
  EXPECT_EQ(q[2], (std::array<std::int64_t, 2>{150, 0}));
  EXPECT_EQ(q[0][near] + q[1][near] + q[2][near], 500);
}

TEST(NichePlan, WhatOneStratumLacksAnotherTakes) {
  const NicheDemand demand{1000, {0.70, 0.15, 0.15}, 0.5, 100, 9};
  // Few arterioles, none of them near bone: sinusoids and bone take the rest, half is still near.
  const NicheStrata q = plan_strata(demand, {{{1000, 1000}, {0, 40}, {1000, 0}}});
  EXPECT_EQ(q[1], (std::array<std::int64_t, 2>{0, 40}));
  EXPECT_EQ(q[0][near] + q[0][far] + q[2][near], 960);
  EXPECT_NEAR(static_cast<double>(q[2][near]) / 960, 0.15 / 0.85, 0.001);
  EXPECT_EQ(q[0][near] + q[2][near], 500);
  // Hardly anything near bone: as near as possible.
  const NicheStrata s = plan_strata(demand, {{{10, 1000}, {5, 1000}, {150, 0}}});
  EXPECT_EQ(s[0][near] + s[1][near] + s[2][near], 165);
  // No room at all: short.
  const NicheStrata n = plan_strata(demand, {{{3, 4}, {1, 0}, {2, 0}}});
  EXPECT_EQ(n, (NicheStrata{{{3, 4}, {1, 0}, {2, 0}}}));
}

TEST(NicheDemand, InVoxels) {
  const Lattice lattice{{200, 200, 200}, false, 10.0};
  const NicheDemand d = niche_demand({}, lattice);
  EXPECT_EQ(d.count, 800);
  EXPECT_EQ(d.near_squared, 100);
  EXPECT_EQ(d.spacing_squared, 9);
}

TEST(NicheSelection, ExactCountSpacingAndQuotas) {
  for (const bool periodic : {false, true}) {
    const Lattice lattice{{168, 90, 100}, periodic, 10.0};
    const TissueBox tissue = plates_and_vessels(lattice, lattice.box());
    const Pool pool = pool_of(tissue, lattice, 200);
    NicheParameters niches;
    niches.density_per_mm3 = 400.0;
    const NicheDemand demand = niche_demand(niches, lattice);
    const NicheSelection s = select_niches(lattice, demand, pool.candidates, pool.bone_squared);
    ASSERT_EQ(std::ssize(s.niches), demand.count);
    EXPECT_TRUE(s.as_planned);
    std::int64_t near_count = 0, by_type[3] = {0, 0, 0};
    for (const auto& n : s.niches) {
      near_count += n.bone_distance_voxels <= 10 ? 1 : 0;
      ++by_type[static_cast<int>(n.type)];
      EXPECT_EQ(niche_type(tissue, lattice.position(n.site)), n.type);
    }
    EXPECT_NEAR(static_cast<double>(by_type[0]), 0.70 * static_cast<double>(demand.count), 1.0);
    EXPECT_NEAR(static_cast<double>(by_type[1]), 0.15 * static_cast<double>(demand.count), 1.0);
    EXPECT_GE(near_count, demand.count / 2);  // rounding down lets 10.05 pass as 10
    EXPECT_NEAR(static_cast<double>(near_count), 0.5 * static_cast<double>(demand.count),
                0.02 * static_cast<double>(demand.count));
    for (std::size_t i = 0; i < s.niches.size(); ++i) {
      if (i > 0) {
        ASSERT_LT(s.niches[i - 1].site, s.niches[i].site);
      }
      const Index3 a = lattice.position(s.niches[i].site);
      for (std::size_t j = 0; j < i; ++j) {
        const Index3 b = lattice.position(s.niches[j].site);
        std::int64_t d2 = 0;
        for (const auto axis : {&Index3::x, &Index3::y, &Index3::z}) {
          std::int64_t d = std::abs(a.*axis - b.*axis);
          if (periodic) d = std::min(d, lattice.extent.*axis - d);
          d2 += d * d;
        }
        ASSERT_GE(d2, 9);
      }
    }
  }
}

TEST(NicheSelection, OrderOfCandidatesDoesNotMatter) {
  const Lattice lattice{{97, 61, 83}, false, 10.0};
  Pool pool = pool_of(plates_and_vessels(lattice, lattice.box()), lattice, 100);
  const NicheDemand demand = niche_demand({}, lattice);
  const auto first = select_niches(lattice, demand, pool.candidates, pool.bone_squared);
  std::reverse(pool.candidates.begin(), pool.candidates.end());
  std::reverse(pool.bone_squared.begin(), pool.bone_squared.end());
  EXPECT_EQ(select_niches(lattice, demand, pool.candidates, pool.bone_squared).niches,
            first.niches);
}

TEST(NicheSelection, UnwantedTypesStayOutAndShortageShows) {
  const Lattice lattice{{97, 61, 83}, false, 10.0};
  const Pool pool = pool_of(plates_and_vessels(lattice, lattice.box()), lattice, 100);
  NicheParameters niches;
  niches.perisinusoidal = niches.endosteal = 0.0;
  niches.min_spacing_um = 120.0;
  const NicheSelection s =
      select_niches(lattice, niche_demand(niches, lattice), pool.candidates, pool.bone_squared);
  EXPECT_FALSE(s.as_planned);
  EXPECT_LT(std::ssize(s.niches), 49);
  EXPECT_GT(std::ssize(s.niches), 5);
  for (const Niche& n : s.niches) EXPECT_EQ(n.type, NicheType::periarteriolar);
}

TEST(TissueCensus, CountsAndHash) {
  const Lattice lattice{{5, 4, 3}, false, 10.0};
  TissueBox tissue{lattice.box(), std::vector<std::uint8_t>(60)};
  const auto set = [&](Index3 p, TissueKind kind) {
    tissue.kind[static_cast<std::size_t>(lattice.site(p))] = static_cast<std::uint8_t>(kind);
  };
  set({0, 0, 0}, TissueKind::bone);
  set({1, 1, 1}, TissueKind::niche);
  set({2, 1, 1}, TissueKind::sinusoid);
  set({4, 3, 2}, TissueKind::niche);
  set({4, 3, 1}, TissueKind::arteriole);
  set({0, 1, 1}, TissueKind::sealed);
  const TissueCensus c = census_of(tissue, lattice.box());
  EXPECT_EQ(c.voxels, 60);
  EXPECT_EQ(c.bone, 1);
  EXPECT_EQ(c.sinusoid, 1);
  EXPECT_EQ(c.arteriole, 1);
  EXPECT_EQ(c.niche, 2);
  EXPECT_EQ(c.sealed, 1);
  EXPECT_EQ(c.enterable, 54);
  EXPECT_EQ(c.niche_neighbours, 23 + 6);
  EXPECT_DOUBLE_EQ(c.accessible_share(), 54.0 / 60.0);
  EXPECT_DOUBLE_EQ(c.mean_contact_voxels(), 14.5);

  const std::uint64_t whole = tissue_hash(tissue, lattice.box(), lattice);
  EXPECT_EQ(whole, tissue_hash(tissue, {{0, 0, 0}, {2, 4, 3}}, lattice) +
                       tissue_hash(tissue, {{2, 0, 0}, {5, 4, 3}}, lattice));
  for (std::size_t i = 0; i < tissue.kind.size(); ++i) {
    tissue.kind[i] ^= 1;
    EXPECT_NE(tissue_hash(tissue, lattice.box(), lattice), whole) << i;
    tissue.kind[i] ^= 1;
  }
  std::swap(tissue.kind[0], tissue.kind[1]);  // bone and marrow change places
  EXPECT_NE(tissue_hash(tissue, lattice.box(), lattice), whole);
}

}  // namespace
}  // namespace marrow
