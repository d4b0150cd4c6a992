// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/units.hpp"

#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

namespace marrow::io {

namespace {

/// Bounds the work on, and the nesting of, whatever stands where a quantity is meant.
constexpr std::size_t longest_quantity = 200;

constexpr Dimension length_dimension{1, 0, 0, 0};
constexpr Dimension volume_dimension{3, 0, 0, 0};
constexpr Dimension time_dimension{0, 1, 0, 0};
constexpr Dimension mass_dimension{0, 0, 1, 0};
constexpr Dimension division_dimension{0, 0, 0, 1};

std::optional<std::uint64_t> product(std::uint64_t a, std::uint64_t b) {
  if (a != 0 && b > std::numeric_limits<std::uint64_t>::max() / a) return std::nullopt;
  return a * b;
}

/// a * b, or a / b when `inverted`; nothing if the factor does not fit.
std::optional<Unit> combined(const Unit& a, const Unit& b, bool inverted) {
  const int sign = inverted ? -1 : 1;
  std::uint64_t up = inverted ? b.denominator : b.numerator;
  std::uint64_t down = inverted ? b.numerator : b.denominator;
  const std::uint64_t g1 = std::gcd(a.numerator, down);
  const std::uint64_t g2 = std::gcd(up, a.denominator);
  const auto numerator = product(a.numerator / g1, up / g2);
  const auto denominator = product(a.denominator / g2, down / g1);
  if (!numerator || !denominator) return std::nullopt;
  Unit unit;
  unit.numerator = *numerator;
  unit.denominator = *denominator;
  unit.dimension = {a.dimension.length + sign * b.dimension.length,
                    a.dimension.time + sign * b.dimension.time,
                    a.dimension.mass + sign * b.dimension.mass,
                    a.dimension.division + sign * b.dimension.division};
  return unit;
}

const UnitName* find_unit(std::string_view name) {
  const auto& names = unit_names();
  const auto found =
      std::find_if(names.begin(), names.end(), [&](const UnitName& u) { return u.name == name; });
  return found == names.end() ? nullptr : &*found;
}

std::string advice_for_unit(const std::string& name, const Dimension* expected) {
  if (name == "month" || name == "months" || name == "mo") {
    return "a month has no fixed length: write days or weeks, e.g. 30 d or 4 wk";
  }
  if (name == "cells") return "cells have no unit: leave the word out, e.g. 3e6 /kg";
  std::vector<std::string> candidates;
  for (const UnitName& known : unit_names()) {
    if (expected != nullptr && !may_be_factor(known.unit.dimension, *expected)) continue;
    candidates.emplace_back(known.name);
  }
  if (const auto match = closest(name, candidates)) return "did you mean '" + *match + "'?";
  return "";
}

/// Recursive-descent reader of a unit expression: factors joined by blanks, '*', '.' or '/'.
class UnitReader {
 public:
  UnitReader(std::string_view text, std::size_t at, const Dimension* expected)
      : text_(text), at_(at), expected_(expected) {}

  ParsedQuantity read() {
    skip_blanks();
    if (read_product(false, 0)) {
      skip_blanks();
      if (at_ < text_.size())
        fail(QuantityFault::syntax, at_, text_.size() - at_, "has text after the unit", "");
    }
    result_.unit = unit_;
    return result_;
  }

 private:
  bool fail(QuantityFault fault, std::size_t at, std::size_t length, std::string message,
            std::string advice) {
    result_.fault = fault;
    result_.fault_at = std::min(at, text_.size());
    result_.fault_length = length;
    result_.message = std::move(message);
    result_.advice = std::move(advice);
    return false;
  }

  [[nodiscard]] bool ahead(std::string_view word) const {
    return text_.substr(at_).substr(0, word.size()) == word;
  }
  bool take(std::string_view word) {
    if (!ahead(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t')) ++at_;
  }

  bool read_product(bool inverted, int depth) {
    bool first = true;
    while (true) {
      skip_blanks();
      if (at_ >= text_.size() || ahead(")")) {
        if (!first) return true;
        return fail(QuantityFault::syntax, at_, 1, "has no unit name here", "");
      }
      bool divide = false;
      if (take("/")) {
        divide = true;
      } else if (!first) {
        static_cast<void>(take("*") || take("\xC2\xB7"));
      }
      skip_blanks();
      if (!read_factor(inverted != divide, depth)) return false;
      first = false;
    }
  }

  bool read_factor(bool inverted, int depth) {
    if (ahead("(")) {
      if (depth > 0) {
        return fail(QuantityFault::syntax, at_, 1, "has brackets within brackets in its unit", "");
      }
      ++at_;
      if (!read_product(inverted, depth + 1)) return false;
      if (!take(")")) return fail(QuantityFault::syntax, at_, 1, "has an unclosed bracket", "");
      return true;
    }
    if (ahead("10^")) return read_power_of_ten(inverted);
    return read_name(inverted);
  }

  bool read_power_of_ten(bool inverted) {
    const std::size_t begin = at_;
    at_ += 3;
    const auto exponent = read_exponent();
    if (!exponent) {
      return fail(QuantityFault::syntax, begin, at_ - begin, "has an unreadable power of ten", "");
    }
    Unit power;
    for (int i = 0; i < std::abs(*exponent); ++i) power.numerator *= 10;
    return apply(power, inverted != (*exponent < 0), begin);
  }

  /// A signed whole number of one or two digits, at most 18.
  std::optional<int> read_exponent() {
    const bool negative = take("-");
    int value = 0;
    std::size_t digits = 0;
    while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9' && digits < 3) {
      value = value * 10 + (text_[at_] - '0');
      ++at_;
      ++digits;
    }
    if (digits == 0 || value > 18) return std::nullopt;
    return negative ? -value : value;
  }

  std::string take_name() {
    std::string name;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '%') {
        name += c;
        ++at_;
      } else if (take("\xC2\xB5") || take("\xCE\xBC")) {  // the micro sign and the Greek letter
        name += 'u';
      } else {
        break;
      }
    }
    return name;
  }

