// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/value_reader.hpp"

#include "io/scenario/dose_text.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/units.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace marrow::io {

namespace {

std::string kind_words(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a section";
    default:
      return in_quotes(node.text);
  }
}

constexpr std::size_t most_choices_in_a_message = 6;

class ValueReader {
 public:
  ValueReader(const ParameterSpec& spec, const std::string& path, const SourceText& source,
              std::vector<Diagnostic>& errors)
      : spec_(&spec), path_(&path), source_(&source), errors_(&errors) {}

  std::optional<Value> read(const YamlNode& node) {
    if (node.kind == YamlNode::Kind::invalid) return std::nullopt;
    if (node.kind == YamlNode::Kind::empty) {
      return refuse(node.place, "has no value", {form(), default_or_example(*spec_)});
    }
    if (spec_->may_be_none && node.kind == YamlNode::Kind::scalar && node.text == "none") {
      return Value{};
    }
    if (spec_->type == ParameterType::extent) return read_extent(node);
    if (spec_->type == ParameterType::genotype) return read_genotype(node);
    if (node.kind != YamlNode::Kind::scalar) {
      return refuse(node.place, "must be " + type_words(*spec_) + ", not " + kind_words(node),
                    {form(), default_or_example(*spec_)});
    }
    return read_scalar(node);
  }

 private:
  std::nullopt_t refuse(const Place& place, const std::string& what,
                        std::vector<std::string> advice) {
    Diagnostic error = source_->error(place, "'" + *path_ + "' " + what, std::move(advice));
    error.parameter = *path_;
    errors_->push_back(std::move(error));
    return std::nullopt;
  }

  [[nodiscard]] std::string form() const { return "write " + form_words(*spec_); }

  /// A part of the scalar's text, where that stands in the file letter by letter; else the whole.
  [[nodiscard]] Place part(const YamlNode& node, std::size_t at, std::size_t length) const {
    const std::string_view line = source_->line(node.place.line - 1);
    const std::size_t begin = node.byte_column + (node.quoted ? 1 : 0);
    if (begin > line.size() || !line.substr(begin).starts_with(node.text)) return node.place;
    return source_->place(node.place.line - 1, begin + at, length);
  }

  std::optional<Value> read_scalar(const YamlNode& node) {
    switch (spec_->type) {
      case ParameterType::integer:
        return read_integer(node);
      case ParameterType::number:
        return read_number(node);
      case ParameterType::quantity:
        return read_quantity(node);
      case ParameterType::share:
        return read_share(node);
      case ParameterType::choice:
        return read_choice(node);
      case ParameterType::flag:
        return read_flag(node);
      case ParameterType::dose:
        return read_dose(node);
      default:
        return read_text(node);
    }
  }

  std::nullopt_t refuse_number(const Place& place, const std::string& text, NumberFault fault) {
    std::vector<std::string> advice;
    if (fault == NumberFault::leading_zero) {
      advice = {"some readers take a leading zero for octal: remove it"};
    } else if (fault == NumberFault::comma) {
      advice = {"write a decimal point"};
    } else if (fault == NumberFault::not_whole) {
      advice = {"write it with digits only, e.g. 1000"};
    } else if (fault == NumberFault::out_of_range) {
      const std::string limits = limit_words(*spec_);
      if (spec_->type == ParameterType::integer) {
        advice.push_back("the largest whole number is 9223372036854775807");
      }
      if (!limits.empty()) advice.push_back("allowed: " + limits);
    } else {
      advice = {form(), default_or_example(*spec_)};
    }
    return refuse(place,
                  "is " + type_words(*spec_) + ", and " + in_quotes(text) + " " +
                      std::string(describe(fault)),
                  std::move(advice));
  }

  bool refuse_quotes(const YamlNode& node) {
    if (!node.quoted) return false;
    refuse(node.place, "must be " + type_words(*spec_) + ", not a text", {"remove the quotes"});
    return true;
  }

  std::optional<std::int64_t> integer_within(const YamlNode& node) {
    if (refuse_quotes(node)) return std::nullopt;
    const ParsedInteger parsed = parse_integer(node.text);
    if (parsed.fault != NumberFault::none) {
      refuse_number(node.place, node.text, parsed.fault);
      return std::nullopt;
    }
    const auto value = static_cast<double>(parsed.value);
    if (value < spec_->limits.lowest || value > spec_->limits.highest) {
      refuse_range(node.place, format_number(parsed.value), value < spec_->limits.lowest);
      return std::nullopt;
    }
    return parsed.value;
  }

  void refuse_range(const Place& place, const std::string& text, bool low) {
    refuse(place, "is " + text + ", which is too " + (low ? "small" : "large"),
           {"allowed: " + limit_words(*spec_)});
  }

