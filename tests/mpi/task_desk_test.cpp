// SPDX-License-Identifier: BSD-3-Clause
// Work handed out to groups of ranks: each piece once, whatever the groups and their pace; a stop
// reaches all.
#include "parallel/task_desk.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace {

using marrow::parallel::Communicator;
using marrow::parallel::TaskDesk;

/// How often each piece was done, over all ranks; each leader is slower than the one before.
std::vector<std::int64_t> done_by_all(const Communicator& world, std::int64_t group_size,
                                      std::int64_t pieces, std::int64_t& reported) {
  TaskDesk desk(world, group_size, pieces,
                [&](const TaskDesk::Report& report) { reported += report.verdict; });
  std::vector<std::int64_t> done(static_cast<std::size_t>(pieces), 0);
  while (const auto piece = desk.next()) {
    for (int hour = 0; hour < 3; ++hour) {
      std::this_thread::sleep_for(std::chrono::microseconds(100 * desk.group_number()));
      if (hour == 1) desk.ask_ahead();
      EXPECT_EQ(desk.group().max(desk.stop_heard() ? 1 : 0), 0);
    }
    if (!desk.leads_group()) continue;
    ++done[static_cast<std::size_t>(*piece)];
    desk.tell({*piece, 1});
  }
  EXPECT_EQ(desk.finish(), 0);
  world.sum(done);
  return done;
}

TEST(TaskDesk, HandsOutEachPieceOnce) {
  const Communicator world(MPI_COMM_WORLD);
  for (std::int64_t group_size = 1; group_size <= world.size(); ++group_size) {
    for (const std::int64_t pieces : {0, 1, 2, 23}) {
      std::int64_t reported = 0;
      const std::vector<std::int64_t> done = done_by_all(world, group_size, pieces, reported);
      EXPECT_EQ(done, std::vector<std::int64_t>(static_cast<std::size_t>(pieces), 1));
      EXPECT_EQ(reported, world.is_root() ? pieces : 0);
    }
  }
}

TEST(TaskDesk, AStopOfAnyRankReachesAll) {
  const Communicator world(MPI_COMM_WORLD);
  constexpr std::int64_t endless = std::int64_t{1} << 40;
  for (int who = 0; who < world.size(); ++who) {
    TaskDesk desk(world, 1, endless, {});
    std::int64_t mine = 0;
    while (desk.next()) {
      ++mine;
      desk.ask_ahead();
      if (world.rank() == who && mine == 3) desk.stop(75);
    }
    EXPECT_EQ(desk.finish(), 75);
    EXPECT_TRUE(desk.stop_heard());
    EXPECT_LT(world.sum(mine), endless);
  }
}

}  // namespace
