// SPDX-License-Identifier: BSD-3-Clause
// How long a dying stem cell holds its niche (MODEL.md, "Contact and kill").
#include "core/rules/niche_clocks.hpp"
#include "core/rules/placement.hpp"
#include "tests/unit/core/rules/stem_cell_world.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

using test::NicheGrid;
using test::StemCellWorld;

constexpr NicheGrid row{{100, 1, 1}, 4};

void settle(StemCellWorld& w, const std::vector<StemEvent>& events) {
  apply_stem_events(w.state, w.model, w.neighbourhoods, events);
}

class Apoptosis : public testing::TestWithParam<int> {};

TEST_P(Apoptosis, HoldsTheNicheForItsFullHoursAfterTheHourOfTheHit) {
  Parameters p;
  p.hspc.apoptosis_h = GetParam();
  StemCellWorld w(row, p);
  w.state.clones.resize(3);
  w.put(10, 2);
  settle(w, {{10, StemAct::hit}});
  advance_niche_clocks(w.state, w.model, Levels{});  // closes the hour of the hit
  EXPECT_EQ(w.count(Counter::stem_killed), 1);
  for (int hour = 1; hour <= GetParam(); ++hour) {
    ++w.state.step;
    ASSERT_EQ(w.state.niches[10].state(), CellState::apoptotic) << "in hour " << hour;
    ASSERT_EQ(w.state.niches[10].clone(), 2u);
    settle(w, {{11, StemAct::divide}});
    advance_niche_clocks(w.state, w.model, Levels{});
  }
  EXPECT_TRUE(w.vacant(10)) << "opens after its last hour";
  EXPECT_EQ(w.count(Counter::stem_daughters_lost), GetParam());
  ++w.state.step;
  settle(w, {{11, StemAct::divide}});
  EXPECT_EQ(w.state.niches[10].state(), CellState::stem);
}

INSTANTIATE_TEST_SUITE_P(Hours, Apoptosis, testing::Values(1, 2, 6, 48));

TEST(NicheClocks, RunForDyingCellsAndLiveCellsKeepTheirs) {
  StemCellWorld w(row);
  w.state.clones.resize(2);
  w.state.niches[3] = CellRecord::make(CellState::stem, 1, 7);
  w.state.niches[4] = CellRecord::make(CellState::apoptotic, 1, 7);
  advance_niche_clocks(w.state, w.model, Levels{});
  EXPECT_EQ(w.state.niches[3], CellRecord::make(CellState::stem, 1, 7));
  EXPECT_EQ(w.state.niches[4], CellRecord::make(CellState::apoptotic, 1, 6));
}

}  // namespace
}  // namespace marrow
