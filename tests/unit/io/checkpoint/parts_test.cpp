// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/parts.hpp"

#include "core/observe/digest.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace marrow::io {
namespace {

constexpr Lattice lattice{{10, 10, 40}, false, 10.0};

const FieldSpec& field(std::string_view index) {
  return *std::ranges::find(field_specs(), index, &FieldSpec::index);
}

/// One entry at every third site, or entries 0, 1, 2 and so on.
FieldColumn column_of(const FieldSpec& spec, std::uint64_t entries) {
  FieldColumn column{&spec, {}, {}};
  for (std::uint64_t i = 0; i < entries; ++i) {
    column.index.push_back(spec.index == "site" ? 3 * i : i);
    column.value.push_back(i + 1);
  }
  return column;
}

TEST(IndexPartsTest, AddUpToTheDigestOfTheField) {
  for (const char* index : {"site", "niche"}) {
    const FieldColumn column = column_of(field(index), 1000);
    const IndexParts parts(field(index), 1000, lattice);
    EXPECT_EQ(parts.count(), 16U);
    const auto digests = parts.digests(column);
    EXPECT_EQ(std::accumulate(digests.begin(), digests.end(), std::uint64_t{0}), digest_of(column));
  }
}

TEST(IndexPartsTest, PlaceDamageInASlabOfZOrARangeOfTheIndex) {
  const auto place = [](const char* index, std::size_t entry) {
    FieldColumn column = column_of(field(index), 1000);
    const IndexParts parts(field(index), 1000, lattice);
    const auto good = parts.digests(column);
    column.value[entry] ^= 1;
    return parts.differences(parts.digests(column), good);
  };
  EXPECT_EQ(place("site", 0), "z 0 to 2");
  EXPECT_EQ(place("site", 999), "z 28 to 29") << "site 2997 of planes of 100";
  EXPECT_EQ(place("niche", 0), "niche 0 to 62");
  EXPECT_EQ(place("niche", 999), "niche 938 to 999");
}

TEST(IndexPartsTest, JoinNeighboursAndListOthers) {
  FieldColumn column = column_of(field("niche"), 160);
  const IndexParts parts(field("niche"), 160, lattice);
  const auto good = parts.digests(column);
  EXPECT_EQ(parts.differences(good, good), "");
  for (const std::size_t entry : {15U, 25U, 155U}) column.value[entry] ^= 1;
  EXPECT_EQ(parts.differences(parts.digests(column), good), "niche 10 to 29, 150 to 159");
}

TEST(IndexPartsTest, ADamagedIndexMayBeAnyNumber) {
  FieldColumn column = column_of(field("site"), 1000);
  const IndexParts parts(field("site"), 1000, lattice);
  const auto good = parts.digests(column);
  column.index[0] = ~std::uint64_t{0};
  EXPECT_EQ(parts.differences(parts.digests(column), good), "z 0 to 2, 38 to 39");
}

TEST(IndexPartsTest, NothingToDivideIsNotDivided) {
  EXPECT_EQ(IndexParts(field("site"), 0, lattice).count(), 0U);
  EXPECT_EQ(IndexParts(field("entry"), 1, lattice).count(), 0U);
  EXPECT_EQ(IndexParts(field("niche"), 3, lattice).count(), 3U);
  // A manifest without parts.
  const IndexParts parts(field("niche"), 3, lattice);
  EXPECT_EQ(parts.differences(parts.digests(column_of(field("niche"), 3)), {}), "");
}

}  // namespace
}  // namespace marrow::io
