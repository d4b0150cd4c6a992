// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/suppression.hpp"

#include <gtest/gtest.h>

namespace marrow {
namespace {

TEST(Freedom, IsOneAtTheDensityThatTheBodyKeepsAndHalvesAtTheHalfRatio) {
  const TregParameters none{0.0, 0.2, 336.0};
  EXPECT_EQ(freedom_at(0.0, none, 300.0), 1.0);
  EXPECT_DOUBLE_EQ(freedom_at(60.0, none, 300.0), 0.5);
  const TregParameters some{13.0, 0.2, 336.0};
  EXPECT_EQ(freedom_at(13.0, some, 300.0), 1.0);
  EXPECT_DOUBLE_EQ(freedom_at(0.0, some, 300.0), 73.0 / 60.0) << "without any the attack is freer";
  EXPECT_DOUBLE_EQ(freedom_at(133.0, some, 300.0), 73.0 / 193.0);
}

TEST(Suppression, IsReadByBlock) {
  Suppression s{BlockGrid({40, 16, 16}), {0.1, 0.2, 0.3}};
  EXPECT_EQ(s.at({15, 3, 3}), 0.1);
  EXPECT_EQ(s.at({16, 3, 3}), 0.2);
  EXPECT_EQ(s.at({39, 15, 15}), 0.3);
  EXPECT_EQ(Suppression{}.at({39, 15, 15}), 1.0);
}

}  // namespace
}  // namespace marrow
