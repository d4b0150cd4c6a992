// SPDX-License-Identifier: BSD-3-Clause
// JSON schema from the registry: completion and checking while a scenario is typed.
#include "io/scenario/describe.hpp"
#include "io/scenario/dose_text.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/units.hpp"

#include <cmath>

namespace marrow::io {

namespace {

using nlohmann::json;

/// Limits become schema limits; JSON numbers stay whole where the parameter is.
void add_limits(json& schema, const ParameterSpec& spec) {
  const auto number = [&](double limit) {
    const bool whole = spec.type == ParameterType::integer || spec.type == ParameterType::extent;
    return whole ? json(static_cast<std::int64_t>(limit)) : json(limit);
  };
  const Limits& limits = spec.limits;
  if (std::isfinite(limits.lowest)) {
    schema[limits.above_lowest ? "exclusiveMinimum" : "minimum"] = number(limits.lowest);
  }
  if (std::isfinite(limits.highest)) schema["maximum"] = number(limits.highest);
}

json extent_schema(const ParameterSpec& spec) {
  json item = {{"type", "integer"}};
  add_limits(item, spec);
  return {{"type", "array"}, {"items", item}, {"minItems", 3}, {"maxItems", 3}};
}

json share_schema(const ParameterSpec& spec) {
  json number = {{"type", "number"}};
  add_limits(number, spec);
  const json percent = {{"type", "string"}, {"pattern", "^[+]?[0-9.]+(?:[eE][-+]?[0-9]+)? *%$"}};
  return {{"anyOf", json::array({number, percent})}};
}

json type_schema(const ParameterSpec& spec) {
  switch (spec.type) {
    case ParameterType::integer:
    case ParameterType::number: {
      json schema = {{"type", spec.type == ParameterType::integer ? "integer" : "number"}};
      add_limits(schema, spec);
      return schema;
    }
    case ParameterType::quantity:
      return {{"type", "string"}, {"pattern", quantity_pattern(spec.unit.dimension)}};
    case ParameterType::share:
      return share_schema(spec);
    case ParameterType::choice:
      return {{"enum", spec.choices}};
    case ParameterType::text:
      return {{"type", "string"}};
    case ParameterType::name:
      return {{"type", "string"}, {"pattern", "^[A-Za-z][A-Za-z0-9_]{0,63}$"}};
    case ParameterType::flag:
      return {{"type", "boolean"}};
    case ParameterType::extent:
      return extent_schema(spec);
    case ParameterType::dose: {
      const json amount = {{"type", "string"}, {"pattern", quantity_pattern(dose_dimension)}};
      return {{"anyOf", json::array({amount, {{"const", standard_dose_word}}})}};
    }
    case ParameterType::genotype:
      return {{"type", "array"}, {"items", {{"enum", spec.choices}}}, {"uniqueItems", true}};
  }
  return json::object();
}

json default_value(const ParameterSpec& spec) {
  const Value value = spec.get(registry().prototype(), 0);
  if (const bool* flag = std::get_if<bool>(&value)) return *flag;
  if (const std::string* text = std::get_if<std::string>(&value)) return *text;
  if (spec.type == ParameterType::genotype) return json::array();
  if (const std::int64_t* integer = std::get_if<std::int64_t>(&value)) return *integer;
  if (const double* number = std::get_if<double>(&value);
      number != nullptr && spec.type != ParameterType::quantity) {
    return *number;
  }
  return format_value(spec, value);
}

std::string description(const ParameterSpec& spec) {
  std::string text = spec.sentence;
  if (spec.type == ParameterType::quantity)
    text += " Units: " + accepted_units(spec.unit.dimension) + ".";
  if (spec.whole_hours) text += " Whole hours.";
  const std::string limits = limit_words(spec);
  if (!limits.empty()) text += " Allowed: " + limits + ".";
  if (!spec.usual.empty()) text += " Usual: " + spec.usual + ".";
  if (!spec.source.empty()) text += " Source: " + spec.source + ".";
  return text;
}

json parameter_schema(const ParameterSpec& spec) {
  json schema = type_schema(spec);
  if (spec.may_be_none) schema = {{"anyOf", json::array({schema, {{"const", "none"}}})}};
  schema["description"] = description(spec);
  if (spec.presence == Presence::has_default) schema["default"] = default_value(spec);
  if (!spec.example.empty()) schema["examples"] = json::array({spec.example});
  return schema;
}

json section_schema(const SectionSpec& section) {
  json properties = json::object();
  json required = json::array();
  for (const std::string& name : registry().children(section.path)) {
    const std::string path = child_path(section, name);
    if (const ParameterSpec* spec = registry().parameter(path)) {
      properties[name] = parameter_schema(*spec);
      if (spec->presence != Presence::has_default) required.push_back(name);
      continue;
    }
    const SectionSpec& child = *registry().section(path);
    properties[name] = section_schema(child);
    // A plain section with something required in it is itself required, unless it may be left out.
    if (child.kind != SectionKind::plain) continue;
    for (const ParameterSpec& spec : registry().parameters()) {
      if (spec.presence != Presence::required || parent_path(spec.path) != child.path) continue;
      required.push_back(name);
      break;
    }
  }
  json object = {{"type", "object"}, {"properties", properties}, {"additionalProperties", false}};
  if (!required.empty()) object["required"] = required;
  json schema = object;
  if (section.kind == SectionKind::list) schema = {{"type", "array"}, {"items", object}};
  if (section.kind == SectionKind::optional) {
    schema = {{"anyOf", json::array({object, {{"const", "none"}}})}};
  }
  schema["description"] = section.sentence;
  return schema;
}

}  // namespace

json json_schema() {
  json schema = section_schema(*registry().section(""));
  schema["$schema"] = "http://json-schema.org/draft-07/schema#";
  schema["title"] = "marrow scenario";
  return schema;
}

}  // namespace marrow::io
