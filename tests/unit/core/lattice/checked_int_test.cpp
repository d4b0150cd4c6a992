// SPDX-License-Identifier: BSD-3-Clause
// Lattices and messages beyond 32 bits, of extents that no test machine could hold.
#include "core/model/checked_int.hpp"

#include "core/lattice/geometry.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace marrow {
namespace {

std::string refusal(auto count) {
  try {
    return "accepted as " + std::to_string(checked_int(count, "bytes"));
  } catch (const Failure& failure) {
    EXPECT_EQ(failure.code(), ExitCode::internal_error);
    return failure.what();
  }
}

TEST(CheckedInt, PassesWhatFits) {
  EXPECT_EQ(checked_int(std::uint64_t{2147483647}, "bytes"), 2147483647);
  EXPECT_EQ(checked_int(std::int64_t{-2147483648}, "bytes"), std::numeric_limits<int>::min());
  EXPECT_EQ(checked_int(std::size_t{0}, "bytes"), 0);
}

TEST(CheckedInt, RefusesWhatWouldWrap) {
  EXPECT_EQ(refusal(std::uint64_t{1} << 31).substr(0, 17), "2147483648 bytes ");
  // These wrap to 0, to 1 and to a negative number.
  for (const std::uint64_t count : {std::uint64_t{1} << 32, (std::uint64_t{1} << 32) + 1,
                                    (std::uint64_t{1} << 63) + 5, ~std::uint64_t{0}}) {
    EXPECT_NE(refusal(count).find("use more ranks"), std::string::npos) << count;
  }
  EXPECT_NE(refusal(std::int64_t{-2147483649}).find("use more ranks"), std::string::npos);
}

TEST(CheckedInt, CountsTheVoxelsOfHugeBoxes) {
  const Lattice huge{{65536, 65536, 65536}, false, 10.0};  // 2^48 voxels
  EXPECT_EQ(huge.box().volume(), std::int64_t{1} << 48);
  EXPECT_NE(refusal(huge.box().volume()).find("281474976710656 bytes"), std::string::npos);
  EXPECT_EQ(huge.site({65535, 65535, 65535}), (std::uint64_t{1} << 48) - 1);
  EXPECT_EQ(BlockGrid(huge.extent).count(), std::int64_t{1} << 36);
}

}  // namespace
}  // namespace marrow
