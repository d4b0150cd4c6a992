// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/decomposition.hpp"

#include "core/model/failure.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace marrow::parallel {
namespace {

TEST(Decomposition, BoxesTileTheLatticeOnBlockEdges) {
  for (const Index3 extent : {Index3{64, 64, 64}, Index3{97, 61, 83}, Index3{16, 16, 200}}) {
    const Lattice lattice{extent, false, 10.0};
    for (const int ranks : {1, 2, 3, 4, 5, 6, 7, 8, 12}) {
      const Decomposition decomposition(lattice, ranks);
      std::int64_t covered = 0;
      for (int r = 0; r < ranks; ++r) {
        const Box& box = decomposition.box(r);
        EXPECT_FALSE(box.empty());
        EXPECT_EQ(box.lo.x % block_edge + box.lo.y % block_edge + box.lo.z % block_edge, 0);
        covered += box.volume();
        for (int q = 0; q < r; ++q) EXPECT_TRUE(intersection(box, decomposition.box(q)).empty());
        EXPECT_EQ(decomposition.owner_of(box.lo), r);
        EXPECT_EQ(decomposition.owner_of(box.hi - Index3{1, 1, 1}), r);
      }
      EXPECT_EQ(covered, volume(extent));
    }
  }
}

TEST(Decomposition, WeightsMoveTheCut) {
  const Lattice lattice{{16, 16, 160}, false, 10.0};
  std::vector<std::int64_t> weight(10, 0);
  weight[0] = 3000;
  weight[1] = 1000;
  weight[2] = 1000;
  weight[3] = 1000;
  const Decomposition decomposition(lattice, 2, weight);
  EXPECT_EQ(decomposition.box(0).hi.z, 16);
}

TEST(Decomposition, OneBlockPerRankIsTheLimit) {
  const Lattice lattice{{32, 32, 32}, false, 10.0};
  EXPECT_EQ(Decomposition(lattice, 8).thinnest(), 16);
  try {
    const Decomposition too_many(lattice, 9);
    FAIL() << "9 ranks on 8 blocks were accepted";
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::command_line);
    EXPECT_NE(std::string(failure.what()).find("at most 8"), std::string::npos) << failure.what();
  }
}

std::string refusal(const Index3& extent, int ranks) {
  try {
    const Decomposition refused(Lattice{extent, false, 10.0}, ranks);
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::command_line);
    return failure.what();
  }
  return "accepted";
}

TEST(Decomposition, TooManyRanksAreToldWhatWouldDo) {
  EXPECT_EQ(refusal({16, 16, 16}, 64),
            "64 ranks are too many for a lattice of 1 x 1 x 1 blocks of 16^3 voxels, of which each "
            "rank needs one: use at most 1 rank; even divisions are 1 (1 x 1 x 1 boxes)");
  EXPECT_NE(refusal({64, 64, 64}, 100)
                .find("use at most 64 ranks; even divisions are 64 (4 x 4 x 4 boxes), 32 (4 x 4 x "
                      "2), 16 (4 x 2 x 2)"),
            std::string::npos)
      << refusal({64, 64, 64}, 100);
}

// What the message promises holds: the named numbers divide the lattice.
TEST(Decomposition, TheLargestUsableNumberIsUsable) {
  for (const Index3& extent : {Index3{48, 80, 16}, Index3{33, 17, 120}}) {
    const std::string text = refusal(extent, 1000);
    const auto at = text.find("at most ");
    ASSERT_NE(at, std::string::npos) << text;
    const int usable = std::stoi(text.substr(at + 8));
    const Decomposition whole(Lattice{extent, false, 10.0}, usable);
    EXPECT_EQ(whole.boxes().size(), static_cast<std::size_t>(usable));
    EXPECT_NE(refusal(extent, usable + 1), "accepted");
  }
}

TEST(Decomposition, BlocksOfABoxAreTheBlocksItTouches) {
  const Lattice lattice{{40, 32, 16}, false, 10.0};
  EXPECT_EQ(blocks_of(lattice, lattice.box()), (std::vector<std::uint64_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(blocks_of(lattice, {{32, 16, 0}, {40, 32, 16}}), (std::vector<std::uint64_t>{5}));
}

}  // namespace
}  // namespace marrow::parallel
