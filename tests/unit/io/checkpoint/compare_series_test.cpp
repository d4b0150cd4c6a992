// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare_series.hpp"

#include <gtest/gtest.h>

namespace marrow::io {
namespace {

TEST(FirstDifference, IsEmptyForEqualTables) {
  EXPECT_EQ(first_difference("", ""), "");
  EXPECT_EQ(first_difference("h,a\n0,1\n", "h,a\n0,1\n"), "");
  EXPECT_EQ(first_difference("# x\nh,a\n0,1\n", "h,a\r\n0,1"), "");
}

TEST(FirstDifference, NamesLineRowAndColumn) {
  EXPECT_EQ(first_difference("h,a,b\n0,1,2\n24,3,4\n", "h,a,b\n0,1,2\n24,3,5\n"),
            "line 3 (h 24), column 'b': A 4, B 5");
  EXPECT_EQ(first_difference("h,a\n0,0.1\n", "h,a\n0,0.10\n"),
            "line 2 (h 0), column 'a': A 0.1, B 0.10");
}

TEST(FirstDifference, SeesMissingRowsColumnsAndOtherHeaders) {
  EXPECT_EQ(first_difference("h,a\n0,1\n24,2\n", "h,a\n0,1\n"),
            "B ends after 1 rows, A goes on to 2");
  EXPECT_EQ(first_difference("", "h,a\n0,1\n"), "A ends after 0 rows, B goes on to 1");
  EXPECT_EQ(first_difference("h,a\n0,1\n", "h,a\n0,1,2\n"), "line 2: A has 2 columns, B 3");
  EXPECT_EQ(first_difference("h,a\n0,1\n", "h,b\n0,1\n"), "the columns differ: A 'h,a', B 'h,b'");
}

}  // namespace
}  // namespace marrow::io
