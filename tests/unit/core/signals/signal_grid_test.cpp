// SPDX-License-Identifier: BSD-3-Clause
#include "core/signals/signal_grid.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

TEST(SignalGrid, CellsCoverTheBoxWithPartialLastOnes) {
  const Lattice lattice{{50, 33, 70}, false, 10.0};
  const SignalGrid grid(lattice, {{16, 0, 32}, {50, 33, 70}}, 4, 3);
  EXPECT_EQ(grid.all(), (Box{{0, 0, 0}, {13, 9, 18}}));
  EXPECT_EQ(grid.own(), (Box{{4, 0, 8}, {13, 9, 18}}));
  EXPECT_EQ(grid.covered(), (Box{{1, -3, 5}, {16, 12, 21}}));
  EXPECT_EQ(grid.existing(), (Box{{1, 0, 5}, {13, 9, 18}}));
  EXPECT_DOUBLE_EQ(grid.spacing_um(), 40.0);
  EXPECT_EQ(grid.cell_of({49, 32, 69}), (Index3{12, 8, 17}));
  EXPECT_EQ(grid.cell_of({16, 3, 32}), (Index3{4, 0, 8}));
}

TEST(SignalGrid, IdentitiesAreSitesOfFirstVoxelsInOrder) {
  const Lattice lattice{{17, 8, 5}, false, 10.0};
  for (const std::int64_t edge : {1, 2, 4}) {
    const SignalGrid grid(lattice, lattice.box(), edge);
    SiteIndex last = 0;
    for (std::int64_t z = 0; z < grid.all().hi.z; ++z) {
      for (std::int64_t y = 0; y < grid.all().hi.y; ++y) {
        for (std::int64_t x = 0; x < grid.all().hi.x; ++x) {
          const Index3 cell{x, y, z};
          const SiteIndex id = grid.id(cell);
          EXPECT_EQ(grid.cell(id), cell);
          EXPECT_EQ(id, lattice.site({edge * x, edge * y, edge * z}));
          EXPECT_TRUE(id > last || cell == Index3{});
          last = id;
        }
      }
    }
  }
}

TEST(SignalGrid, ImagesOfVoxelsLieInImagesOfCells) {
  const Lattice lattice{
      {33, 32, 17}, true, 10.0};  // 17 x 16 x 9 cells, two axes with a partial one
  const SignalGrid grid(lattice, lattice.box(), 2);
  EXPECT_EQ(grid.existing(), grid.covered());
  for (const Index3 p : {Index3{0, 0, 0}, {32, 31, 16}, {31, 5, 15}, {1, 1, 1}}) {
    const Index3 cell = grid.cell_of(p);
    for (const std::int64_t s : {-1, 1}) {
      EXPECT_EQ(grid.cell_of({p.x + s * 33, p.y, p.z}), (Index3{cell.x + s * 17, cell.y, cell.z}));
      EXPECT_EQ(grid.cell_of({p.x, p.y + s * 32, p.z}), (Index3{cell.x, cell.y + s * 16, cell.z}));
      EXPECT_EQ(grid.cell_of({p.x, p.y, p.z + s * 17}), (Index3{cell.x, cell.y, cell.z + s * 9}));
    }
  }
  EXPECT_EQ(grid.cell_of({-1, -2, -3}), (Index3{-1, -1, -2}));
}

TEST(SignalGrid, OtherCellSizesAreRefused) {
  const Lattice lattice{{32, 32, 32}, false, 10.0};
  for (const std::int64_t edge : {0, 3, 8}) {
    EXPECT_THROW(SignalGrid(lattice, lattice.box(), edge), Failure) << edge;
  }
  EXPECT_THROW(SignalGrid(lattice, lattice.box(), 2, 1), Failure);
}

}  // namespace
}  // namespace marrow
