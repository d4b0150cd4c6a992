// SPDX-License-Identifier: BSD-3-Clause
// Numbers as text, the same on every machine: no locale, shortest form that reads back to the same
// bits. Knows nothing of units or files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace marrow::io {

/// The shortest decimal text that parse_number reads back to the same bits.
std::string format_number(double value);
std::string format_number(std::int64_t value);
/// As format_number, with at most `digits` significant digits (1 to 17).
std::string format_rounded(double value, int digits);

enum class NumberFault {
  none,
  not_a_number,
  leading_zero,  // 010: octal for some readers, ten for others
  comma,         // 0,5
  not_finite,    // nan, inf and their YAML spellings
  out_of_range,  // no finite double, or no 64-bit integer
  not_whole,     // a fraction or an exponent where a whole number is meant
};

/// One sentence part that says what is wrong, e.g. "has a leading zero".
std::string_view describe(NumberFault fault);

struct ScannedNumber {
  double value = 0.0;
  std::size_t length = 0;  // characters of the text that belong to the number
  NumberFault fault = NumberFault::not_a_number;
};

/// Reads the decimal number that `text` begins with; what follows is the caller's.
ScannedNumber scan_number(std::string_view text);

/// Reads a number that is the whole text.
ScannedNumber parse_number(std::string_view text);

struct ParsedInteger {
  std::int64_t value = 0;
  NumberFault fault = NumberFault::not_a_number;
};

/// Reads a decimal whole number that is the whole text.
ParsedInteger parse_integer(std::string_view text);

}  // namespace marrow::io
