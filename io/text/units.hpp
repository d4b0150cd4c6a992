// SPDX-License-Identifier: BSD-3-Clause
// Physical quantities as text: `50 um^2/min`, `0.3 /mm^3`, `10^9/L`, `1/(40 wk)`.
// Factors are exact ratios of integers, so that a conversion rounds at most twice and a value
// written in hours or days reads back to the same bits. Knows nothing of parameters or files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// Exponents of length, time, mass and cell division. Numbers of cells have no dimension.
struct Dimension {
  int length = 0;
  int time = 0;
  int mass = 0;
  int division = 0;

  friend constexpr bool operator==(const Dimension&, const Dimension&) = default;
};

/// A unit: its dimension and its size in um, h, g and divisions, as a reduced fraction.
struct Unit {
  Dimension dimension;
  std::uint64_t numerator = 1;
  std::uint64_t denominator = 1;
};

struct UnitName {
  std::string_view name;
  Unit unit;
  bool preferred = true;  // false: an alias that is accepted but not advertised
};

/// Every unit name that a quantity may contain.
const std::vector<UnitName>& unit_names();

enum class QuantityFault { none, number, no_unit, unknown_unit, syntax, out_of_range };

/// A quantity as written: value / divisor times unit (`1/(40 wk)` has the divisor 40).
struct ParsedQuantity {
  QuantityFault fault = QuantityFault::none;
  double value = 0.0;
  double divisor = 1.0;
  Unit unit;
  std::size_t fault_at = 0;  // the part of the text that is wrong
  std::size_t fault_length = 0;
  std::string message;  // what is wrong, to follow "... "
  std::string advice;   // may be empty
};

/// A unit alone, e.g. "um^2/min"; a faulty text gives a fault, never an exception.
ParsedQuantity parse_unit(std::string_view text);

/// A number with a unit. A number alone gives QuantityFault::no_unit with its value.
/// `expected` only makes suggestions for misspelt units fit that dimension.
ParsedQuantity parse_quantity(std::string_view text, const Dimension* expected = nullptr);

/// True if a unit of dimension `part` may be a factor of a unit of dimension `whole`.
bool may_be_factor(const Dimension& part, const Dimension& whole);

/// The value of `quantity` counted in `unit`. Both must have the same dimension.
double value_in(const ParsedQuantity& quantity, const Unit& unit);

/// `value` (counted in the first of `units`) in that of the units which gives the shortest number
/// among those that parse_quantity reads back to the same bits.
std::string format_quantity(double value, const std::vector<std::string>& units);

/// "a length", "a rate", "a number per volume"...: the word for error texts.
std::string_view dimension_name(const Dimension& dimension);

/// Units that suit a dimension, for "accepted: ..." texts.
std::string accepted_units(const Dimension& dimension);

/// A regular expression (ECMA) that every quantity of this dimension matches.
std::string quantity_pattern(const Dimension& dimension);

}  // namespace marrow::io
