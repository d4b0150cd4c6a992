// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/needle.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace marrow {
namespace {

const Lattice two_mm{{200, 200, 200}, false, 10.0};

TEST(Needle, FrameIsRightAngled) {
  for (const Vector3& along : {Vector3{0, 1, 0}, Vector3{0, 0, -3}, Vector3{1, 2, 3}}) {
    const Pass p = section_frame(along);
    for (const auto& [a, b] :
         {std::pair{p.along, p.across}, {p.across, p.normal}, {p.normal, p.along}}) {
      EXPECT_NEAR(dot(a, b), 0.0, 1e-12);
      EXPECT_NEAR(dot(a, a), 1.0, 1e-12);
    }
    EXPECT_NEAR(dot(p.along, along), std::sqrt(dot(along, along)), 1e-12);
  }
  EXPECT_EQ(section_frame({0, 1, 0}).across, (Vector3{0, 0, 1}));
}

TEST(Needle, StretchOfALineInTheBox) {
  const auto straight = stretch_in_box(two_mm, {500, 700, 1000}, {0, 1, 0});
  ASSERT_TRUE(straight);
  EXPECT_DOUBLE_EQ(straight->lo, -700.0);
  EXPECT_DOUBLE_EQ(straight->hi, 1300.0);
  const double h = std::sqrt(0.5);
  const auto diagonal = stretch_in_box(two_mm, {1000, 1000, 1000}, {h, h, 0});
  ASSERT_TRUE(diagonal);
  EXPECT_NEAR(diagonal->length(), 2000.0 * std::sqrt(2.0), 1e-9);
  EXPECT_FALSE(stretch_in_box(two_mm, {-1, 0, 0}, {0, 1, 0}));
}

TEST(Needle, ShortCoreIsCentredAndSlidesIn) {
  Needle needle{{1000, 300, 1000}, {0, 1, 0}, 500.0, 1000.0};
  const auto passes = needle_passes(two_mm, needle, LongCore::several_passes);
  ASSERT_EQ(passes.size(), 1U);
  EXPECT_DOUBLE_EQ(passes[0].length_um, 1000.0);
  EXPECT_DOUBLE_EQ(passes[0].start_um.y, 0.0);  // 300 - 500 would lie outside
  needle.through_um.y = 900;
  EXPECT_DOUBLE_EQ(needle_passes(two_mm, needle, LongCore::cut)[0].start_um.y, 400.0);
}

TEST(Needle, LongCoreIsCutOrCompletedByDistinctPlanes) {
  const Needle needle{{500, 500, 1000}, {0, 1, 0}, 1000.0, 9000.0};
  const auto cut = needle_passes(two_mm, needle, LongCore::cut);
  ASSERT_EQ(cut.size(), 1U);
  EXPECT_DOUBLE_EQ(cut[0].length_um, 2000.0);
  const auto passes = needle_passes(two_mm, needle, LongCore::several_passes);
  ASSERT_EQ(passes.size(), 5U);
  double length = 0;
  for (std::size_t i = 0; i < passes.size(); ++i) {
    length += passes[i].length_um;
    EXPECT_GE(passes[i].start_um.x, 0.0);
    EXPECT_LE(passes[i].start_um.x, 2000.0);
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_GE(std::fabs(passes[i].start_um.x - passes[j].start_um.x), least_pass_distance_um);
    }
  }
  EXPECT_NEAR(length, 9000.0, 1e-9);
  EXPECT_DOUBLE_EQ(passes.back().length_um, 1000.0) << "the last one only as far as asked";
}

TEST(Needle, NoPlaceIsCutTwiceEvenForAnEndlessCore) {
  const Needle needle{{1000, 1000, 1000}, {0, 1, 0}, 1000.0, 1e5};
  EXPECT_EQ(needle_passes(two_mm, needle, LongCore::several_passes).size(), 20U);
  const Needle outside{{5000, 0, 0}, {0, 1, 0}, 1000.0, 1000.0};
  EXPECT_TRUE(needle_passes(two_mm, outside, LongCore::several_passes).empty());
}

TEST(Needle, RandomOnesFitAndDependOnSeedAndNumber) {
  int ways[3] = {0, 0, 0};
  for (std::uint64_t i = 0; i < 300; ++i) {
    const Needle n = random_needle(two_mm, Draws(7), i, 900.0, 2000.0);
    const Needle again = random_needle(two_mm, Draws(7), i, 900.0, 2000.0);
    EXPECT_EQ(n.through_um, again.through_um);
    const Pass frame = section_frame(n.along);
    for (const Vector3& way : {frame.across, frame.normal}) {
      const auto room = stretch_in_box(two_mm, n.through_um, way);
      ASSERT_TRUE(room);
      EXPECT_LE(room->lo, -450.0 + 1e-9);
      EXPECT_GE(room->hi, 450.0 - 1e-9);
    }
    const Pass pass = needle_passes(two_mm, n, LongCore::cut).front();
    EXPECT_DOUBLE_EQ(share_in_box(two_mm, pass), 1.0) << "cores differ by tissue, not by the wall";
    ++ways[n.along.x != 0.0 ? 0 : (n.along.y != 0.0 ? 1 : 2)];
  }
  for (const int n : ways) EXPECT_NEAR(n, 100, 33);  // 4 standard deviations
  const Lattice flat{{200, 100, 150}, false, 10.0};
  for (std::uint64_t i = 0; i < 20; ++i) {
    EXPECT_NE(random_needle(flat, Draws(7), i, 500.0, 2000.0).along.x, 0.0);
    EXPECT_EQ(random_needle(flat, Draws(7), i, 500.0, 1500.0).along.y, 0.0);
  }
}

TEST(Needle, ShareOfTheCylinderInTheBox) {
  const auto share = [](const Vector3& through) {
    const Needle needle{through, {0, 1, 0}, 400.0, 1000.0};
    return share_in_box(two_mm, needle_passes(two_mm, needle, LongCore::cut).front());
  };
  EXPECT_DOUBLE_EQ(share({1000, 1000, 1000}), 1.0);
  EXPECT_NEAR(share({0, 1000, 1000}), 0.5, 1e-9) << "the axis on a face";
  EXPECT_NEAR(share({0, 1000, 0}), 0.25, 1e-9) << "on an edge";
  const Lattice thin{{30, 200, 200}, false, 10.0};  // 300 of 400 um: the caps beyond are missing
  const Needle needle{{150, 1000, 1000}, {0, 1, 0}, 400.0, 1000.0};
  const double angle = std::acos(0.75), caps = 2 * (angle - 0.75 * std::sin(angle));
  const Pass pass = needle_passes(thin, needle, LongCore::cut).front();
  EXPECT_NEAR(share_in_box(thin, pass), 1.0 - caps / 3.141592653589793, 0.015);
}

TEST(Needle, CoreIsACylinder) {
  const Needle needle{{1000, 1000, 1000}, {0, 1, 0}, 400.0, 1000.0};
  const Pass pass = needle_passes(two_mm, needle, LongCore::cut).front();
  EXPECT_TRUE(pass.in_core(pass.coordinates({1000, 600, 1190})));
  EXPECT_FALSE(pass.in_core(pass.coordinates({1000, 600, 1210})));
  EXPECT_FALSE(pass.in_core(pass.coordinates({1150, 600, 1150}))) << "the corner of a square";
  EXPECT_FALSE(pass.in_core(pass.coordinates({1000, 400, 1000}))) << "before the tip";
}

}  // namespace
}  // namespace marrow
