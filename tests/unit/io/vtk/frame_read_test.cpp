// SPDX-License-Identifier: BSD-3-Clause
#include "io/vtk/frame_read.hpp"

#include "core/model/failure.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;
using testing::ElementsAre;
using testing::HasSubstr;

const FrameFacts facts{.step = 24, .digest = 1, .labels = {.scenario = "test"}};

PointPiece two_cells() {
  return {{5, 5, 5, 15, 5, 5},
          {{"cell_kind", std::vector<std::uint8_t>{1, 2}},
           {"cell_state", std::vector<std::uint8_t>{1, 3}},
           {"clone_age_d", std::vector<float>{20, std::nanf("")}},
           {"kills", std::vector<std::uint8_t>{0, 9}},
           {"presentation", std::vector<float>{0.5F, 0}},
           {"timer_h", std::vector<float>{0, 2.5F}},
           {"clone", std::vector<std::uint32_t>{7, 0}},
           {"founder", std::vector<std::uint32_t>{1, 0}},
           {"genotype", std::vector<std::uint8_t>{hla_lost, 0}},
           {"site", std::vector<std::uint64_t>{0, std::uint64_t{1} << 40}}}};
}

TEST(FrameReadTest, CellsComeBack) {
  const TemporaryDirectory scratch;
  write_piece(scratch / "cells.vtp", two_cells(), facts, Compression::zlib);
  const std::vector<CellPoint> cells = read_cell_frame(scratch / "cells.vtp");
  ASSERT_EQ(cells.size(), 2U);
  EXPECT_EQ(cells[0].state, CellState::stem);
  EXPECT_EQ(cells[0].clone, 7U);
  EXPECT_EQ(cells[0].founder, 1U);
  EXPECT_EQ(cells[0].genotype, hla_lost);
  EXPECT_EQ(cells[1].state, CellState::effector);
  EXPECT_EQ(cells[0].clone_age_d, 20.0F);
  EXPECT_EQ(cells[0].presentation, 0.5F);
  EXPECT_EQ(cells[1].site, SiteIndex{1} << 40);
  EXPECT_EQ(cells[1].kills, 9);
  EXPECT_EQ(cells[1].timer_h, 2.5F);
  EXPECT_TRUE(std::isnan(cells[1].clone_age_d));
}

TEST(FrameReadTest, NoCellIsNoTrouble) {
  const TemporaryDirectory scratch;
  PointPiece none = two_cells();
  none.xyz_um.clear();
  for (FrameArray& array : none.arrays) {
    std::visit([](auto& values) { values.clear(); }, array.values);
  }
  write_piece(scratch / "cells.vtp", none, facts, Compression::zlib);
  EXPECT_TRUE(read_cell_frame(scratch / "cells.vtp").empty());
}

TEST(FrameReadTest, BlocksOfACroppedFrameLieWhereTheyWere) {
  const TemporaryDirectory scratch;
  const ImagePiece image{
      {{0, 0, 0}, {2, 1, 1}}, {320, 0, 160}, 160, {{"fat", std::vector<float>{0.25F, 0.5F}}}};
  write_piece(scratch / "fields.vti", image, facts, Compression::none);
  const BlockFrame fat = read_block_frame(scratch / "fields.vti", "fat");
  EXPECT_EQ(fat.blocks, (Box{{2, 0, 1}, {4, 1, 2}}));
  EXPECT_THAT(fat.values, ElementsAre(0.25F, 0.5F));
}

/// What the reading of a file is refused with; "nothing" if it is not.
std::string refusal(const std::filesystem::path& file, const std::string& name) {
  try {
    read_block_frame(file, name);
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "nothing";
}

TEST(FrameReadTest, WhatCannotBeReadIsNamed) {
  const TemporaryDirectory scratch;
  const ImagePiece image{
      {{0, 0, 0}, {1, 1, 1}}, {0, 0, 0}, 160, {{"fat", std::vector<float>{0.25F}}}};
  write_piece(scratch / "fields.vti", image, facts, Compression::zlib);
  EXPECT_THAT(refusal(scratch / "fields.vti", "cellularity"), HasSubstr("no array 'cellularity'"));
  EXPECT_THAT(refusal(scratch / "missing.vti", "fat"), HasSubstr("missing.vti"));
  std::filesystem::resize_file(scratch / "fields.vti", 200);
  EXPECT_THAT(refusal(scratch / "fields.vti", "fat"), HasSubstr("cannot be read"));
}

TEST(FrameReadTest, ACellThatCannotBeIsRefused) {
  const TemporaryDirectory scratch;
  PointPiece points = two_cells();
  points.arrays[1].values = std::vector<std::uint8_t>{1, 200};
  write_piece(scratch / "cells.vtp", points, facts, Compression::none);
  try {
    read_cell_frame(scratch / "cells.vtp");
    FAIL() << "it was taken";
  } catch (const Failure& failure) {
    EXPECT_THAT(failure.what(), HasSubstr("a cell with cell_state 200"));
  }
}

}  // namespace
}  // namespace marrow::io
