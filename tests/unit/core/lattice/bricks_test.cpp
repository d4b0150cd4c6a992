// SPDX-License-Identifier: BSD-3-Clause
#include "core/lattice/bricks.hpp"

#include <gtest/gtest.h>

#include <set>

namespace marrow {
namespace {

class Bricks : public testing::TestWithParam<Box> {};

template <class Visit>
void for_each_voxel(const Box& box, Visit&& visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

TEST_P(Bricks, EveryVoxelHasItsOwnIndexAndBack) {
  const BrickLayout layout(GetParam());
  std::set<BrickIndex> seen;
  for_each_voxel(GetParam(), [&](const Index3& p) {
    const BrickIndex i = layout.index(p);
    EXPECT_LT(i >> 9, layout.brick_count());
    EXPECT_EQ(layout.position(i), p);
    seen.insert(i);
  });
  EXPECT_EQ(std::ssize(seen), GetParam().volume());
}

TEST_P(Bricks, NeighboursAreTheFaceNeighbours) {
  const BrickLayout layout(GetParam());
  for_each_voxel(GetParam().grown(-1), [&](const Index3& p) {
    for (unsigned d = 0; d < 6; ++d) {
      EXPECT_EQ(layout.neighbour(layout.index(p), d), layout.index(p + face_offsets[d]));
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Boxes, Bricks,
                         testing::Values(Box{{0, 0, 0}, {16, 16, 16}},
                                         Box{{-1, -1, -1}, {9, 10, 11}},
                                         Box{{-5, 3, 100}, {14, 20, 131}},
                                         Box{{7, 7, 7}, {8, 8, 8}}));

TEST(BrickLayout, RefusesABoxThatItsIndexCannotCount) {
  EXPECT_THROW(BrickLayout(Box{{0, 0, 0}, {2048, 2048, 2048}}), Failure);
}

TEST(BitBrick, SetTestResetTouchOneBit) {
  BitBrick brick;
  for (BrickIndex i = 0; i < 512; ++i) {
    brick.set(i);
    for (BrickIndex j = 0; j < 512; ++j) EXPECT_EQ(brick.test(j), j == i);
    brick.reset(i);
  }
}

}  // namespace
}  // namespace marrow
