// SPDX-License-Identifier: BSD-3-Clause
// What the frame tests write: every value is a function of its global position, so that a misplaced
// voxel, block or cell shows, whatever the ranks own.
#pragma once

#include "io/vtk/frame_writer.hpp"
#include "parallel/communicator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

namespace marrow::io {

inline constexpr Lattice lattice{{53, 37, 45}, false, 10.0};
inline constexpr FrameStamp stamp{36, 0x0123456789abcdefULL};

inline std::uint8_t kind_at(const Index3& p) {
  return static_cast<std::uint8_t>((p.x + 2 * p.y + 3 * p.z) % 5);
}
inline std::uint8_t reveal_at(const Index3& p) {
  return static_cast<std::uint8_t>((7 * p.x + 11 * p.y + 13 * p.z) % 251);
}
inline float column_at(const Index3& block, std::size_t column) {
  return static_cast<float>(block.x * 100 + block.y * 10 + block.z) +
         0.25F * static_cast<float>(column);
}

/// Part `rank` of `ranks` unequal parts, cut along any axis at any voxel.
inline Box part_of(Box box, int rank, int ranks) {
  while (ranks > 1) {
    const int left = (ranks + 1) / 2;
    const Index3 e = box.extent();
    std::int64_t Index3::*axis = e.x >= e.y && e.x >= e.z ? &Index3::x
                                 : e.y >= e.z             ? &Index3::y
                                                          : &Index3::z;
    const std::int64_t cut = box.lo.*axis + e.*axis * left / ranks + 1;
    if (rank < left) {
      box.hi.*axis = cut;
      ranks = left;
    } else {
      box.lo.*axis = cut;
      rank -= left;
      ranks -= left;
    }
  }
  return box;
}

template <class Visit>
void for_each(const Box& box, Visit visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

inline bool has_cell(const Index3& p) { return (p.x * 31 + p.y * 17 + p.z * 7) % 23 == 0; }

inline CellPoint cell_at(const Index3& p) {
  CellPoint cell;
  cell.site = lattice.site(p);
  cell.state = static_cast<CellState>(1 + (p.x + p.y) % 4);
  cell.genotype = static_cast<std::uint8_t>(p.z % 8);
  cell.kills = static_cast<std::uint8_t>(p.x);
  cell.timer_h = static_cast<float>(p.y) / 8.0F;
  cell.clone_age_d = static_cast<float>(p.z) * 0.5F;
  cell.clone = static_cast<std::uint32_t>(p.x * p.y * 300);
  cell.founder = static_cast<std::uint32_t>(p.z);
  cell.presentation = static_cast<float>(p.x) / 64.0F;
  return cell;
}

inline std::vector<Niche> niches() {
  std::vector<Niche> table;
  for_each(lattice.box(), [&](const Index3& p) {
    if ((p.x + 5 * p.y + 3 * p.z) % 97 != 0) return;
    table.push_back(
        {lattice.site(p), static_cast<NicheType>(p.x % 3), static_cast<std::uint8_t>(p.z)});
  });
  return table;
}

inline constexpr std::int64_t voxels_per_signal_cell = 2;
inline Box signal_cells() { return {{0, 0, 0}, {27, 19, 23}}; }
inline float level_at(const Index3& cell, std::size_t column) {
  return static_cast<float>(cell.x * 10000 + cell.y * 100 + cell.z) +
         0.25F * static_cast<float>(column);
}

/// Everything that `box` holds, and one writer's calls with it.
struct Share {
  TissueBox tissue;
  std::vector<std::uint8_t> reveal;
  std::vector<CellPoint> cells;
  std::vector<std::uint64_t> blocks;
  std::vector<std::vector<float>> columns{3};
  Box signal_box;
  std::vector<std::vector<float>> levels{2};

  Share(const Box& box, const Box& block_box, const Box& signals)
      : tissue{box, {}}, signal_box(signals) {
    for_each(signals, [&](const Index3& cell) {
      for (std::size_t i = 0; i < 2; ++i) levels[i].push_back(level_at(cell, i));
    });
    for_each(box, [&](const Index3& p) {
      tissue.kind.push_back(kind_at(p));
      reveal.push_back(reveal_at(p));
      if (has_cell(p)) cells.push_back(cell_at(p));
    });
    std::reverse(cells.begin(), cells.end());  // the order of the input must not matter
    const BlockGrid grid(lattice.extent);
    for_each(block_box, [&](const Index3& b) {
      blocks.push_back(static_cast<std::uint64_t>(grid.index(b)));
      for (std::size_t i = 0; i < 3; ++i) columns[i].push_back(column_at(b, i));
    });
  }
};

inline Share share_of(const parallel::Communicator& comm) {
  return {part_of(lattice.box(), comm.rank(), comm.size()),
          part_of(BlockGrid(lattice.extent).box(), comm.rank(), comm.size()),
          part_of(signal_cells(), comm.rank(), comm.size())};
}

inline void write_all(FrameWriter& writer, const Share& share) {
  EXPECT_EQ(writer.write_tissue(stamp.digest, share.tissue, share.reveal).failure, "");
  EXPECT_EQ(writer.write_niches(stamp.digest, niches()).failure, "");
  EXPECT_EQ(writer.write_cells(stamp, share.cells).failure, "");
  const std::vector<BlockColumn> columns = {{"cellularity", share.columns[0]},
                                            {"fat", share.columns[1]},
                                            {"hematopoiesis", share.columns[2]}};
  const FrameResult fields = writer.write_fields(stamp, share.blocks, columns);
  EXPECT_EQ(fields.failure, "");
  EXPECT_GT(fields.bytes, 0);
  const SignalLevels levels{
      voxels_per_signal_cell,
      share.signal_box,
      {{"ifn_gamma_level", share.levels[0]}, {"tnf_alpha_level", share.levels[1]}}};
  EXPECT_EQ(writer.write_signals(stamp, levels).failure, "");
}

inline std::map<std::string, std::string> files_in(const std::filesystem::path& directory) {
  std::map<std::string, std::string> files;
  if (!std::filesystem::exists(directory)) return files;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {std::istreambuf_iterator<char>(file), {}};
  }
  return files;
}

}  // namespace marrow::io
