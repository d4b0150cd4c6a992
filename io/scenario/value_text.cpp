// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/value_text.hpp"

#include "io/scenario/dose_text.hpp"
#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/units.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::io {

namespace {

std::string extent_text(const Index3& v) {
  return "[" + format_number(v.x) + ", " + format_number(v.y) + ", " + format_number(v.z) + "]";
}

std::string genotype_text(const ParameterSpec& spec, std::int64_t bits) {
  std::string names;
  for (std::size_t i = 0; i < spec.choices.size(); ++i) {
    if ((bits >> i & 1) != 0) names += (names.empty() ? "" : ", ") + spec.choices[i];
  }
  return "[" + names + "]";
}

std::string hex_byte(unsigned char c) {
  constexpr std::string_view digits = "0123456789abcdef";
  return {digits[c >> 4], digits[c & 15]};
}

}  // namespace

std::string double_quoted(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += '\\';
      result += c;
    } else if (c == '\n') {
      result += "\\n";
    } else if (c == '\t') {
      result += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      result += "\\x" + hex_byte(byte);
    } else {
      result += c;
    }
  }
  return result + "\"";
}

bool is_yaml_word(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  static constexpr std::string_view words[] = {"yes",   "no", "on", "off",  "true",
                                               "false", "y",  "n",  "null", "~"};
  return std::find(std::begin(words), std::end(words), lower) != std::end(words);
}

bool is_name(std::string_view text) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && text.size() <= 64 && letter(text[0]) &&
         std::all_of(text.begin(), text.end(),
                     [&](char c) { return letter(c) || digit(c) || c == '_'; });
}

std::string format_value(const ParameterSpec& spec, const Value& value) {
  if (std::holds_alternative<std::monostate>(value)) return "none";
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const Index3* extent = std::get_if<Index3>(&value)) return extent_text(*extent);
  if (const Dose* dose = std::get_if<Dose>(&value)) return dose_text(*dose);
  if (const double* number = std::get_if<double>(&value)) {
    if (spec.type == ParameterType::quantity) return format_quantity(*number, spec.units);
    return format_number(*number);
  }
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) {
    if (spec.type == ParameterType::genotype) return genotype_text(spec, *integer);
    return format_number(*integer);
  }
  const std::string& text = std::get<std::string>(value);
  if (spec.type == ParameterType::text || is_yaml_word(text) || text.empty()) {
    return double_quoted(text);
  }
  return text;
}

std::string type_words(const ParameterSpec& spec) {
  switch (spec.type) {
    case ParameterType::integer:
      return "a whole number";
    case ParameterType::number:
      return "a number";
    case ParameterType::quantity:
      return std::string(dimension_name(spec.unit.dimension));
    case ParameterType::share:
      return "a share";
    case ParameterType::choice:
      return "one of " + listed(spec.choices);
    case ParameterType::text:
      return "a text";
    case ParameterType::name:
      return "a name";
    case ParameterType::flag:
      return "true or false";
    case ParameterType::extent:
      return "three whole numbers";
    case ParameterType::genotype:
      return "a list of genotype marks";
    case ParameterType::dose:
      return "a dose";
  }
  return "a value";
}

std::string form_words(const ParameterSpec& spec) {
  switch (spec.type) {
    case ParameterType::quantity:
      return "a number and a unit: " + accepted_units(spec.unit.dimension) +
             (spec.whole_hours ? "; whole hours" : "");
    case ParameterType::share:
      return "a number between 0 and 1, or a percentage such as 70 %";
    case ParameterType::name:
      return "a letter, then letters, digits and '_', at most 64 in all";
    case ParameterType::extent:
      return "three whole numbers of voxels, [x, y, z]";
    case ParameterType::genotype:
      return "a list of " + listed(spec.choices, "and") + ", e.g. [" + spec.choices.front() +
             "]; [] for none";
    case ParameterType::dose:
      return "'standard', or an amount in the unit of the drug: 40 mg/kg, 150 mg, 5 ug/kg, 3e6 /kg";
    default:
      return type_words(spec);
  }
}

std::string limit_text(const ParameterSpec& spec, double limit) {
  if (spec.type == ParameterType::quantity) return format_quantity(limit, spec.units);
  if (spec.type == ParameterType::integer || spec.type == ParameterType::extent) {
    return format_number(static_cast<std::int64_t>(limit));
  }
  return format_number(limit);
}

std::string limit_words(const ParameterSpec& spec) {
  const bool low = std::isfinite(spec.limits.lowest);
  const bool high = std::isfinite(spec.limits.highest);
  const std::string lowest = low ? limit_text(spec, spec.limits.lowest) : "";
  const std::string highest = high ? limit_text(spec, spec.limits.highest) : "";
  if (!low && !high) return "";
  if (!high) return (spec.limits.above_lowest ? "above " : "at least ") + lowest;
  if (!low) return "at most " + highest;
  if (spec.limits.above_lowest) return "above " + lowest + ", at most " + highest;
  return lowest + " to " + highest;
}

std::string default_text(const ParameterSpec& spec) {
  if (spec.presence == Presence::required) return "";
  return format_value(spec, spec.get(registry().prototype(), 0));
}

std::string default_or_example(const ParameterSpec& spec) {
  if (!spec.example.empty()) return "for example: " + spec.example;
  return "default: " + default_text(spec);
}

}  // namespace marrow::io
