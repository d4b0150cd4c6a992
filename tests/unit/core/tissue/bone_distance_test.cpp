// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/bone_distance.hpp"

#include "core/random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace marrow {
namespace {

/// A few clumps of bone: `share_of_1024` of the 5^3-voxel clumps.
TissueBox clumps(const Lattice& lattice, std::uint64_t seed, std::uint64_t share_of_1024) {
  TissueBox tissue{lattice.box(),
                   std::vector<std::uint8_t>(static_cast<std::size_t>(volume(lattice.extent)))};
  const Draws draws(seed);
  for (std::uint64_t i = 0; i < tissue.kind.size(); ++i) {
    const Index3 p = lattice.position(i);
    const auto clump = static_cast<std::uint64_t>(p.x / 5 + 100 * (p.y / 5 + 100 * (p.z / 5)));
    const std::uint64_t bits = draws(Purpose::measurement, Entity::site, clump).first;
    if ((bits & 1023) < share_of_1024) tissue.kind[i] = static_cast<std::uint8_t>(TissueKind::bone);
  }
  return tissue;
}

std::int64_t by_looking_everywhere(const TissueBox& tissue, const Box& within,
                                   const Lattice& lattice, const Index3& p) {
  std::int64_t best = far_from_bone;
  const auto along = [&](std::int64_t a, std::int64_t b, std::int64_t n) {
    const std::int64_t d = std::abs(a - b);
    return lattice.periodic ? std::min(d, n - d) : d;
  };
  for (std::int64_t z = within.lo.z; z < within.hi.z; ++z) {
    for (std::int64_t y = within.lo.y; y < within.hi.y; ++y) {
      for (std::int64_t x = within.lo.x; x < within.hi.x; ++x) {
        if (tissue.at({x, y, z}) != TissueKind::bone) continue;
        const std::int64_t dx = along(x, p.x, lattice.extent.x);
        const std::int64_t dy = along(y, p.y, lattice.extent.y);
        const std::int64_t dz = along(z, p.z, lattice.extent.z);
        best = std::min(best, dx * dx + dy * dy + dz * dz);
      }
    }
  }
  return best > 255 * 255 ? far_from_bone : best;
}

TEST(BoneDistance, AgreesWithLookingEverywhere) {
  for (const bool periodic : {false, true}) {
    const Lattice lattice{{61, 43, 52}, periodic, 10.0};
    for (const std::uint64_t share : {2, 20, 200}) {
      const TissueBox tissue = clumps(lattice, share, share);
      for (const Box& within :
           {lattice.box(), Box{{30, 0, 7}, {61, 43, 29}}, Box{{0, 40, 0}, {3, 43, 52}}}) {
        const BoneDistance distance(tissue, within, lattice);
        for (std::uint64_t i = 0; i < 40; ++i) {
          const std::uint64_t bits = Draws(99)(Purpose::measurement, Entity::site, i).first;
          const Index3 p = lattice.position(uniform_below(bits, tissue.kind.size()));
          ASSERT_EQ(distance.squared(p, far_from_bone),
                    by_looking_everywhere(tissue, within, lattice, p));
        }
      }
    }
  }
}

TEST(BoneDistance, KeepsTheBoundWhenNothingIsNearer) {
  const Lattice lattice{{40, 40, 40}, false, 10.0};
  TissueBox tissue = clumps(lattice, 1, 0);
  tissue.kind[static_cast<std::size_t>(lattice.site({30, 20, 20}))] = 1;
  const BoneDistance distance(tissue, lattice.box(), lattice);
  EXPECT_EQ(distance.squared({20, 20, 20}, far_from_bone), 100);
  EXPECT_EQ(distance.squared({20, 20, 20}, 100), 100);
  EXPECT_EQ(distance.squared({20, 20, 20}, 99), 99);
  EXPECT_EQ(distance.squared({30, 20, 20}, far_from_bone), 0);
}

TEST(BoneDistance, CapAndEmptyBoxes) {
  const Lattice lattice{{300, 3, 3}, false, 10.0};
  TissueBox tissue = clumps(lattice, 1, 0);
  EXPECT_EQ(BoneDistance(tissue, lattice.box(), lattice).squared({5, 1, 1}, far_from_bone),
            far_from_bone);
  EXPECT_EQ(BoneDistance(tissue, {}, lattice).squared({5, 1, 1}, far_from_bone), far_from_bone);
  tissue.kind[static_cast<std::size_t>(lattice.site({0, 1, 1}))] = 1;
  const BoneDistance distance(tissue, lattice.box(), lattice);
  EXPECT_EQ(distance.squared({255, 1, 1}, far_from_bone), 255 * 255);
  EXPECT_EQ(distance.squared({256, 1, 1}, far_from_bone), far_from_bone);
  EXPECT_EQ(distance_voxels(99), 9);
  EXPECT_EQ(distance_voxels(100), 10);
  EXPECT_EQ(distance_voxels(255 * 255), 255);
  EXPECT_EQ(distance_voxels(far_from_bone), 255);
}

}  // namespace
}  // namespace marrow
