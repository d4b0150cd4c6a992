// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/block_space.hpp"

#include "core/random/draws.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace marrow {
namespace {

/// The lattice with a voxel around it; a third of the voxels is bone, alike in periodic images.
TissueBox porous(const Lattice& lattice) {
  TissueBox tissue{lattice.box().grown(1), {}};
  const Box& all = tissue.box;
  const Draws draws(7);
  Index3 p;
  for (p.z = all.lo.z; p.z < all.hi.z; ++p.z) {
    for (p.y = all.lo.y; p.y < all.hi.y; ++p.y) {
      for (p.x = all.lo.x; p.x < all.hi.x; ++p.x) {
        const Index3 home = lattice.periodic ? wrapped(lattice, p) : p;
        const bool inside = lattice.box().contains(home);
        const bool open =
            inside && draws(Purpose::measurement, Entity::site, lattice.site(home)).first % 3 != 0;
        tissue.kind.push_back(
            static_cast<std::uint8_t>(open ? TissueKind::marrow : TissueKind::bone));
      }
    }
  }
  return tissue;
}

std::int64_t sum(const std::vector<std::int64_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::int64_t{0});
}

/// Pairs of open voxels on both sides of the planes between blocks along x, counted directly.
std::int64_t pairs_across_x(const TissueBox& tissue, const Lattice& lattice) {
  std::int64_t pairs = 0;
  Index3 p;
  for (p.z = 0; p.z < lattice.extent.z; ++p.z) {
    for (p.y = 0; p.y < lattice.extent.y; ++p.y) {
      for (p.x = 0; p.x < lattice.extent.x; ++p.x) {
        const bool last = p.x + 1 == lattice.extent.x;
        if (last ? !lattice.periodic : (p.x + 1) % block_edge != 0) continue;
        const Index3 next = p + Index3{1, 0, 0};
        pairs += enterable(tissue.at(p)) && enterable(tissue.at(next)) ? 1 : 0;
      }
    }
  }
  return pairs;
}

TEST(BlockSpace, CountsRoomAndOpeningsOfPartialBlocksToo) {
  for (const bool periodic : {false, true}) {
    const Lattice lattice{{37, 20, 33}, periodic, 10.0};
    const TissueBox tissue = porous(lattice);
    const BlockSpace space = count_block_space(tissue, lattice, lattice.box());
    EXPECT_EQ(space.own.extent(), (Index3{3, 2, 3}));
    std::int64_t open = 0;
    for (std::int64_t site = 0; site < lattice.box().volume(); ++site) {
      open += enterable(tissue.at(lattice.position(static_cast<SiteIndex>(site)))) ? 1 : 0;
    }
    EXPECT_EQ(sum(space.enterable), open);
    std::array<std::int64_t, 6> pairs{};
    for (std::size_t face = 0; face < 6; ++face) pairs[face] = sum(space.openings[face]);
    EXPECT_EQ(pairs[0], pairs[1]);  // each opening is seen from both sides
    EXPECT_EQ(pairs[2], pairs[3]);
    EXPECT_EQ(pairs[4], pairs[5]);
    EXPECT_EQ(pairs[1], pairs_across_x(tissue, lattice));
  }
}

TEST(BlockSpace, IsTheSameInAnyDivision) {
  const Lattice lattice{{48, 32, 32}, true, 10.0};
  const TissueBox tissue = porous(lattice);
  const BlockSpace whole = count_block_space(tissue, lattice, lattice.box());
  for (const Box& own : {Box{{0, 0, 0}, {16, 32, 32}}, Box{{16, 0, 0}, {48, 32, 32}}}) {
    const BlockSpace part = count_block_space(part_of(tissue, own.grown(1)), lattice, own);
    Index3 b;
    for (b.z = part.own.lo.z; b.z < part.own.hi.z; ++b.z) {
      for (b.y = part.own.lo.y; b.y < part.own.hi.y; ++b.y) {
        for (b.x = part.own.lo.x; b.x < part.own.hi.x; ++b.x) {
          EXPECT_EQ(part.enterable[part.offset(b)], whole.enterable[whole.offset(b)]);
          for (std::size_t face = 0; face < 6; ++face) {
            EXPECT_EQ(part.openings[face][part.offset(b)], whole.openings[face][whole.offset(b)]);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace marrow
