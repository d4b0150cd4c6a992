// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/entries.hpp"

#include "io/scenario/value_reader.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <map>
#include <utility>

namespace marrow::io {
namespace {

ParameterSpec spec_of(ParameterType type, std::string example) {
  ParameterSpec spec;
  spec.type = type;
  spec.presence = Presence::required;
  spec.example = std::move(example);
  return spec;
}

}  // namespace

ParameterSpec whole_number_spec(std::int64_t lowest, std::int64_t highest, std::string example) {
  ParameterSpec spec = spec_of(ParameterType::integer, std::move(example));
  spec.limits.lowest = static_cast<double>(lowest);
  spec.limits.highest = static_cast<double>(highest);
  return spec;
}

ParameterSpec number_spec(const Limits& limits, std::string example) {
  ParameterSpec spec = spec_of(ParameterType::number, std::move(example));
  spec.limits = limits;
  return spec;
}

ParameterSpec quantity_spec(std::vector<std::string> units, const Limits& limits,
                            std::string example) {
  ParameterSpec spec = spec_of(ParameterType::quantity, std::move(example));
  spec.unit = parse_unit(units.front()).unit;
  spec.units = std::move(units);
  spec.limits = limits;
  return spec;
}

ParameterSpec name_spec(std::string example) {
  return spec_of(ParameterType::name, std::move(example));
}

ParameterSpec text_spec(std::string example) {
  return spec_of(ParameterType::text, std::move(example));
}

ParameterSpec word_spec(std::vector<std::string> words) {
  ParameterSpec spec = spec_of(ParameterType::choice, words.front());
  spec.choices = std::move(words);
  return spec;
}

std::string words_for(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::sequence:
      return "a list";
    case YamlNode::Kind::mapping:
      return "a section";
    case YamlNode::Kind::scalar:
      return in_quotes(node.text);
    default:
      return "nothing";
  }
}

Entries::Entries(const SourceText& source, std::vector<Diagnostic>& errors, const YamlNode& node,
                 std::string path)
    : source_(&source), errors_(&errors), node_(&node), path_(std::move(path)) {
  if (node.kind == YamlNode::Kind::invalid) return;
  if (node.kind != YamlNode::Kind::mapping) {
    error(node.place, "'" + path_ + "' is a section, not " + words_for(node),
          {"write its entries below it, one 'key: value' in a line"});
    return;
  }
  std::map<std::string, std::size_t> seen;
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.kind != YamlNode::Kind::scalar) continue;
    const auto [first, is_new] = seen.emplace(entry.key.text, entry.key.place.line);
    if (is_new) continue;
    error(entry.key.place, "duplicate key " + in_quotes(entry.key.text),
          {"first given in line " + std::to_string(first->second) + "; keep one of them"});
  }
}

std::string Entries::path_of(std::string_view name) const {
  return path_.empty() ? std::string(name) : path_ + "." + std::string(name);
}

void Entries::error(const Place& place, std::string message, std::vector<std::string> advice) {
  Diagnostic diagnostic = source_->error(place, std::move(message), std::move(advice));
  diagnostic.parameter = path_;
  errors_->push_back(std::move(diagnostic));
}

const YamlNode* Entries::find(std::string_view name) {
  known_.emplace(name);
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key.kind == YamlNode::Kind::scalar && entry.key.text == name) return &entry.value;
  }
  return nullptr;
}

const YamlNode* Entries::require(std::string_view name, const std::string& advice) {
  const YamlNode* found = find(name);
  if (found == nullptr && node_->kind == YamlNode::Kind::mapping) {
    error(node_->place, "'" + path_of(name) + "' is missing", {advice});
  }
  return found;
}

std::optional<Value> Entries::read(std::string_view name, const ParameterSpec& spec,
                                   bool required) {
  const YamlNode* found =
      required ? require(name, "write '" + std::string(name) + ": " + spec.example + "'")
               : find(name);
  if (found == nullptr) return std::nullopt;
  return read_value(spec, path_of(name), *found, *source_, *errors_);
}

void Entries::finish() {
  const std::vector<std::string> names(known_.begin(), known_.end());
  for (const YamlEntry& entry : node_->entries) {
    if (entry.key.kind == YamlNode::Kind::invalid) continue;
    if (known_.contains(entry.key.text)) continue;
    std::vector<std::string> advice;
    if (const auto match = closest(entry.key.text, names)) {
      advice.push_back("did you mean '" + *match + "'?");
    }
    advice.push_back("known here: " + listed(names, "and"));
    error(entry.key.place,
          "unknown key " + in_quotes(entry.key.text) +
              (path_.empty() ? " in a cohort" : " in '" + path_ + "'"),
          std::move(advice));
  }
}

}  // namespace marrow::io
