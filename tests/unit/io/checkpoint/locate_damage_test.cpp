// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/locate_damage.hpp"

#include "core/observe/digest.hpp"
#include "core/random/mix.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace marrow::io {
namespace {

const FieldSpec& tcells() {
  for (const FieldSpec& spec : field_specs()) {
    if (spec.path == "tcells/record") return spec;
  }
  throw std::logic_error("no such field");
}

FieldColumn column_of(std::uint64_t entries) {
  FieldColumn column{&tcells(), {}, {}};
  for (std::uint64_t i = 0; i < entries; ++i) {
    column.index.push_back(3 * i + 1);
    column.value.push_back(mix64(i + 1));
  }
  return column;
}

DamageSearch search_in(const FieldColumn& damaged, std::uint64_t promised) {
  DamageSearch search(tcells(), promised - digest_of(damaged),
                      DamageSearch::Stored::index_and_value);
  // In two pieces, as a large column comes.
  const auto half = static_cast<std::ptrdiff_t>(damaged.index.size() / 2);
  search.look({damaged.spec,
               {damaged.index.begin(), damaged.index.begin() + half},
               {damaged.value.begin(), damaged.value.begin() + half}});
  search.look({damaged.spec,
               {damaged.index.begin() + half, damaged.index.end()},
               {damaged.value.begin() + half, damaged.value.end()}});
  return search;
}

TEST(DigestInverse, GivesBackValueAndIndex) {
  for (std::uint64_t i = 1; i < 1000; ++i) {
    const std::uint64_t index = mix64(i), value = mix64(index);
    const std::uint64_t digest = digest_of(tcells(), index, value);
    EXPECT_EQ(value_of_digest(tcells(), index, digest), value);
    EXPECT_EQ(index_of_digest(tcells(), value, digest), index);
  }
  EXPECT_EQ(value_of_digest(tcells(), 17, 0), 0U);
}

TEST(DigestOfBytes, IsTheSumOverEntries) {
  std::vector<std::uint8_t> bytes;
  std::uint64_t sum = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    bytes.push_back(static_cast<std::uint8_t>(mix64(i) % 7));
    sum += digest_of(tcells(), 12345678901 + i, bytes.back());
    EXPECT_EQ(digest_of_bytes(tcells(), 12345678901, bytes), sum) << i;
  }
}

TEST(LocateDamage, FindsEveryFlippedBitOfAValue) {
  const FieldColumn good = column_of(2000);
  for (int bit = 0; bit < 64; ++bit) {
    FieldColumn damaged = good;
    const auto entry = static_cast<std::size_t>(31 * bit);
    damaged.value[entry] ^= std::uint64_t{1} << bit;
    const DamageSearch search = search_in(damaged, digest_of(good));
    ASSERT_TRUE(search.culprit().has_value()) << bit;
    EXPECT_EQ(search.culprit()->entry, entry);
    EXPECT_EQ(search.culprit()->read_index, damaged.index[entry]);
    EXPECT_EQ(search.culprit()->read_value, damaged.value[entry]);
    EXPECT_EQ(search.culprit()->written_value, good.value[entry]);
    EXPECT_FALSE(search.disorder().has_value());
  }
}

TEST(LocateDamage, FindsAChangedIndex) {
  const FieldColumn good = column_of(2000);
  FieldColumn damaged = good;
  damaged.index[700] ^= std::uint64_t{1} << 40;
  const DamageSearch search = search_in(damaged, digest_of(good));
  ASSERT_TRUE(search.culprit().has_value());
  EXPECT_EQ(search.culprit()->entry, 700U);
  EXPECT_EQ(search.culprit()->written_index, good.index[700]);
  EXPECT_EQ(search.culprit()->written_value, search.culprit()->read_value);
}

TEST(LocateDamage, FindsAValueThatWasWipedOrAppeared) {
  FieldColumn good = column_of(10);
  good.value[3] = 0xff00;
  FieldColumn damaged = good;
  damaged.value[3] = 0;
  ASSERT_TRUE(search_in(damaged, digest_of(good)).culprit().has_value());
  EXPECT_EQ(search_in(damaged, digest_of(good)).culprit()->written_value, 0xff00U);
  ASSERT_TRUE(search_in(good, digest_of(damaged)).culprit().has_value());
  EXPECT_EQ(search_in(good, digest_of(damaged)).culprit()->written_value, 0U);
}

TEST(LocateDamage, BoundsWiderDamageByTheOrder) {
  const FieldColumn good = column_of(2000);
  FieldColumn damaged = good;
  for (std::size_t i = 900; i < 1200; ++i) damaged.index[i] = 0;
  const DamageSearch search = search_in(damaged, digest_of(good));
  EXPECT_FALSE(search.culprit().has_value());
  ASSERT_TRUE(search.disorder().has_value());
  EXPECT_EQ(search.disorder()->first, 899U);
  EXPECT_EQ(search.disorder()->last, 1199U);
}

TEST(LocateDamage, AccusesNobodyOfSeveralChanges) {
  const FieldColumn good = column_of(50'000);
  FieldColumn damaged = good;
  damaged.value[17] ^= 1;
  damaged.value[40'000] ^= 1;
  const DamageSearch search = search_in(damaged, digest_of(good));
  EXPECT_FALSE(search.culprit().has_value());
  EXPECT_FALSE(search.disorder().has_value());
}

}  // namespace
}  // namespace marrow::io
