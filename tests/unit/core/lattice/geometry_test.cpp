// SPDX-License-Identifier: BSD-3-Clause
#include "core/lattice/geometry.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

TEST(Box, IntersectionIsWhatBothContain) {
  const Box a{{0, 0, 0}, {10, 10, 10}};
  const Box b{{5, -5, 9}, {15, 5, 20}};
  EXPECT_EQ(intersection(a, b), (Box{{5, 0, 9}, {10, 5, 10}}));
  EXPECT_TRUE(intersection(a, Box{{10, 0, 0}, {12, 10, 10}}).empty());
  EXPECT_EQ(intersection(a, Box{{20, 20, 20}, {30, 30, 30}}).volume(), 0);
}

TEST(Lattice, SiteAndPositionAreInverse) {
  const Lattice lattice{{7, 11, 13}, false, 10.0};
  for (SiteIndex s = 0; s < 7 * 11 * 13; ++s) EXPECT_EQ(lattice.site(lattice.position(s)), s);
}

TEST(Lattice, SitesBeyond32Bits) {
  const Lattice lattice{{100000, 100000, 10000}, false, 10.0};
  const Index3 last{99999, 99999, 9999};
  EXPECT_EQ(lattice.site(last), 99999999999999ULL);
  EXPECT_EQ(lattice.position(99999999999999ULL), last);
}

TEST(Lattice, VolumeInCubicMillimetres) {
  EXPECT_DOUBLE_EQ((Lattice{{200, 200, 200}, false, 10.0}.volume_mm3()), 8.0);
}

TEST(Wrapped, OnlyPeriodicLatticesWrap) {
  const Lattice torus{{10, 20, 30}, true, 10.0};
  EXPECT_EQ(wrapped(torus, {-1, 20, 35}), (Index3{9, 0, 5}));
  const Lattice box{{10, 20, 30}, false, 10.0};
  EXPECT_EQ(wrapped(box, {-1, 20, 35}), (Index3{-1, 20, 35}));
}

TEST(BlockGrid, LastBlocksMayBePartial) {
  const BlockGrid grid({17, 16, 1});
  EXPECT_EQ(grid.extent, (Index3{2, 1, 1}));
  EXPECT_EQ(BlockGrid::block_of({16, 15, 0}), (Index3{1, 0, 0}));
}

}  // namespace
}  // namespace marrow
