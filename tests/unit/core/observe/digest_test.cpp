// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

namespace marrow {
namespace {

const FieldSpec& spec(std::string_view path) {
  return *std::find_if(field_specs().begin(), field_specs().end(),
                       [&](const FieldSpec& each) { return each.path == path; });
}

FieldColumn column(std::string_view path, std::vector<std::uint64_t> index,
                   std::vector<std::uint64_t> value) {
  return {&spec(path), std::move(index), std::move(value)};
}

TEST(Digest, EmptyEntriesContributeNothing) {
  EXPECT_EQ(digest_of(spec("niches/record"), 17, 0), 0u);
  EXPECT_EQ(digest_of(column("niches/record", {0, 1, 2}, {0, 5, 0})),
            digest_of(spec("niches/record"), 1, 5));
}

TEST(Digest, FieldIndexAndValueAllCount) {
  const FieldSpec& niches = spec("niches/record");
  const std::uint64_t base = digest_of(niches, 1, 5);
  EXPECT_NE(base, 0u);
  EXPECT_NE(base, digest_of(niches, 2, 5));
  EXPECT_NE(base, digest_of(niches, 1, 6));
  EXPECT_NE(base, digest_of(niches, 5, 1));
  EXPECT_NE(base, digest_of(spec("tcells/record"), 1, 5));
}

TEST(Digest, NeighbouringEntriesOfAllFieldsNeverCollide) {
  std::set<std::uint64_t> seen;
  for (const FieldSpec& each : field_specs()) {
    for (std::uint64_t index = 0; index < 20; ++index) {
      for (std::uint64_t value = 1; value < 20; ++value) {
        EXPECT_TRUE(seen.insert(digest_of(each, index, value)).second)
            << each.path << " " << index << " " << value;
      }
    }
  }
}

TEST(Digest, SwappingTwoValuesIsSeen) {
  EXPECT_NE(digest_of(column("niches/record", {0, 1}, {5, 6})),
            digest_of(column("niches/record", {0, 1}, {6, 5})));
}

TEST(Digest, SharesOfAnySplitAddUp) {
  const auto whole = column("tcells/record", {3, 8, 9, 40}, {11, 12, 13, 14});
  const auto left = column("tcells/record", {3, 40}, {11, 14});
  const auto right = column("tcells/record", {8, 9}, {12, 13});
  EXPECT_EQ(digest_of(whole), digest_of(left) + digest_of(right));
}

TEST(Digest, ReplicatedColumnsCountOnOneRank) {
  const std::vector<FieldColumn> columns = {column("time/step", {0}, {42}),
                                            column("tcells/record", {3}, {11})};
  EXPECT_EQ(digest_of(columns, false), digest_of(columns[1]));
  EXPECT_EQ(digest_of(columns, true), digest_of(columns[0]) + digest_of(columns[1]));
}

// Digests are printed in series and stored in checkpoints: they may never change. The value comes
// from a separate evaluation of the definition with arbitrary-precision integers.
TEST(Digest, ValueIsFixedForEver) {
  EXPECT_EQ(digest_of(spec("tcells/record"), 123456789, 0x0102030405060708ULL),
            0xeda918430e636319ULL);
}

}  // namespace
}  // namespace marrow