  bool read_name(bool inverted) {
    const std::size_t begin = at_;
    const std::string name = take_name();
    if (name.empty()) {
      return fail(QuantityFault::syntax, at_, 1, "has an unreadable unit", "");
    }
    const UnitName* known = find_unit(name);
    if (known == nullptr) {
      return fail(QuantityFault::unknown_unit, begin, at_ - begin,
                  "has the unknown unit '" + std::string(text_.substr(begin, at_ - begin)) + "'",
                  advice_for_unit(name, expected_));
    }
    int exponent = 1;
    if (take("\xC2\xB2")) {
      exponent = 2;
    } else if (take("\xC2\xB3")) {
      exponent = 3;
    } else if (take("^") || (at_ < text_.size() && text_[at_] >= '1' && text_[at_] <= '9')) {
      const auto read = read_exponent();
      if (!read || *read == 0 || std::abs(*read) > 6) {
        return fail(QuantityFault::syntax, begin, std::max(at_ - begin, std::size_t{1}),
                    "has an unreadable exponent in its unit", "");
      }
      exponent = *read;
    }
    for (int i = 0; i < std::abs(exponent); ++i) {
      if (!apply(known->unit, inverted != (exponent < 0), begin)) return false;
    }
    return true;
  }

  bool apply(const Unit& factor, bool inverted, std::size_t begin) {
    const auto next = combined(unit_, factor, inverted);
    if (!next) {
      return fail(QuantityFault::out_of_range, begin, at_ - begin, "has a unit of extreme size",
                  "");
    }
    unit_ = *next;
    return true;
  }

  std::string_view text_;
  std::size_t at_;
  const Dimension* expected_;
  Unit unit_;
  ParsedQuantity result_;
};

std::size_t after_blanks(std::string_view text, std::size_t at) {
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at;
}

ParsedQuantity number_fault(const ScannedNumber& scanned, std::size_t at, std::string_view text) {
  ParsedQuantity result;
  result.fault = QuantityFault::number;
  result.fault_at = at;
  result.fault_length = scanned.length > 0 ? scanned.length : text.size() - at;
  result.message = std::string(describe(scanned.fault));
  return result;
}

/// `1/(40 wk)`: the bracket holds a number and a unit, both of which divide.
ParsedQuantity read_inverse(std::string_view text, std::size_t open, double value,
                            const Dimension* expected) {
  const std::size_t close = text.rfind(')');
  ParsedQuantity inner;
  if (close == std::string_view::npos || close < open ||
      after_blanks(text, close + 1) != text.size()) {
    inner.fault = QuantityFault::syntax;
    inner.fault_at = open;
    inner.fault_length = text.size() - open;
    inner.message = "has an unclosed bracket";
    return inner;
  }
  inner = parse_quantity(text.substr(open + 1, close - open - 1), expected);
  if (inner.fault != QuantityFault::none) {
    inner.fault_at += open + 1;
    return inner;
  }
  if (!(inner.value > 0.0)) {
    inner.fault = QuantityFault::out_of_range;
    inner.fault_at = open;
    inner.fault_length = close - open + 1;
    inner.message = "divides by a number that is not above 0";
    return inner;
  }
  const auto inverse = combined(Unit{}, inner.unit, true);
  ParsedQuantity result;
  result.value = value * inner.divisor;
  result.divisor = inner.value;
  result.unit = inverse ? *inverse : Unit{};
  return result;
}

/// Where a bracket with a number inside begins after a '/', or npos.
std::size_t inverse_bracket(std::string_view text, std::size_t at) {
  if (at >= text.size() || text[at] != '/') return std::string_view::npos;
  const std::size_t open = after_blanks(text, at + 1);
  if (open >= text.size() || text[open] != '(') return std::string_view::npos;
  const std::size_t first = after_blanks(text, open + 1);
  const bool number =
      first < text.size() && ((text[first] >= '0' && text[first] <= '9') || text[first] == '.' ||
                              text[first] == '+' || text[first] == '-');
  if (!number || text.substr(first, 3) == "10^") return std::string_view::npos;
  return open;
}

/// Skips the multiplication sign of `4 x 10^9/L`.
std::size_t after_times(std::string_view text, std::size_t at) {
  for (const std::string_view times : {"x", "*", "\xC3\x97"}) {
    if (text.substr(at, times.size()) != times) continue;
    const std::size_t next = after_blanks(text, at + times.size());
    if (text.substr(next, 3) == "10^") return next;
  }
  return at;
}

}  // namespace

