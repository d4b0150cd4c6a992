// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/kernel_places.hpp"

#include "tests/unit/core/rules/small_marrow.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace marrow {
namespace {

TEST(DrawnPlaces, ShowEachBlocksTCellsOnItsOpenVoxels) {
  const test::SmallMarrow m = test::small_marrow(40, 0.3);
  Parameters p;
  p.domain.size_voxels = m.lattice.extent;
  p.tcells.motion = Motion::kernel;
  const Model model(p, m.niches, 0.7, 20.0);
  const BlockGrid grid(m.lattice.extent);
  ModelState state;
  state.step = 77;
  for (std::int64_t b = 0; b < grid.count(); ++b) {
    state.block_index.push_back(static_cast<std::uint64_t>(b));
    state.blocks.effector.push_back(5 + b % 3);
    state.blocks.memory.push_back(b % 2);
  }
  const std::vector<TCell> cells = drawn_places(state, model, m.tissue);
  std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> seen;
  std::set<SiteIndex> sites;
  for (const TCell& cell : cells) {
    const Index3 at = m.lattice.position(cell.site);
    EXPECT_TRUE(enterable(m.tissue.at(at)));
    EXPECT_TRUE(sites.insert(cell.site).second) << "two in one voxel";
    auto& [effectors, memory] = seen[grid.index(BlockGrid::block_of(at))];
    ++(cell.record.state() == CellState::memory ? memory : effectors);
  }
  for (std::int64_t b = 0; b < grid.count(); ++b) {
    EXPECT_EQ(seen[b], (std::pair{5 + b % 3, b % 2})) << "block " << b;
  }
  EXPECT_EQ(cells, drawn_places(state, model, m.tissue)) << "drawn, not random";
  state.step = 78;
  EXPECT_NE(cells, drawn_places(state, model, m.tissue)) << "new places in the next hour";
}

TEST(DrawnPlaces, LeaveOutWhatHasNoRoom) {
  const test::SmallMarrow m = test::small_marrow(16, 1.0);  // all bone
  Parameters p;
  p.domain.size_voxels = m.lattice.extent;
  const Model model(p, {}, 0.7, 20.0);
  ModelState state;
  state.block_index = {0};
  state.blocks.effector = {9};
  EXPECT_TRUE(drawn_places(state, model, m.tissue).empty());
}

}  // namespace
}  // namespace marrow
