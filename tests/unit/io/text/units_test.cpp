// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/units.hpp"

#include "core/random/mix.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <regex>
#include <string>
#include <vector>

namespace {

using namespace marrow::io;

double in_unit(const std::string& text, const std::string& unit) {
  const ParsedQuantity quantity = parse_quantity(text);
  EXPECT_EQ(quantity.fault, QuantityFault::none) << text << ": " << quantity.message;
  const Unit target = parse_unit(unit).unit;
  EXPECT_EQ(quantity.unit.dimension, target.dimension) << text;
  return value_in(quantity, target);
}

TEST(Units, ConvertExactly) {
  EXPECT_EQ(in_unit("10 um", "um"), 10.0);
  EXPECT_EQ(in_unit("0.14 mm", "um"), 140.0);
  EXPECT_EQ(in_unit("1 cm", "mm"), 10.0);
  EXPECT_EQ(in_unit("250 nm", "um"), 0.25);
  EXPECT_EQ(in_unit("2 y", "h"), 17532.0);
  EXPECT_EQ(in_unit("4 wk", "d"), 28.0);
  EXPECT_EQ(in_unit("3600 s", "h"), 1.0);
  EXPECT_EQ(in_unit("50 um^2/min", "um^2/h"), 3000.0);
  EXPECT_EQ(in_unit("0.3 /mm^3", "/mm^3"), 0.3);
  EXPECT_EQ(in_unit("500 /uL", "10^9/L"), 0.5);
  EXPECT_EQ(in_unit("4e9 /L", "10^9/L"), 4.0);
  EXPECT_EQ(in_unit("14 g/dL", "g/L"), 140.0);
  EXPECT_EQ(in_unit("1.1e-4 mm^3/d", "mm^3/h"), 1.1e-4 / 24);
  EXPECT_EQ(in_unit("0.02 /d", "/h"), 0.02 / 24);
  EXPECT_EQ(in_unit("1.3e-6 /division", "/division"), 1.3e-6);
  EXPECT_EQ(in_unit("5 ug/kg", "mg/kg"), 0.005);
  EXPECT_EQ(in_unit("0.15 g", "mg"), 150.0);
  EXPECT_EQ(in_unit("3 x 10^6 /kg", "/kg"), 3e6);
  EXPECT_EQ(in_unit("5 /mm", "/um"), 0.005);
}

TEST(Units, AcceptTheUsualSpellings) {
  for (const char* text : {"50 um^2/min", "50um^2/min", "50 um2/min", "50 um²/min", "50 µm²/min",
                           "50 μm^2 / min", "50 um^2 min^-1", "50 um*um/min", "50 um^2/(min)",
                           "5e1 um^2/minute", "3000 um^2/h", "+50.0 um^2/min"}) {
    EXPECT_EQ(in_unit(text, "um^2/h"), 3000.0) << text;
  }
  for (const char* text : {"4 x 10^9/L", "4 10^9/L", "4 * 10^9/L", "4 × 10^9/L", "4x10^9/L"}) {
    EXPECT_EQ(in_unit(text, "10^9/L"), 4.0) << text;
  }
  EXPECT_EQ(in_unit("1 /mm^3/h", "/mm^3/d"), 24.0);
  EXPECT_EQ(in_unit("1 /(mm^3 h)", "/mm^3/d"), 24.0);
}

TEST(Units, ReadInverseTimes) {
  EXPECT_EQ(in_unit("1/(40 wk)", "/h"), 1.0 / 6720.0);
  EXPECT_EQ(in_unit("1 / ( 40 wk )", "/h"), 1.0 / 6720.0);
  EXPECT_EQ(in_unit("3/(2 d)", "/d"), 1.5);
  EXPECT_EQ(in_unit("1/wk", "/h"), 1.0 / 168.0);
}

TEST(Units, NameWhatIsWrong) {
  EXPECT_EQ(parse_quantity("10").fault, QuantityFault::no_unit);
  EXPECT_EQ(parse_quantity("um").fault, QuantityFault::number);
  EXPECT_EQ(parse_quantity("").fault, QuantityFault::number);
  EXPECT_EQ(parse_quantity("10 parsec").fault, QuantityFault::unknown_unit);
  EXPECT_EQ(parse_quantity("10 parsec").fault_at, 3U);
  EXPECT_EQ(parse_quantity("10 parsec").fault_length, 6U);
  EXPECT_EQ(parse_quantity("10 %").fault, QuantityFault::unknown_unit);
  EXPECT_NE(parse_quantity("6 months").advice.find("no fixed length"), std::string::npos);
  EXPECT_EQ(parse_quantity("10 UM").advice, "did you mean 'um'?");
  EXPECT_NE(parse_quantity("3e6 cells/kg").advice.find("have no unit"), std::string::npos);
  for (const char* text :
       {"1/40 wk", "1/(40 wk", "1/(40 wk))", "10 um/", "10 /", "10 um^", "10 um^0", "10 um^99",
        "10 (um", "10 um)", "10 ((um))", "1 10^", "1 10^99/L", "1 &"}) {
    EXPECT_EQ(parse_quantity(text).fault, QuantityFault::syntax) << text;
  }
  EXPECT_EQ(parse_quantity("1/(0 d)").fault, QuantityFault::out_of_range);
  EXPECT_EQ(parse_quantity("1 m^6 m^6").fault, QuantityFault::out_of_range);
  EXPECT_EQ(parse_quantity("1 " + std::string(500, 'm')).fault, QuantityFault::syntax);
}

TEST(Units, SuggestOnlyWhatFitsTheDimension) {
  const Dimension time{0, 1, 0, 0};
  EXPECT_EQ(parse_quantity("3 mn", &time).advice, "did you mean 'min'?");
}

TEST(Units, AreWrittenShortAndReadBackToTheSameBits) {
  EXPECT_EQ(format_quantity(26298.0, {"h", "d", "y"}), "3 y");
  EXPECT_EQ(format_quantity(720.0, {"h", "d", "y"}), "30 d");
  EXPECT_EQ(format_quantity(27.4, {"h", "d", "y"}), "27.4 h");
  EXPECT_EQ(format_quantity(3000.0, {"um^2/h", "um^2/min"}), "50 um^2/min");
  EXPECT_EQ(format_quantity(0.011 / 24, {"/h", "/d"}), "0.011 /d");
  EXPECT_EQ(format_quantity(4.0, {"10^9/L"}), "4 x 10^9/L");
  const std::vector<std::vector<std::string>> unit_lists = {
      {"h", "d", "y"},        {"um^2/h", "um^2/min"}, {"mm^3/h", "mm^3/d"},
      {"/mm^3/h", "/mm^3/d"}, {"/h", "/d", "/wk"},    {"10^9/L"}};
  std::uint64_t state = 7;
  for (int i = 0; i < 3000; ++i) {
    state = marrow::mix64(state + 0x9e3779b97f4a7c15ULL);
    const double value =
        std::ldexp(static_cast<double>(state >> 11), static_cast<int>(state % 80) - 90);
    const auto& units = unit_lists[static_cast<std::size_t>(i) % unit_lists.size()];
    const std::string text = format_quantity(value, units);
    const double back = in_unit(text, units.front());
    ASSERT_EQ(std::bit_cast<std::uint64_t>(back), std::bit_cast<std::uint64_t>(value)) << text;
  }
}

TEST(Units, PatternsMatchWhatTheReaderAccepts) {
  const struct {
    Dimension dimension;
    std::vector<std::string> good;
    std::vector<std::string> bad;
  } cases[] = {
      {{1, 0, 0, 0}, {"10 um", "10um", "0.14 mm", "1e-2 cm"}, {"10", "um", "10 h", "ten um"}},
      {{0, 1, 0, 0}, {"2 y", "36 h", "1.5 days"}, {"2", "2 um", "2 months"}},
      {{0, -1, 0, 0}, {"1/(40 wk)", "0.06 /wk", "1e-4/h", "1 / ( 2 d )"}, {"0.06", "0.06 um"}},
      {{-3, 0, 0, 0}, {"0.3 /mm^3", "4 x 10^9/L", "500 /uL"}, {"0.3", "0.3 h"}},
      {{2, -1, 0, 0}, {"50 um^2/min", "50 um2/min"}, {"50", "50 g"}},
      {{0, 0, 1, 0}, {"150 mg", "70 kg", "5 ug"}, {"150", "150 h"}},
      {{-1, 0, 0, 0}, {"5 /mm", "0.005/um"}, {"5", "5 /h"}},
      {{0, 0, 0, -1}, {"1e-6 /division"}, {"1e-6", "1e-6 /y"}},
  };
  for (const auto& c : cases) {
    const std::regex pattern(quantity_pattern(c.dimension));
    for (const std::string& text : c.good) {
      EXPECT_TRUE(std::regex_match(text, pattern)) << text;
      EXPECT_EQ(parse_quantity(text).unit.dimension, c.dimension) << text;
    }
    for (const std::string& text : c.bad) EXPECT_FALSE(std::regex_match(text, pattern)) << text;
  }
}

}  // namespace
