// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_geometry.hpp"

#include "core/model/failure.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace marrow::io {
namespace {

const Lattice odd{{37, 21, 13}, false, 10.0};

TEST(VoxelGrid, WithoutCropOrStrideIsTheLattice) {
  const FrameGrid grid = voxel_grid(odd, std::nullopt, 1);
  EXPECT_EQ(grid.cells, odd.extent);
  EXPECT_EQ(grid.origin_um, (std::array<double, 3>{0, 0, 0}));
  EXPECT_EQ(grid.spacing_um, 10.0);
  EXPECT_EQ(source_of(grid, {36, 20, 12}), (Index3{36, 20, 12}));
}

TEST(VoxelGrid, CropMovesTheOrigin) {
  const FrameGrid grid = voxel_grid(odd, Box{{3, 4, 5}, {10, 9, 6}}, 1);
  EXPECT_EQ(grid.cells, (Index3{7, 5, 1}));
  EXPECT_EQ(grid.origin_um, (std::array<double, 3>{30, 40, 50}));
  EXPECT_EQ(source_of(grid, {0, 0, 0}), (Index3{3, 4, 5}));
}

TEST(VoxelGrid, CropIsCutToTheLattice) {
  const FrameGrid grid = voxel_grid(odd, Box{{30, -5, 0}, {100, 5, 1}}, 1);
  EXPECT_EQ(grid.crop, (Box{{30, 0, 0}, {37, 5, 1}}));
}

TEST(VoxelGrid, StrideThatDoesNotDivideRoundsUpAndStaysInside) {
  const FrameGrid grid = voxel_grid(odd, std::nullopt, 4);
  EXPECT_EQ(grid.cells, (Index3{10, 6, 4}));  // 37/4, 21/4, 13/4 rounded up
  EXPECT_EQ(grid.spacing_um, 40.0);
  EXPECT_EQ(source_of(grid, {0, 0, 0}), (Index3{2, 2, 2}));
  EXPECT_EQ(source_of(grid, {9, 5, 3}), (Index3{36, 20, 12}));  // the crop's last voxel
}

TEST(VoxelGrid, StrideLargerThanTheLatticeShowsOneVoxel) {
  const FrameGrid grid = voxel_grid(odd, std::nullopt, 1000);
  EXPECT_EQ(grid.cells, (Index3{1, 1, 1}));
  EXPECT_EQ(source_of(grid, {0, 0, 0}), (Index3{36, 20, 12}));
}

TEST(VoxelGrid, AFrameCellShowsTheVoxelAtItsCentre) {
  for (const std::int64_t stride : {1, 2, 3, 4, 5, 7}) {
    const FrameGrid grid = voxel_grid(odd, Box{{5, 2, 1}, {37, 20, 12}}, stride);
    for (std::int64_t x = 0; x + 1 < grid.cells.x; ++x) {
      const double centre_um = grid.origin_um[0] + (static_cast<double>(x) + 0.5) * grid.spacing_um;
      EXPECT_EQ(source_of(grid, {x, 0, 0}).x, static_cast<std::int64_t>(centre_um / 10.0));
    }
  }
}

TEST(VoxelGrid, RefusesWhatCannotBe) {
  EXPECT_THROW(voxel_grid(odd, std::nullopt, 0), Failure);
  EXPECT_THROW(voxel_grid(odd, Box{{40, 0, 0}, {50, 5, 5}}, 1), Failure);
  EXPECT_THROW(voxel_grid(odd, Box{{5, 5, 5}, {5, 6, 6}}, 1), Failure);
  const Lattice long_axis{{std::int64_t{1} << 31, 1, 1}, false, 10.0};
  EXPECT_THROW(voxel_grid(long_axis, std::nullopt, 1), Failure);
  EXPECT_NO_THROW(voxel_grid(long_axis, std::nullopt, 2));
}

TEST(BlockGridOfFrames, HoldsEveryBlockThatTheCropTouches) {
  const FrameGrid grid = block_grid({{100, 64, 33}, false, 10.0}, Box{{15, 16, 32}, {49, 48, 33}});
  EXPECT_EQ(grid.crop, (Box{{0, 1, 2}, {4, 3, 3}}));
  EXPECT_EQ(grid.cells, (Index3{4, 2, 1}));
  EXPECT_EQ(grid.spacing_um, 160.0);
  EXPECT_EQ(grid.origin_um, (std::array<double, 3>{0, 160, 320}));
}

TEST(BlockGridOfFrames, CountsPartialBlocks) {
  EXPECT_EQ(block_grid({{100, 64, 33}, false, 10.0}, std::nullopt).cells, (Index3{7, 4, 3}));
}

TEST(SignalGridOfFrames, HoldsEveryCellThatTheCropTouches) {
  const Lattice lattice{{101, 64, 33}, false, 10.0};
  const FrameGrid grid = signal_grid(lattice, Box{{15, 16, 32}, {49, 48, 33}}, 1, 2);
  EXPECT_EQ(grid.crop, (Box{{7, 8, 16}, {25, 24, 17}}));
  EXPECT_EQ(grid.cells, (Index3{18, 16, 1}));
  EXPECT_EQ(grid.spacing_um, 20.0);
  EXPECT_EQ(grid.origin_um, (std::array<double, 3>{140, 160, 320}));
  EXPECT_EQ(signal_grid(lattice, std::nullopt, 1, 4).cells, (Index3{26, 16, 9}));
}

TEST(SignalGridOfFrames, TakesTheStrideInVoxels) {
  const Lattice lattice{{64, 64, 64}, false, 10.0};
  const auto spacing_um = [&](std::int64_t stride, std::int64_t voxels_per_cell) {
    return signal_grid(lattice, std::nullopt, stride, voxels_per_cell).spacing_um;
  };
  EXPECT_EQ(spacing_um(1, 2), 20.0);
  EXPECT_EQ(spacing_um(2, 2), 20.0);
  EXPECT_EQ(spacing_um(8, 2), 80.0);
  EXPECT_EQ(spacing_um(7, 2), 60.0);
  EXPECT_EQ(spacing_um(3, 4), 40.0);
}

/// Every frame cell is shown by exactly the box that owns its voxel, however the lattice is cut.
TEST(CellsShown, APartitionOfTheLatticeGivesAPartitionOfTheFrame) {
  const std::vector<std::int64_t> cuts_x = {0, 16, 17, 32, 37};
  const std::vector<std::int64_t> cuts_y = {0, 1, 16, 21};
  const std::vector<std::int64_t> cuts_z = {0, 5, 13};
  for (const std::int64_t stride : {1, 2, 3, 4, 5, 8, 40}) {
    for (const Box& crop : {odd.box(), Box{{3, 2, 1}, {36, 20, 12}}, Box{{16, 1, 5}, {18, 2, 6}}}) {
      const FrameGrid grid = voxel_grid(odd, crop, stride);
      std::map<std::array<std::int64_t, 3>, int> seen;
      for (std::size_t i = 0; i + 1 < cuts_x.size(); ++i) {
        for (std::size_t j = 0; j + 1 < cuts_y.size(); ++j) {
          for (std::size_t k = 0; k + 1 < cuts_z.size(); ++k) {
            const Box box{{cuts_x[i], cuts_y[j], cuts_z[k]},
                          {cuts_x[i + 1], cuts_y[j + 1], cuts_z[k + 1]}};
            const Box shown = cells_shown(grid, box);
            for (std::int64_t x = shown.lo.x; x < shown.hi.x; ++x) {
              for (std::int64_t y = shown.lo.y; y < shown.hi.y; ++y) {
                for (std::int64_t z = shown.lo.z; z < shown.hi.z; ++z) {
                  ++seen[{x, y, z}];
                  ASSERT_TRUE(box.contains(source_of(grid, {x, y, z})));
                }
              }
            }
          }
        }
      }
      EXPECT_EQ(static_cast<std::int64_t>(seen.size()), volume(grid.cells));
      for (const auto& [cell, count] : seen) ASSERT_EQ(count, 1);
    }
  }
}

TEST(ZSlabs, CoverEveryLayerOnceInOrder) {
  for (std::int64_t layers = 1; layers < 20; ++layers) {
    for (std::int64_t pieces = 1; pieces < 25; ++pieces) {
      const Box box{{0, 0, 7}, {3, 2, 7 + layers}};
      const std::vector<Box> slabs = z_slabs(box, pieces);
      ASSERT_EQ(static_cast<std::int64_t>(slabs.size()), std::min(layers, pieces));
      std::int64_t at = 7;
      for (std::size_t piece = 0; piece < slabs.size(); ++piece) {
        ASSERT_EQ(slabs[piece].lo.z, at);
        ASSERT_GT(slabs[piece].hi.z, at);
        for (; at < slabs[piece].hi.z; ++at) ASSERT_EQ(slab_of(slabs, at), piece);
      }
      ASSERT_EQ(at, 7 + layers);
    }
  }
}

TEST(ZSlabs, RefuseLessThanOnePiece) { EXPECT_THROW(z_slabs(odd.box(), 0), Failure); }

TEST(WriterOf, SpreadsPiecesEvenlyAndStartsAtTheRoot) {
  for (std::size_t pieces = 1; pieces <= 9; ++pieces) {
    for (int ranks = 1; ranks <= 9; ++ranks) {
      std::map<int, std::size_t> load;
      for (std::size_t piece = 0; piece < pieces; ++piece) {
        const int writer = writer_of(piece, pieces, ranks);
        ASSERT_GE(writer, 0);
        ASSERT_LT(writer, ranks);
        ++load[writer];
      }
      EXPECT_EQ(writer_of(0, pieces, ranks), 0);
      EXPECT_EQ(load.size(), std::min(pieces, static_cast<std::size_t>(ranks)));
      const std::size_t fair =
          (pieces + static_cast<std::size_t>(ranks) - 1) / static_cast<std::size_t>(ranks);
      for (const auto& [rank, count] : load) EXPECT_LE(count, fair);
    }
  }
}

TEST(Centre, IsTheMiddleOfTheVoxel) {
  EXPECT_EQ(centre_um(odd, {0, 1, 12}), (std::array<float, 3>{5.0F, 15.0F, 125.0F}));
}

}  // namespace
}  // namespace marrow::io
