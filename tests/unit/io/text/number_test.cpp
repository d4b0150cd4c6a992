// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/number.hpp"

#include "core/random/mix.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace {

using namespace marrow::io;

TEST(Number, IsWrittenInItsShortestForm) {
  EXPECT_EQ(format_number(0.1), "0.1");
  EXPECT_EQ(format_number(200000.0), "200000");
  EXPECT_EQ(format_number(1.488e-4), "1.488e-4");
  EXPECT_EQ(format_number(1e300), "1e300");
  EXPECT_EQ(format_number(0.0), "0");
  EXPECT_EQ(format_number(-0.0), "-0");
  EXPECT_EQ(format_number(std::int64_t{-42}), "-42");
  EXPECT_EQ(format_rounded(1.0 / 3.0, 3), "0.333");
}

TEST(Number, ReadsBackToTheSameBits) {
  std::uint64_t state = 1;
  int tried = 0;
  while (tried < 20000) {
    state = marrow::mix64(state + 0x9e3779b97f4a7c15ULL);
    const auto value = std::bit_cast<double>(state);
    if (!std::isfinite(value)) continue;
    ++tried;
    const ScannedNumber read = parse_number(format_number(value));
    ASSERT_EQ(read.fault, NumberFault::none) << format_number(value);
    ASSERT_EQ(std::bit_cast<std::uint64_t>(read.value), state) << format_number(value);
  }
}

TEST(Number, ReadsWhatItBeginsWith) {
  EXPECT_EQ(scan_number("1.5e3 um").value, 1500.0);
  EXPECT_EQ(scan_number("1.5e3 um").length, 5U);
  EXPECT_EQ(scan_number("1e um").length, 1U) << "an 'e' without digits is not an exponent";
  EXPECT_EQ(scan_number("+.5").value, 0.5);
  EXPECT_EQ(scan_number("2.").value, 2.0);
}

TEST(Number, NamesWhatIsWrong) {
  EXPECT_EQ(parse_number("010").fault, NumberFault::leading_zero);
  EXPECT_EQ(parse_number("-00.5").fault, NumberFault::leading_zero);
  EXPECT_EQ(parse_number("0.5").fault, NumberFault::none);
  EXPECT_EQ(parse_number("0,5").fault, NumberFault::comma);
  for (const char* text : {".nan", "nan", "NaN", ".inf", "-.INF", "inf", "infinity", "+inf"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::not_finite) << text;
  }
  EXPECT_EQ(parse_number("1e999").fault, NumberFault::out_of_range);
  for (const char* text : {"", "-", ".", "e5", "ten", "0x10", "1_000", "1 2", "--1"}) {
    EXPECT_EQ(parse_number(text).fault, NumberFault::not_a_number) << text;
  }
}

TEST(Integer, AcceptsDecimalDigitsOnly) {
  EXPECT_EQ(parse_integer("9223372036854775807").value, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(parse_integer("-7").value, -7);
  EXPECT_EQ(parse_integer("+7").value, 7);
  EXPECT_EQ(parse_integer("9223372036854775808").fault, NumberFault::out_of_range);
  EXPECT_EQ(parse_integer("1e3").fault, NumberFault::not_whole);
  EXPECT_EQ(parse_integer("2.0").fault, NumberFault::not_whole);
  EXPECT_EQ(parse_integer("010").fault, NumberFault::leading_zero);
  EXPECT_EQ(parse_integer("0x10").fault, NumberFault::not_a_number);
}

}  // namespace
