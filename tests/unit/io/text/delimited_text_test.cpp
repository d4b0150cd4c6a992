// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/delimited_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace marrow::io {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DelimitedTextTest, ReadsCommentsHeaderAndRows) {
  const DelimitedText table(
      "# a comment, with commas\nday,cells,state\n0,800,well\n1,799.5,well\n");
  EXPECT_THAT(table.columns(), ElementsAre("day", "cells", "state"));
  EXPECT_EQ(table.rows(), 2U);
  EXPECT_EQ(table.rows_left_out(), 0U);
  EXPECT_THAT(table.numbers("cells"), ElementsAre(800.0, 799.5));
  EXPECT_THAT(table.texts("state"), ElementsAre("well", "well"));
}

TEST(DelimitedTextTest, LeavesOutALineThatIsStillBeingWritten) {
  const DelimitedText cut_in_a_number("day,cells\n0,800\n1,79");
  EXPECT_THAT(cut_in_a_number.numbers("cells"), ElementsAre(800.0));
  EXPECT_EQ(cut_in_a_number.rows_left_out(), 1U);
  const DelimitedText cut_in_the_header("day,cel");
  EXPECT_THAT(cut_in_the_header.columns(), IsEmpty());
  EXPECT_EQ(cut_in_the_header.rows(), 0U);
}

TEST(DelimitedTextTest, LeavesOutRowsOfAnotherLength) {
  const DelimitedText table("day,cells\n0\n1,2,3\n4,5\n\n");
  EXPECT_THAT(table.numbers("day"), ElementsAre(4.0));
  EXPECT_EQ(table.rows_left_out(), 2U);
}

TEST(DelimitedTextTest, QuotedCellsMayHoldCommasAndQuotes) {
  const DelimitedText table("day,event,detail\n3,\"severe, from moderate\",\"a \"\"b\"\"\"\n");
  EXPECT_THAT(table.texts("event"), ElementsAre("severe, from moderate"));
  EXPECT_THAT(table.texts("detail"), ElementsAre("a \"b\""));
}

TEST(DelimitedTextTest, WhatIsNoNumberOrNotThereIsNaN) {
  const DelimitedText table("day\nsoon\n");
  EXPECT_TRUE(std::isnan(table.numbers("day").at(0)));
  EXPECT_TRUE(std::isnan(table.numbers("cells").at(0)));
  EXPECT_FALSE(table.has("cells"));
  EXPECT_THAT(DelimitedText("").numbers("day"), IsEmpty());
}

}  // namespace
}  // namespace marrow::io