  std::optional<Value> within(double value, const YamlNode& node) {
    const Limits& limits = spec_->limits;
    const bool low = value < limits.lowest || (limits.above_lowest && value <= limits.lowest);
    if (!low && value <= limits.highest) return Value{value};
    refuse_range(node.place, printable(node.text), low);
    return std::nullopt;
  }

  std::optional<Value> read_integer(const YamlNode& node) {
    const auto value = integer_within(node);
    if (!value) return std::nullopt;
    return Value{*value};
  }

  std::optional<Value> read_number(const YamlNode& node) {
    if (refuse_quotes(node)) return std::nullopt;
    const ScannedNumber parsed = parse_number(node.text);
    if (parsed.fault != NumberFault::none) {
      const ParsedQuantity quantity = parse_quantity(node.text);
      if (quantity.fault == QuantityFault::none) {
        return refuse(node.place, "is a pure number and has no unit", {"remove the unit"});
      }
      return refuse_number(node.place, node.text, parsed.fault);
    }
    return within(parsed.value, node);
  }

  std::optional<Value> read_share(const YamlNode& node) {
    std::string_view text = node.text;
    const bool percent = text.ends_with('%');
    if (percent) text.remove_suffix(1);
    while (percent && text.ends_with(' ')) text.remove_suffix(1);
    const ScannedNumber parsed = parse_number(text);
    if (parsed.fault != NumberFault::none) {
      return refuse_number(node.place, node.text, parsed.fault);
    }
    const double value = percent ? parsed.value / 100.0 : parsed.value;
    if (!percent && value > 1.0 && value <= 100.0 && spec_->limits.highest <= 1.0) {
      return refuse(node.place, "is a share, and " + in_quotes(node.text) + " is above 1",
                    {"if percent are meant, write " + format_number(value) + " % or " +
                     format_number(value / 100.0)});
    }
    return within(value, node);
  }

  /// Not for a quantity without fault.
  std::nullopt_t refuse_quantity(const YamlNode& node, const ParsedQuantity& parsed) {
    if (parsed.fault == QuantityFault::number) {
      const std::string wrong = node.text.substr(parsed.fault_at, parsed.fault_length);
      const ScannedNumber number = scan_number(wrong);
      return refuse_number(part(node, parsed.fault_at, parsed.fault_length), wrong, number.fault);
    }
    if (parsed.fault == QuantityFault::no_unit) {
      return refuse(node.place, "is " + type_words(*spec_) + " and needs a unit",
                    {form(), default_or_example(*spec_)});
    }
    std::vector<std::string> advice;
    if (!parsed.advice.empty()) advice.push_back(parsed.advice);
    advice.push_back(form());
    advice.push_back(default_or_example(*spec_));
    return refuse(part(node, parsed.fault_at, parsed.fault_length), parsed.message,
                  std::move(advice));
  }

  std::optional<Value> read_quantity(const YamlNode& node) {
    const ParsedQuantity parsed = parse_quantity(node.text, &spec_->unit.dimension);
    const std::string words = type_words(*spec_);
    if (parsed.fault != QuantityFault::none) return refuse_quantity(node, parsed);
    if (parsed.unit.dimension != spec_->unit.dimension) {
      return refuse(node.place,
                    "is " + words + ", and " + in_quotes(node.text) + " is " +
                        std::string(dimension_name(parsed.unit.dimension)),
                    {form(), default_or_example(*spec_)});
    }
    return within_hours(value_in(parsed, spec_->unit), node);
  }

  std::optional<Value> within_hours(double value, const YamlNode& node) {
    const auto checked = within(value, node);
    if (!checked || !spec_->whole_hours || value == std::floor(value)) return checked;
    const std::string hours = format_rounded(value, 6) + " h";
    const std::string written = printable(node.text);
    return refuse(node.place,
                  "is " + (written == hours ? hours : written + " = " + hours) +
                      ", which is not a whole number of hours",
                  {"the model advances in steps of one hour: write " +
                   format_quantity(std::max(1.0, std::round(value)), {"h"})});
  }

  std::optional<Value> read_dose(const YamlNode& node) {
    if (node.text == standard_dose_word) return Value{Dose{}};
    const ParsedQuantity parsed = parse_quantity(node.text, &dose_dimension);
    if (parsed.fault != QuantityFault::none) return refuse_quantity(node, parsed);
    const std::optional<Dose> dose = dose_of(parsed, node.text);
    if (!dose) {
      std::vector<std::string> advice = {form()};
      if (parsed.unit.dimension == Dimension{}) {
        advice.insert(advice.begin(), "cells are counted per body weight: add /kg");
      } else if (parsed.unit.dimension.time < 0) {
        advice.insert(advice.begin(),
                      "a dose is per day where a course lasts for days: leave it out");
      }
      return refuse(node.place,
                    "is a dose, and " + in_quotes(node.text) + " is not an amount of a drug",
                    std::move(advice));
    }
    if (dose->value > 0.0 && std::isfinite(dose->value)) return Value{*dose};
    return refuse(node.place, "is " + printable(node.text) + "; a dose is above 0",
                  {"to leave the treatment out of a run, write 'given: false'"});
  }

