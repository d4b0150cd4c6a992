// SPDX-License-Identifier: BSD-3-Clause
#include "core/random/draws.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>
#include <utility>
#include <vector>

namespace {

using marrow::Bits128;
using marrow::Draws;
using marrow::Entity;
using marrow::Purpose;
using marrow::Threshold;
using marrow::uniform_below;
using marrow::uniform_unit;

constexpr std::uint64_t all_ones = ~std::uint64_t{0};

// Random123's published known answers for philox4x32 with 10 rounds.
TEST(Philox, GivesThePublishedAnswers) {
  using Generator = r123::Philox4x32;
  struct Vector {
    Generator::ctr_type counter;
    Generator::key_type key;
    Generator::ctr_type answer;
  };
  const std::array<Vector, 3> published = {{
      {{{0, 0, 0, 0}}, {{0, 0}}, {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}},
      {{{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}},
       {{0xffffffff, 0xffffffff}},
       {{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}},
      {{{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}},
       {{0xa4093822, 0x299f31d0}},
       {{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}}},
  }};
  for (const Vector& v : published) EXPECT_EQ(Generator()(v.counter, v.key), v.answer);
}

// The third published counter and key, written as the fields of a draw: 0x03 of its top word is
// reserved bits, so the top word here is 0x00707344.
TEST(Draws, LaysOutTheCounterAsDeclared) {
  const Draws draws(0x299f31d0'a4093822);
  const Bits128 bits = draws(static_cast<Purpose>(0x70), static_cast<Entity>(0x73), 0x08d3'243f6a88,
                             0x44'13198a2e, 0x85a3);
  const auto expected = r123::Philox4x32()({{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x00707344}},
                                           {{0xa4093822, 0x299f31d0}});
  EXPECT_EQ(bits.first, expected[0] | (std::uint64_t{expected[1]} << 32));
  EXPECT_EQ(bits.second, expected[2] | (std::uint64_t{expected[3]} << 32));
}

TEST(Draws, GivesThePublishedAnswerForTheZeroKey) {
  const Bits128 bits = Draws(0)(static_cast<Purpose>(0), Entity::site, 0);
  EXPECT_EQ(bits.first, 0xe169c58d'6627e8d5u);
  EXPECT_EQ(bits.second, 0x9b00dbd8'bc57ac4cu);
}

struct Key {
  std::uint64_t index = 0;
  std::uint64_t step = 0;
  std::uint32_t substep = 0;
  std::uint8_t entity = 0;
  std::uint8_t purpose = 0;

  /// Flips one of the 120 bits of a key.
  [[nodiscard]] Key flipped(int bit) const {
    Key k = *this;
    if (bit < 48) {
      k.index ^= std::uint64_t{1} << bit;
    } else if (bit < 88) {
      k.step ^= std::uint64_t{1} << (bit - 48);
    } else if (bit < 104) {
      k.substep ^= std::uint32_t{1} << (bit - 88);
    } else if (bit < 112) {
      k.entity = static_cast<std::uint8_t>(k.entity ^ (1u << (bit - 104)));
    } else {
      k.purpose = static_cast<std::uint8_t>(k.purpose ^ (1u << (bit - 112)));
    }
    return k;
  }
};
constexpr int key_bits = 120;

std::pair<std::uint64_t, std::uint64_t> drawn(const Draws& draws, const Key& k) {
  const Bits128 bits = draws(static_cast<Purpose>(k.purpose), static_cast<Entity>(k.entity),
                             k.index, k.step, k.substep);
  return {bits.first, bits.second};
}

// Philox is a bijection of its counter, so two draws agree only if their counters do: fields that
// shared a bit of the counter would collide here.
TEST(Draws, KeepsEveryFieldOfTheKeyApart) {
  const Draws draws(42);
  for (const Key& base : {Key{}, Key{0x123456789abc, 0x55aa55aa55, 0x9669, 0x5a, 0xc3}}) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> seen{drawn(draws, base)};
    std::size_t keys = 1;
    for (int a = 0; a < key_bits; ++a) {
      ASSERT_TRUE(seen.insert(drawn(draws, base.flipped(a))).second) << "bit " << a;
      ++keys;
      for (int b = 0; b < a; ++b) {
        ASSERT_TRUE(seen.insert(drawn(draws, base.flipped(a).flipped(b))).second)
            << "bits " << a << " and " << b;
        ++keys;
      }
    }
    EXPECT_EQ(seen.size(), keys);
  }
}

TEST(Draws, DependsOnEveryBitOfTheSeed) {
  std::set<std::uint64_t> seen{Draws(7)(Purpose::contact, Entity::site, 5).first};
  for (int bit = 0; bit < 64; ++bit) {
    const Draws other(7 ^ (std::uint64_t{1} << bit));
    EXPECT_TRUE(seen.insert(other(Purpose::contact, Entity::site, 5).first).second) << bit;
  }
}

/// Chance that chi-square with an even number of degrees of freedom exceeds x: an exact finite sum.
double chi_square_tail(double x, int degrees) {
  double term = std::exp(-x / 2), sum = 0;
  for (int k = 0; k < degrees / 2; ++k) {
    sum += term;
    term *= x / 2 / (k + 1);
  }
  return sum;
}

double tail_of_counts(const std::vector<std::int64_t>& counts) {
  double total = 0, chi_square = 0;
  for (const auto n : counts) total += static_cast<double>(n);
  const double expected = total / static_cast<double>(counts.size());
  for (const auto n : counts) {
    const double off = static_cast<double>(n) - expected;
    chi_square += off * off / expected;
  }
  return chi_square_tail(chi_square, static_cast<int>(counts.size()) - 1);
}

TEST(UniformBelow, IsUniform) {
  const Draws draws(3);
  for (const std::uint64_t n : {3u, 7u, 101u, 1001u}) {
    std::vector<std::int64_t> first(n), second(n);
    for (std::uint64_t i = 0; i < 200000; ++i) {
      const Bits128 bits = draws(Purpose::measurement, Entity::niche, i, n);
      ++first[uniform_below(bits.first, n)];
      ++second[uniform_below(bits.second, n)];
    }
    for (const auto& counts : {first, second}) {
      EXPECT_GT(tail_of_counts(counts), 1e-4) << n;      // not too uneven
      EXPECT_LT(tail_of_counts(counts), 1 - 1e-4) << n;  // nor suspiciously even
    }
  }
}

// Each result takes the run of words [ceil(k 2^64/n), ceil((k+1) 2^64/n)): equal to within one
// word.
TEST(UniformBelow, CutsTheWordsIntoEqualRuns) {
  for (const std::uint64_t n : {1ull, 2ull, 3ull, 6ull, 7ull, 800ull, 1000003ull}) {
    EXPECT_EQ(uniform_below(0, n), 0u);
    EXPECT_EQ(uniform_below(all_ones, n), n - 1);
    for (std::uint64_t k = 1; k < std::min<std::uint64_t>(n, 1000); ++k) {
      const auto edge =
          static_cast<std::uint64_t>(((static_cast<unsigned __int128>(k) << 64) + n - 1) / n);
      ASSERT_EQ(uniform_below(edge, n), k) << n;
      ASSERT_EQ(uniform_below(edge - 1, n), k - 1) << n;
    }
  }
}

TEST(UniformUnit, StaysBelowOne) {
  EXPECT_EQ(uniform_unit(0), 0.0);
  EXPECT_EQ(uniform_unit(all_ones), 1.0 - 0x1p-53);
  EXPECT_EQ(uniform_unit(std::uint64_t{1} << 63), 0.5);
}

TEST(Threshold, NeverHappensForZeroOrLess) {
  for (const double p :
       {0.0, -0.0, -1.0, -std::numeric_limits<double>::infinity(), 0x1p-65,
        std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::quiet_NaN()}) {
    const Threshold t = Threshold::of(p);
    EXPECT_FALSE(t.happens(0)) << p;
    EXPECT_FALSE(t.happens(all_ones)) << p;
  }
  EXPECT_FALSE(Threshold().happens(0));
}

TEST(Threshold, AlwaysHappensForOneOrMore) {
  for (const double p : {1.0, 1.5, std::numeric_limits<double>::infinity()}) {
    EXPECT_TRUE(Threshold::of(p).happens(0)) << p;
    EXPECT_TRUE(Threshold::of(p).happens(all_ones)) << p;
  }
}

TEST(Threshold, SplitsTheWordsAtExactlyTheirShare) {
  struct Case {
    double p;
    std::uint64_t words;
  };
  for (const auto& [p, words] : {Case{0x1p-64, 1}, Case{0x1.8p-63, 3}, Case{0.5, 1ull << 63},
                                 Case{0.25, 1ull << 62}, Case{1.0 - 0x1p-53, all_ones - 2047}}) {
    const Threshold t = Threshold::of(p);
    EXPECT_EQ(t.value(), words) << p;
    EXPECT_TRUE(t.happens(words - 1)) << p;
    EXPECT_FALSE(t.happens(words)) << p;
    EXPECT_FALSE(t.happens(all_ones)) << p;
  }
}

TEST(Threshold, HappensAsOftenAsItsChance) {
  const Draws draws(11);
  const double p = 1e-3;
  const Threshold t = Threshold::of(p);
  constexpr int n = 2000000;
  int happened = 0;
  for (std::uint64_t i = 0; i < n; ++i) {
    happened += t.happens(draws(Purpose::measurement, Entity::block, i).first) ? 1 : 0;
  }
  const double sd = std::sqrt(n * p * (1 - p));
  EXPECT_NEAR(happened, n * p, 4 * sd);
}

}  // namespace
