// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/same_start.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace marrow::io {
namespace {

TEST(StartDifference, IsEmptyForEqualRanks) {
  EXPECT_EQ(start_difference(std::vector<StartMark>(5, StartMark{1, 2, 3})), "");
  EXPECT_EQ(start_difference(std::vector<StartMark>(1)), "");
}

TEST(StartDifference, ListsTheRanksOfAnotherProgram) {
  std::vector<StartMark> ranks(12, StartMark{1, 2, 3});
  ranks[3].program = ranks[4].program = ranks[5].program = 9;
  ranks[9].program = 8;
  EXPECT_EQ(start_difference(ranks),
            "ranks 3 to 5 and 9 were started with another program than rank 0: all ranks of a run "
            "need the same program file and the same command line; nothing was computed");
}

TEST(StartDifference, TellsProgramArgumentsAndScenarioApart) {
  std::vector<StartMark> ranks(3, StartMark{1, 2, 3});
  ranks[2] = {1, 5, 3};
  EXPECT_EQ(start_difference(ranks).substr(0, 49),
            "rank 2 was started with other arguments than rank");
  ranks[1] = {1, 2, 6};
  EXPECT_NE(start_difference(ranks).find("; rank 1 was given another scenario than rank 0"),
            std::string::npos);
}

TEST(StartMarkTest, DependsOnEveryArgumentAndItsPlace) {
  const auto mark = [](std::vector<const char*> arguments) {
    return start_mark(static_cast<int>(arguments.size()), arguments.data());
  };
  EXPECT_EQ(mark({"a", "run", "x.yaml"}), mark({"b", "run", "x.yaml"})) << "not of the path";
  EXPECT_NE(mark({"a", "run", "x.yaml"}), mark({"a", "run", "y.yaml"}));
  EXPECT_NE(mark({"a", "run", "x.yaml"}), mark({"a", "x.yaml", "run"}));
  EXPECT_NE(mark({"a", "run", "--resume"}), mark({"a", "run--", "resume"}));
  EXPECT_NE(mark({"a", "run"}), mark({"a", "run", ""}));
  EXPECT_NE(mark({"a"}).program, 0U);
}

}  // namespace
}  // namespace marrow::io
