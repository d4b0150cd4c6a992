// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/record.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

constexpr CellState all_states[] = {CellState::stem,    CellState::apoptotic, CellState::effector,
                                    CellState::engaged, CellState::exhausted, CellState::memory};

TEST(CellRecord, IsEightBytesAndZeroMeansNoCell) {
  EXPECT_EQ(sizeof(CellRecord), 8u);
  EXPECT_EQ(CellRecord().bits(), 0u);
  EXPECT_EQ(CellRecord().state(), CellState::none);
  for (const CellState s : all_states) EXPECT_NE(CellRecord::make(s, 0), CellRecord());
}

TEST(CellRecord, KeepsWhatItIsMadeOf) {
  for (const CellState s : all_states) {
    for (const std::uint32_t clone : {0u, 1u, 0x5a5a5au, CellRecord::max_clone}) {
      for (const std::uint32_t clock : {0u, 1u, 0xa5a5u, CellRecord::max_clock}) {
        const CellRecord r = CellRecord::make(s, clone, clock);
        EXPECT_EQ(r.state(), s);
        EXPECT_EQ(r.clone(), clone);
        EXPECT_EQ(r.clock(), clock);
        EXPECT_EQ(r.ifn_memory(), 0u);
        EXPECT_EQ(r.count(), 0u);
        EXPECT_EQ(CellRecord(r.bits()), r);
      }
    }
  }
}

TEST(CellRecord, HasTheLayoutOfTheFiles) {
  // state 8 bits, clone 24, clock 16, interferon memory 8, count 8, from the lowest bit up.
  const CellRecord r(0x9988'7766'554433'04);
  EXPECT_EQ(r.state(), CellState::engaged);
  EXPECT_EQ(r.clone(), 0x554433u);
  EXPECT_EQ(r.clock(), 0x7766u);
  EXPECT_EQ(r.ifn_memory(), 0x88u);
  EXPECT_EQ(r.count(), 0x99u);
}

TEST(CellRecord, ChangesStateAndClockAndNothingElse) {
  const CellRecord r(0x9988'7766'554433'04);
  EXPECT_EQ(r.with_state(CellState::effector, 0).bits(), 0x9988'0000'554433'03);
  EXPECT_EQ(r.with_state(CellState::apoptotic, CellRecord::max_clock).bits(),
            0x9988'ffff'554433'02);
}

TEST(CellRecord, CountsUpTo255AndStaysThere) {
  CellRecord r = CellRecord::make(CellState::effector, 7, 11);
  for (std::uint32_t n = 1; n <= 255; ++n) {
    r = r.with_one_more();
    ASSERT_EQ(r.count(), n);
  }
  EXPECT_EQ(r.with_one_more(), r);
  EXPECT_EQ(r.with_state(CellState::effector, 11).clone(), 7u);
  EXPECT_EQ(r.clock(), 11u);
  EXPECT_EQ(r.state(), CellState::effector);
}

}  // namespace
}  // namespace marrow
