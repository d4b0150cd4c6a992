// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/moments.hpp"

#include "io/vtk/frame_file.hpp"
#include "tests/support/temporary_directory.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace marrow::io {
namespace {

using marrow::test::TemporaryDirectory;

/// A frame of one stem cell of clone 7.
Moment one_cell(const std::filesystem::path& file) {
  const PointPiece cell{{5, 5, 5},
                        {{"cell_kind", std::vector<std::uint8_t>{1}},
                         {"cell_state", std::vector<std::uint8_t>{1}},
                         {"clone_age_d", std::vector<float>{20}},
                         {"kills", std::vector<std::uint8_t>{0}},
                         {"presentation", std::vector<float>{0.5F}},
                         {"timer_h", std::vector<float>{0}},
                         {"clone", std::vector<std::uint32_t>{7}},
                         {"founder", std::vector<std::uint32_t>{0}},
                         {"genotype", std::vector<std::uint8_t>{hla_lost}},
                         {"site", std::vector<std::uint64_t>{0}}}};
  write_piece(file, cell, {.step = 24, .digest = 1, .labels = {.scenario = "test"}},
              Compression::zlib);
  Moment moment;
  moment.step = 24;
  moment.cells = file;
  return moment;
}

TEST(MomentsTest, ClonesAreCountedOnlyInFramesOfTheWholeBox) {
  const TemporaryDirectory scratch;
  const std::vector<Moment> moments = {one_cell(scratch / "cells.vtp")};
  std::vector<std::string> trouble;
  const CloneRecords whole = clone_records(moments, FrameExtent::whole, 10, trouble);
  ASSERT_EQ(whole.counts.size(), 1U);
  EXPECT_EQ(whole.counts[0].cells.at(7), 1);
  EXPECT_EQ(whole.table.at(7).genotype, hla_lost);
  EXPECT_TRUE(clone_records(moments, FrameExtent::cropped, 10, trouble).counts.empty());
  EXPECT_TRUE(trouble.empty());
}

}  // namespace
}  // namespace marrow::io
