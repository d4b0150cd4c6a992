// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare_series.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace marrow::io {
namespace {

using testing::HasSubstr;
using testing::Optional;

TEST(CompareSeries, FindsNothingInEqualTables) {
  for (const auto& [a, b] : {std::pair("", ""), std::pair("h,a\n0,1\n", "h,a\n0,1\n"),
                             std::pair("# x\nh,a\n0,1\n", "h,a\r\n0,1")}) {
    const SeriesComparison found = compare_series(a, b);
    EXPECT_TRUE(found.equal) << found.text;
    EXPECT_FALSE(found.first_differing.has_value());
  }
  EXPECT_EQ(compare_series("h,a\n0,1\n24,1\n", "h,a\n0,1\n24,1\n").text,
            "equal in the 2 rows that both have");
}

TEST(CompareSeries, NamesHourLineAndColumn) {
  const SeriesComparison found =
      compare_series("h,a,b\n0,1,2\n24,3,4\n48,1,1\n", "h,a,b\n0,1,2\n24,3,5\n48,9,9\n");
  EXPECT_FALSE(found.equal);
  EXPECT_THAT(found.first_differing, Optional(24));
  EXPECT_THAT(found.last_equal, Optional(0));
  EXPECT_EQ(found.text,
            "first difference at hour 24 (equal up to hour 0): line 3 of A, 3 of B, column 'b': A "
            "4, B 5");
}

TEST(CompareSeries, IsExactToTheCharacter) {
  const SeriesComparison found = compare_series("h,a\n0,0.1\n", "h,a\n0,0.10\n");
  EXPECT_THAT(found.first_differing, Optional(0));
  EXPECT_FALSE(found.last_equal.has_value());
  EXPECT_THAT(found.text, HasSubstr("no common row before it"));
}

TEST(CompareSeries, MatchesRowsOfDifferentCadenceByHour) {
  const char* often = "h,a\n0,1\n12,2\n24,3\n36,4\n48,5\n";
  const SeriesComparison same = compare_series(often, "h,a\n0,1\n24,3\n48,5\n");
  EXPECT_TRUE(same.equal);
  EXPECT_THAT(same.last_equal, Optional(48));
  EXPECT_EQ(same.text,
            "equal in the 3 rows that both have; 2 rows of A and 0 of B are at hours that the "
            "other has not");
  const SeriesComparison other = compare_series(often, "h,a\n0,1\n18,7\n24,3\n48,6\n");
  EXPECT_FALSE(other.equal);
  EXPECT_THAT(other.first_differing, Optional(48));
  EXPECT_THAT(other.last_equal, Optional(24));
  EXPECT_THAT(other.text, HasSubstr("line 6 of A, 5 of B, column 'a': A 5, B 6"));
}

TEST(CompareSeries, SeesThatOneEndsSooner) {
  const SeriesComparison shorter = compare_series("h,a\n0,1\n24,2\n", "h,a\n0,1\n");
  EXPECT_FALSE(shorter.equal);
  EXPECT_FALSE(shorter.first_differing.has_value());
  EXPECT_THAT(shorter.text, HasSubstr("; A ends at hour 24, B ends at hour 0"));
  EXPECT_FALSE(compare_series("", "h,a\n0,1\n").equal);
}

TEST(CompareSeries, ComparesTheColumnsThatBothHave) {
  const SeriesComparison found = compare_series("h,a,b\n0,1,2\n", "h,b,c\n0,3,4\n");
  EXPECT_THAT(found.text, HasSubstr("column 'b': A 2, B 3"));
  EXPECT_THAT(found.text, HasSubstr("not compared: the columns 'a' (only A), 'c' (only B)"));
  EXPECT_TRUE(compare_series("h,a\n0,1\n", "h,b\n0,2\n").equal);
}

TEST(CompareSeries, SurvivesTornRows) {
  EXPECT_FALSE(compare_series("h,a\n0,1\n24", "h,a\n0,1\n24,2\n").equal);
  EXPECT_TRUE(compare_series("h,a\n0,1\n2x,5\n", "h,a\n0,1\n").equal);
}

}  // namespace
}  // namespace marrow::io