const std::vector<UnitName>& unit_names() {
  constexpr std::uint64_t million = 1000000;
  static const std::vector<UnitName> names = {
      {"nm", {length_dimension, 1, 1000}},
      {"um", {length_dimension, 1, 1}},
      {"mm", {length_dimension, 1000, 1}},
      {"cm", {length_dimension, 10000, 1}},
      {"m", {length_dimension, million, 1}},
      {"uL", {volume_dimension, 1000 * million, 1}},
      {"mL", {volume_dimension, million * million, 1}},
      {"dL", {volume_dimension, 100 * million * million, 1}},
      {"L", {volume_dimension, 1000 * million * million, 1}},
      {"s", {time_dimension, 1, 3600}},
      {"min", {time_dimension, 1, 60}},
      {"h", {time_dimension, 1, 1}},
      {"d", {time_dimension, 24, 1}},
      {"wk", {time_dimension, 168, 1}},
      {"y", {time_dimension, 8766, 1}},  // 365.25 d
      {"ug", {mass_dimension, 1, million}},
      {"mg", {mass_dimension, 1, 1000}},
      {"g", {mass_dimension, 1, 1}},
      {"kg", {mass_dimension, 1000, 1}},
      {"division", {division_dimension, 1, 1}},
      {"sec", {time_dimension, 1, 3600}, false},
      {"second", {time_dimension, 1, 3600}, false},
      {"seconds", {time_dimension, 1, 3600}, false},
      {"minute", {time_dimension, 1, 60}, false},
      {"minutes", {time_dimension, 1, 60}, false},
      {"hr", {time_dimension, 1, 1}, false},
      {"hour", {time_dimension, 1, 1}, false},
      {"hours", {time_dimension, 1, 1}, false},
      {"day", {time_dimension, 24, 1}, false},
      {"days", {time_dimension, 24, 1}, false},
      {"week", {time_dimension, 168, 1}, false},
      {"weeks", {time_dimension, 168, 1}, false},
      {"yr", {time_dimension, 8766, 1}, false},
      {"year", {time_dimension, 8766, 1}, false},
      {"years", {time_dimension, 8766, 1}, false},
      {"divisions", {division_dimension, 1, 1}, false},
  };
  return names;
}

ParsedQuantity parse_unit(std::string_view text) { return UnitReader(text, 0, nullptr).read(); }

ParsedQuantity parse_quantity(std::string_view text, const Dimension* expected) {
  if (text.size() > longest_quantity) {
    ParsedQuantity result;
    result.fault = QuantityFault::syntax;
    result.fault_length = text.size();
    result.message = "is too long for a number with a unit";
    return result;
  }
  const std::size_t begin = after_blanks(text, 0);
  const ScannedNumber number = scan_number(text.substr(begin));
  if (number.fault != NumberFault::none) return number_fault(number, begin, text);
  std::size_t at = after_blanks(text, begin + number.length);
  ParsedQuantity result;
  if (at >= text.size()) {
    result.fault = QuantityFault::no_unit;
    result.value = number.value;
    result.fault_at = begin;
    result.fault_length = number.length;
    result.message = "has no unit";
    return result;
  }
  if (const std::size_t open = inverse_bracket(text, at); open != std::string_view::npos) {
    return read_inverse(text, open, number.value, expected);
  }
  if (text[at] == '/' && after_blanks(text, at + 1) < text.size() &&
      text[after_blanks(text, at + 1)] >= '0' && text[after_blanks(text, at + 1)] <= '9' &&
      text.substr(after_blanks(text, at + 1), 3) != "10^") {
    result.fault = QuantityFault::syntax;
    result.fault_at = at;
    result.fault_length = text.size() - at;
    result.message = "divides by a number without brackets";
    result.advice = "write it with brackets, e.g. 1/(40 wk)";
    return result;
  }
  at = after_times(text, at);
  result = UnitReader(text, at, expected).read();
  result.value = number.value;
  return result;
}

double value_in(const ParsedQuantity& quantity, const Unit& unit) {
  const auto ratio = combined(quantity.unit, unit, true);
  if (!ratio) return std::numeric_limits<double>::infinity();
  const double numerator = quantity.value * static_cast<double>(ratio->numerator);
  return numerator / (quantity.divisor * static_cast<double>(ratio->denominator));
}

}  // namespace marrow::io
