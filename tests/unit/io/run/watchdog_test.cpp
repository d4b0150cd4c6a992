// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/watchdog.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

namespace marrow::io {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(WatchdogTest, SaysWhereTheRunStandsWhenNothingMoves) {
  std::promise<std::string> said;
  Watchdog dog("rank 3 on n12", 0.2, [&](const std::string& text) { said.set_value(text); });
  dog.alive("checkpoint:write:2");
  std::future<std::string> sentence = said.get_future();
  ASSERT_EQ(sentence.wait_for(20s), std::future_status::ready);
  EXPECT_THAT(sentence.get(), AllOf(HasSubstr("rank 3 on n12"), HasSubstr("checkpoint:write:2"),
                                    HasSubstr("--resume"), HasSubstr("exit 9")));
}

TEST(WatchdogTest, IsQuietWhileThereAreSignsOfLifeAndWhenItIsOver) {
  std::atomic<int> barks = 0;
  {
    Watchdog dog("rank 0 on n1", 60.0, [&](const std::string&) { ++barks; });
    for (int i = 0; i < 50; ++i) dog.alive("step");
  }  // ends at once, not after a minute
  EXPECT_EQ(barks, 0);
}

TEST(WatchdogTest, WithoutALimitItNeverBarks) {
  std::atomic<int> barks = 0;
  Watchdog dog("rank 0 on n1", 0.0, [&](const std::string&) { ++barks; });
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(barks, 0);
}

}  // namespace
}  // namespace marrow::io
