// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/suggestion.hpp"

#include <gtest/gtest.h>

namespace {

using namespace marrow::io;

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("", ""), 0U);
  EXPECT_EQ(edit_distance("abc", ""), 3U);
  EXPECT_EQ(edit_distance("spacing", "spcing"), 1U);
  EXPECT_EQ(edit_distance("spacing", "spaceing"), 1U);
  EXPECT_EQ(edit_distance("spacing", "spicing"), 1U);
  EXPECT_EQ(edit_distance("spacing", "psacing"), 1U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Closest, FindsWhatWasMeant) {
  const std::vector<std::string> words = {"density", "min_spacing", "weights", "at"};
  EXPECT_EQ(closest("densty", words), "density");
  EXPECT_EQ(closest("Density", words), "density");
  EXPECT_EQ(closest("min-spacing", words), "min_spacing");
  EXPECT_EQ(closest("wieghts", words), "weights");
  EXPECT_EQ(closest("att", words), "at");
  EXPECT_EQ(closest("amount", words), std::nullopt);
  EXPECT_EQ(closest("on", words), std::nullopt)
      << "two edits of a two-letter word are another word";
  EXPECT_EQ(closest("", words), std::nullopt);
}

TEST(Listed, ReadsLikeASentence) {
  EXPECT_EQ(listed({}), "");
  EXPECT_EQ(listed({"a"}), "a");
  EXPECT_EQ(listed({"a", "b", "c"}), "a, b or c");
  EXPECT_EQ(listed({"a", "b"}, "and"), "a and b");
}

}  // namespace
