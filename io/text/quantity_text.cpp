// SPDX-License-Identifier: BSD-3-Clause
// Quantities in the other direction: shortest exact text, names of dimensions, patterns for
// schemas.
#include "io/text/number.hpp"
#include "io/text/units.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace marrow::io {

namespace {

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// A unit that begins with a power of ten needs a multiplication sign after the number.
std::string joined(const std::string& number, const std::string& unit) {
  return number + (unit.starts_with("10^") ? " x " : " ") + unit;
}

/// Shortest number of `value` in `shown` that converts back to the same bits, if there is one.
std::optional<std::string> exact_number(double value, const Unit& canonical, const Unit& shown) {
  ParsedQuantity quantity;
  quantity.value = value;
  quantity.unit = canonical;
  const double approximate = value_in(quantity, shown);
  for (int digits = 1; digits <= 17; ++digits) {
    const std::string text = format_rounded(approximate, digits);
    ParsedQuantity back;
    back.value = parse_number(text).value;
    back.unit = shown;
    if (same_bits(value_in(back, canonical), value)) return text;
  }
  return std::nullopt;
}

std::string names_of(const Dimension& dimension, std::string_view prefix) {
  std::string list;
  for (const UnitName& known : unit_names()) {
    if (!known.preferred || known.unit.dimension != dimension) continue;
    if (!list.empty()) list += ", ";
    list += std::string(prefix) + std::string(known.name);
  }
  return list;
}

constexpr std::string_view number_pattern =
    R"([-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)";

}  // namespace

std::string format_quantity(double value, const std::vector<std::string>& units) {
  const Unit canonical = parse_unit(units.front()).unit;
  std::string best_number;
  std::string best_unit;
  for (const std::string& name : units) {
    const auto number = exact_number(value, canonical, parse_unit(name).unit);
    if (!number) continue;
    if (!best_number.empty() && number->size() >= best_number.size()) continue;
    best_number = *number;
    best_unit = name;
  }
  return joined(best_number, best_unit);
}

bool may_be_factor(const Dimension& part, const Dimension& whole) {
  return (part.length == 0 || whole.length != 0) && (part.time == 0 || whole.time != 0) &&
         (part.mass == 0 || whole.mass != 0) && (part.division == 0 || whole.division != 0);
}

std::string_view dimension_name(const Dimension& dimension) {
  struct Name {
    Dimension dimension;
    std::string_view name;
  };
  static constexpr Name names[] = {
      {{1, 0, 0, 0}, "a length"},
      {{2, 0, 0, 0}, "an area"},
      {{3, 0, 0, 0}, "a volume"},
      {{0, 1, 0, 0}, "a duration"},
      {{0, 0, 1, 0}, "a mass"},
      {{0, 0, -1, 0}, "a number per mass"},
      {{0, -1, 0, 0}, "a rate"},
      {{-1, 0, 0, 0}, "a number per length"},
      {{-3, 0, 0, 0}, "a number per volume"},
      {{-3, -1, 0, 0}, "a number per volume and time"},
      {{-3, 0, 1, 0}, "a mass per volume"},
      {{2, -1, 0, 0}, "an area per time"},
      {{3, -1, 0, 0}, "a volume per time"},
      {{1, -1, 0, 0}, "a speed"},
      {{0, 0, 0, -1}, "a chance per division"},
      {{0, 0, 0, 0}, "a pure number"},
  };
  for (const Name& known : names) {
    if (known.dimension == dimension) return known.name;
  }
  return "of another dimension";
}

std::string accepted_units(const Dimension& dimension) {
  if (dimension == Dimension{1, 0, 0, 0} || dimension == Dimension{0, 1, 0, 0} ||
      dimension == Dimension{0, 0, 1, 0}) {
    return names_of(dimension, "");
  }
  if (dimension == Dimension{-1, 0, 0, 0}) return names_of({1, 0, 0, 0}, "/");
  if (dimension == Dimension{0, -1, 0, 0}) {
    return names_of({0, 1, 0, 0}, "/") + ", or an inverse such as 1/(40 wk)";
  }
  if (dimension == Dimension{-3, 0, 0, 0}) return "/mm^3, /um^3, /uL, 10^9/L, 10^12/L";
  if (dimension == Dimension{-3, -1, 0, 0}) return "/mm^3/h, /mm^3/d";
  if (dimension == Dimension{-3, 0, 1, 0}) return "g/L, g/dL, mg/mL";
  if (dimension == Dimension{2, -1, 0, 0}) return "um^2/s, um^2/min, um^2/h, mm^2/d";
  if (dimension == Dimension{3, -1, 0, 0}) return "mm^3/h, mm^3/d, um^3/h";
  if (dimension == Dimension{0, 0, 0, -1}) return "/division";
  return "a product of powers of lengths, times and masses";
}

std::string quantity_pattern(const Dimension& dimension) {
  std::string names;
  for (const UnitName& known : unit_names()) {
    if (!may_be_factor(known.unit.dimension, dimension)) continue;
    names += (names.empty() ? "" : "|") + std::string(known.name);
    if (known.name.starts_with('u')) {
      names += "|[\xC2\xB5\xCE\xBC]" + std::string(known.name.substr(1));
    }
  }
  // Whatever joins the names: numbers, powers, brackets, signs of multiplication and division.
  const std::string joint = "[-+*/\xC2\xB7^\xC2\xB2\xC2\xB3().0-9ex\xC3\x97 ]";
  const std::string name = "(?:" + names + ")";
  return "^" + std::string(number_pattern) + joint + "*" + name + "(?:" + joint + "+" + name +
         ")*" + joint + "*$";
}

}  // namespace marrow::io
