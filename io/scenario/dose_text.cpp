// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/dose_text.hpp"

#include "io/text/number.hpp"

#include <array>
#include <charconv>

namespace marrow::io {

namespace {

constexpr Dimension per_mass_dimension{0, 0, -1, 0};

/// Numbers of cells in powers of ten: "3e6".
std::string cell_number(double value) {
  std::array<char, 64> buffer{};
  const auto result = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                    std::chars_format::scientific);
  std::string text(buffer.data(), result.ptr);
  std::size_t at = text.find('e') + 1;
  if (text[at] == '+') text.erase(at, 1);
  if (text[at] == '-') ++at;
  while (at + 1 < text.size() && text[at] == '0') text.erase(at, 1);
  return text;
}

Dose counted_in(const ParsedQuantity& quantity, DoseUnit unit) {
  return {value_in(quantity, parse_unit(dose_unit_word(unit)).unit), unit};
}

}  // namespace

std::string_view dose_unit_word(DoseUnit unit) {
  switch (unit) {
    case DoseUnit::none:
      return "";
    case DoseUnit::mg_per_kg:
      return "mg/kg";
    case DoseUnit::mg:
      return "mg";
    case DoseUnit::ug_per_kg:
      return "ug/kg";
    case DoseUnit::cells_per_kg:
      return "/kg";
  }
  return "";
}

std::string dose_text(const Dose& dose) {
  if (dose.value < 0.0) return std::string(standard_dose_word);
  const bool cells = dose.unit == DoseUnit::cells_per_kg;
  const std::string number = cells ? cell_number(dose.value) : format_number(dose.value);
  return number + " " + std::string(dose_unit_word(dose.unit));
}

std::optional<Dose> dose_of(const ParsedQuantity& quantity, std::string_view written) {
  const Dimension& dimension = quantity.unit.dimension;
  if (dimension == dose_dimension) return counted_in(quantity, DoseUnit::mg);
  if (dimension == per_mass_dimension) return counted_in(quantity, DoseUnit::cells_per_kg);
  // A mass per mass has no dimension; neither has `3 x 10^6`, which forgot its `/kg`.
  const bool names_a_mass = written.find('g') != std::string_view::npos;
  if (dimension != Dimension{} || !names_a_mass) return std::nullopt;
  const Unit small = parse_unit(dose_unit_word(DoseUnit::ug_per_kg)).unit;
  const bool is_small =
      quantity.unit.numerator == small.numerator && quantity.unit.denominator == small.denominator;
  return counted_in(quantity, is_small ? DoseUnit::ug_per_kg : DoseUnit::mg_per_kg);
}

Dose dose_in(const Dose& dose, DoseUnit unit) {
  if (dose.unit == DoseUnit::mg_per_kg && unit == DoseUnit::ug_per_kg) {
    return {dose.value * 1000.0, unit};
  }
  if (dose.unit == DoseUnit::ug_per_kg && unit == DoseUnit::mg_per_kg) {
    return {dose.value / 1000.0, unit};
  }
  return dose;
}

}  // namespace marrow::io
