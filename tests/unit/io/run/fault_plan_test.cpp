// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/fault_plan.hpp"

#include "core/model/failure.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <stdexcept>

namespace marrow::io {
namespace {

TEST(FaultPlanTest, IsEmptyWithoutText) {
  FaultPlan plan("", 8);
  EXPECT_TRUE(plan.empty());
  EXPECT_NO_THROW(plan.at("step:1", 0));
}

TEST(FaultPlanTest, ActsOnceAtItsPointOnItsRank) {
  FaultPlan plan("fail@checkpoint:write:2,rank=1;crash@step:12", 8);
  EXPECT_FALSE(plan.empty());
  EXPECT_NO_THROW(plan.at("checkpoint:write:1", 1));
  EXPECT_NO_THROW(plan.at("checkpoint:write:2", 0));
  EXPECT_THROW(plan.at("checkpoint:write:2", 1), Failure);
  EXPECT_NO_THROW(plan.at("checkpoint:write:2", 1));
  EXPECT_THROW(plan.at("step:12", 7), std::runtime_error);
}

TEST(FaultPlanTest, ASickStateIsTheCallersBusiness) {
  FaultPlan plan("sick@step:5,rank=0;poison@step:6;lose@step:7", 8);
  EXPECT_NO_THROW(plan.at("step:5", 0));
  EXPECT_EQ(plan.spoils("step:5", 1), std::nullopt);
  EXPECT_EQ(plan.spoils("step:5", 0), FaultAction::sick);
  EXPECT_EQ(plan.spoils("step:5", 0), std::nullopt);
  EXPECT_EQ(plan.spoils("step:6", 3), FaultAction::poison);
  EXPECT_EQ(plan.spoils("step:7", 3), FaultAction::lose);
}

TEST(FaultPlanDeathTest, KillsWithTheSignalThatNobodyCatches) {
  FaultPlan plan("kill@series", 8);
  EXPECT_EXIT(plan.at("series", 0), testing::KilledBySignal(SIGKILL), "");
}

TEST(FaultPlanTest, RefusesWhatItDoesNotUnderstand) {
  for (const char* text :
       {"kill", "kill@", "explode@step:1", "kill@stepp:1", "kill@step:1,rank=", "kill@step:1,1",
        "kill@step:1,rank=-1", "kill@step:1,rank=1x", "kill@step:3x",
        "kill@step:", "kill@checkpoint:bogus",
        "kill@checkpoint:write:", "kill@begin:", "kill@inspect:", "kill@step:1,rank=2", ";"}) {
    EXPECT_THROW(FaultPlan(text, 2), Failure) << text;
  }
}

}  // namespace
}  // namespace marrow::io
