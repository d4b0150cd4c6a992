// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/number.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

namespace marrow::io {

namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::size_t digits_from(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

std::size_t sign_length(std::string_view text) {
  return !text.empty() && (text[0] == '+' || text[0] == '-') ? 1 : 0;
}

bool begins_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(word.begin(), word.end(), text.begin(),
                    [&](char w, char t) { return w == lower(t); });
}

/// Length of "nan", ".inf", "infinity" and the like, or 0.
std::size_t non_finite_length(std::string_view text) {
  const std::size_t sign = sign_length(text);
  std::string_view rest = text.substr(sign);
  std::size_t dot = 0;
  if (!rest.empty() && rest[0] == '.') dot = 1;
  rest = rest.substr(dot);
  for (const std::string_view word : {"infinity", "inf", "nan"}) {
    if (begins_with_word(rest, word)) return sign + dot + word.size();
  }
  return 0;
}

struct Extent {
  std::size_t whole_digits = 0;
  std::size_t length = 0;  // 0: no number here
};

Extent measure(std::string_view text) {
  Extent extent;
  std::size_t at = sign_length(text);
  extent.whole_digits = digits_from(text, at);
  at += extent.whole_digits;
  std::size_t fraction_digits = 0;
  if (at < text.size() && text[at] == '.') {
    fraction_digits = digits_from(text, at + 1);
    if (extent.whole_digits + fraction_digits > 0) at += 1 + fraction_digits;
  }
  if (extent.whole_digits + fraction_digits == 0) return {};
  if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
    const std::size_t sign = sign_length(text.substr(at + 1));
    const std::size_t digits = digits_from(text, at + 1 + sign);
    if (digits > 0) at += 1 + sign + digits;
  }
  extent.length = at;
  return extent;
}

}  // namespace

std::string format_number(double value) {
  const double size = std::fabs(value);
  const bool plain = value == 0.0 || (size >= 1e-3 && size < 1e7);
  std::array<char, 40> buffer{};
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer.data(), result.ptr);
  // "1e-04" -> "1e-4", "2e+08" -> "2e8"
  const std::size_t exponent = text.find('e');
  if (exponent == std::string::npos) return text;
  const bool negative = text[exponent + 1] == '-';
  const std::size_t digits = text.find_first_not_of('0', exponent + 2);
  const std::string power = digits == std::string::npos ? "0" : text.substr(digits);
  return text.substr(0, exponent + 1) + (negative ? "-" : "") + power;
}

std::string format_number(std::int64_t value) {
  std::array<char, 24> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), result.ptr};
}

std::string format_rounded(double value, int digits) {
  std::array<char, 40> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::general, std::clamp(digits, 1, 17));
  double rounded = value;
  std::from_chars(buffer.data(), result.ptr, rounded);
  return format_number(rounded);
}

std::string_view describe(NumberFault fault) {
  switch (fault) {
    case NumberFault::none:
      return "is a number";
    case NumberFault::not_a_number:
      return "is not a number";
    case NumberFault::leading_zero:
      return "has a leading zero";
    case NumberFault::comma:
      return "has a comma";
    case NumberFault::not_finite:
      return "is not a finite number";
    case NumberFault::out_of_range:
      return "is too large or too small for a 64-bit number";
    case NumberFault::not_whole:
      return "is not written as a whole number";
  }
  return "is not a number";
}

ScannedNumber scan_number(std::string_view text) {
  if (const std::size_t length = non_finite_length(text); length > 0) {
    return {0.0, length, NumberFault::not_finite};
  }
  const Extent extent = measure(text);
  if (extent.length == 0) return {};
  const std::size_t sign = sign_length(text);
  if (extent.whole_digits > 1 && text[sign] == '0') {
    return {0.0, extent.length, NumberFault::leading_zero};
  }
  if (extent.length + 1 < text.size() && text[extent.length] == ',' &&
      is_digit(text[extent.length + 1])) {
    const std::size_t more = digits_from(text, extent.length + 1);
    return {0.0, extent.length + 1 + more, NumberFault::comma};
  }
  const std::size_t begin = text[0] == '+' ? 1 : 0;
  double value = 0.0;
  const auto result = std::from_chars(text.data() + begin, text.data() + extent.length, value);
  if (result.ec != std::errc() || !std::isfinite(value)) {
    return {0.0, extent.length, NumberFault::out_of_range};
  }
  return {value, extent.length, NumberFault::none};
}

ScannedNumber parse_number(std::string_view text) {
  const ScannedNumber scanned = scan_number(text);
  if (scanned.length == text.size()) return scanned;
  return {0.0, text.size(), NumberFault::not_a_number};
}

ParsedInteger parse_integer(std::string_view text) {
  const ScannedNumber scanned = parse_number(text);
  if (scanned.fault == NumberFault::not_a_number || scanned.fault == NumberFault::leading_zero ||
      scanned.fault == NumberFault::comma || scanned.fault == NumberFault::not_finite) {
    return {0, scanned.fault};
  }
  const std::size_t sign = sign_length(text);
  if (sign + digits_from(text, sign) != text.size()) return {0, NumberFault::not_whole};
  const std::size_t begin = text[0] == '+' ? 1 : 0;
  std::int64_t value = 0;
  const auto result = std::from_chars(text.data() + begin, text.data() + text.size(), value);
  if (result.ec != std::errc()) return {0, NumberFault::out_of_range};
  return {value, NumberFault::none};
}

}  // namespace marrow::io