  std::optional<Value> read_choice(const YamlNode& node) {
    const auto& choices = spec_->choices;
    if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) {
      return Value{node.text};
    }
    std::vector<std::string> advice;
    if (const auto match = closest(node.text, choices)) {
      advice.push_back("did you mean '" + *match + "'?");
    }
    advice.push_back("allowed: " + listed(choices));
    const bool few = choices.size() <= most_choices_in_a_message;
    return refuse(node.place,
                  few ? "must be " + type_words(*spec_) + ", not " + in_quotes(node.text)
                      : "cannot be " + in_quotes(node.text),
                  std::move(advice));
  }

  std::optional<Value> read_flag(const YamlNode& node) {
    if (refuse_quotes(node)) return std::nullopt;
    if (node.text == "true") return Value{true};
    if (node.text == "false") return Value{false};
    return refuse(node.place, "must be true or false, not " + in_quotes(node.text),
                  {"write true or false", default_or_example(*spec_)});
  }

  std::optional<Value> read_text(const YamlNode& node) {
    if (!node.quoted && is_yaml_word(node.text)) {
      std::vector<std::string> advice = {"put it between quotes: \"" + node.text + "\""};
      if (spec_->may_be_none) advice.emplace_back("or write none for none");
      return refuse(node.place,
                    "is " + type_words(*spec_) + ", and YAML takes " + in_quotes(node.text) +
                        " for a truth value",
                    std::move(advice));
    }
    if (spec_->type == ParameterType::name && !is_name(node.text)) {
      return refuse(node.place, "is a name, and " + in_quotes(node.text) + " cannot be one",
                    {form()});
    }
    const bool control = std::any_of(node.text.begin(), node.text.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    });
    if (control || first_invalid_utf8(node.text) != std::string::npos) {
      return refuse(node.place, "contains a control character", {"remove the escape sequence"});
    }
    return Value{node.text};
  }

  std::optional<Value> read_extent(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::sequence || node.items.size() != 3) {
      const std::string found =
          node.kind == YamlNode::Kind::sequence
              ? std::to_string(node.items.size()) + (node.items.size() == 1 ? " value" : " values")
              : kind_words(node);
      return refuse(node.place, "must be three whole numbers, not " + found,
                    {form(), default_or_example(*spec_)});
    }
    std::int64_t numbers[3] = {0, 0, 0};
    bool good = true;
    for (std::size_t i = 0; i < 3; ++i) {
      const YamlNode& item = node.items[i];
      if (item.kind == YamlNode::Kind::invalid) {
        good = false;
      } else if (item.kind != YamlNode::Kind::scalar) {
        refuse(item.place, "must be three whole numbers", {form(), default_or_example(*spec_)});
        good = false;
      } else if (const auto value = integer_within(item)) {
        numbers[i] = *value;
      } else {
        good = false;
      }
    }
    if (!good) return std::nullopt;
    return Value{Index3{numbers[0], numbers[1], numbers[2]}};
  }

  std::optional<Value> read_genotype(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::sequence) {
      return refuse(node.place, "must be a list, not " + kind_words(node), {form()});
    }
    std::int64_t bits = 0;
    bool good = true;
    for (const YamlNode& item : node.items) {
      const auto found = std::find(spec_->choices.begin(), spec_->choices.end(), item.text);
      if (item.kind != YamlNode::Kind::scalar || found == spec_->choices.end()) {
        refuse_mark(item);
        good = false;
        continue;
      }
      const std::int64_t bit = std::int64_t{1} << (found - spec_->choices.begin());
      if ((bits & bit) != 0) {
        refuse(item.place, "names " + in_quotes(item.text) + " twice", {"remove one of them"});
        good = false;
      }
      bits |= bit;
    }
    if (!good) return std::nullopt;
    return Value{bits};
  }

  void refuse_mark(const YamlNode& item) {
    if (item.kind == YamlNode::Kind::invalid) return;
    std::vector<std::string> advice;
    if (const auto match = closest(item.text, spec_->choices)) {
      advice.push_back("did you mean '" + *match + "'?");
    }
    advice.push_back("allowed: " + listed(spec_->choices, "and"));
    refuse(item.place, "has no mark " + kind_words(item), std::move(advice));
  }

  const ParameterSpec* spec_;
  const std::string* path_;
  const SourceText* source_;
  std::vector<Diagnostic>* errors_;
};

}  // namespace

std::optional<Value> read_value(const ParameterSpec& spec, const std::string& path,
                                const YamlNode& node, const SourceText& source,
                                std::vector<Diagnostic>& errors) {
  return ValueReader(spec, path, source, errors).read(node);
}

}  // namespace marrow::io
