// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/reader.hpp"

#include "io/scenario/value_reader.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <utility>

namespace marrow::io {

namespace {

std::string joined_path(const std::string& section, const std::string& name) {
  return section.empty() ? name : section + "." + name;
}

constexpr std::size_t most_paths_in_a_message = 4;

/// True if some parameter of the section has no default.
bool has_required(const SectionSpec& section) {
  return std::any_of(registry().parameters().begin(), registry().parameters().end(),
                     [&](const ParameterSpec& spec) {
                       return spec.presence == Presence::required &&
                              parent_path(spec.path) == section.path;
                     });
}

/// The parameter or section names of the whole table that end with `name`.
std::vector<std::string> paths_ending_with(std::string_view name) {
  std::vector<std::string> paths;
  for (const ParameterSpec& spec : registry().parameters()) {
    if (last_name(spec.path) == name) paths.push_back(spec.path);
  }
  for (const SectionSpec& spec : registry().sections()) {
    if (!spec.path.empty() && last_name(spec.path) == name) paths.push_back(spec.path);
  }
  return paths;
}

}  // namespace

void ScenarioReader::error(const Place& place, const std::string& path, std::string message,
                           std::vector<std::string> advice) {
  Diagnostic diagnostic = context_.source->error(place, std::move(message), std::move(advice));
  diagnostic.parameter = path;
  errors_->push_back(std::move(diagnostic));
}

void ScenarioReader::remember(const std::string& path, const Place& place) {
  const std::string line =
      place.line > 0 ? std::string(context_.source->line(place.line - 1)) : std::string();
  (*origins_)[path] = {context_.kind, context_.source->name(), place, line};
}

void ScenarioReader::read_file(const SourceText& source, const YamlNode& root) {
  context_ = {&source, OriginKind::file};
  if (root.kind == YamlNode::Kind::invalid) return;
  if (root.kind != YamlNode::Kind::mapping) {
    error(root.place, "", "a scenario consists of sections, 'domain:', 'run:' and so on",
          {"known: " + listed(registry().children(""), "and"),
           "see 'marrow explain' and the scenarios that come with the program"});
    return;
  }
  read_entries(*registry().section(""), "", 0, root);
}

void ScenarioReader::refuse_section_value(const SectionSpec& spec, const std::string& path,
                                          const YamlNode& node) {
  unreadable_.insert(path);
  if (node.kind == YamlNode::Kind::invalid) return;
  const std::string known = "known in it: " + listed(registry().children(spec.path), "and");
  const bool list = spec.kind == SectionKind::list;
  std::string found = node.kind == YamlNode::Kind::sequence  ? "a list"
                      : node.kind == YamlNode::Kind::mapping ? "a single section"
                                                             : in_quotes(node.text);
  if (node.kind == YamlNode::Kind::empty) {
    std::vector<std::string> advice = {"remove it, or indent its entries below it", known};
    if (spec.kind == SectionKind::optional) {
      advice.insert(advice.begin(), has_required(spec)
                                        ? "write 'none' for none"
                                        : "write {} for its default values, or 'none' for none");
    }
    if (list) advice.insert(advice.begin(), "write [] for none");
    error(node.place, path, "'" + path + "' is empty", advice);
    return;
  }
  std::string advice =
      list ? "begin each entry with '- ', or write [] for none" : "indent its entries below it";
  if (spec.kind == SectionKind::optional && !has_required(spec)) {
    advice += ", or write {} for its default values";
  }
  if (spec.kind == SectionKind::optional) advice += ", or write 'none'";
  error(node.place, path, "'" + path + "' is a " + (list ? "list" : "section") + ", not " + found,
        {advice, known});
}

void ScenarioReader::read_section(const SectionSpec& spec, const std::string& path,
                                  std::size_t index, const YamlNode& node) {
  if (spec.kind == SectionKind::list) return read_list(spec, path, node);
  if (spec.kind == SectionKind::optional) {
    const bool none = node.kind == YamlNode::Kind::scalar && node.text == "none";
    spec.resize(*parameters_, 0);
    if (none) return;
    spec.resize(*parameters_, 1);
  }
  if (node.kind != YamlNode::Kind::mapping) return refuse_section_value(spec, path, node);
  read_entries(spec, path, index, node);
}

void ScenarioReader::read_list(const SectionSpec& spec, const std::string& path,
                               const YamlNode& node) {
  if (node.kind != YamlNode::Kind::sequence) return refuse_section_value(spec, path, node);
  spec.resize(*parameters_, 0);
  spec.resize(*parameters_, node.items.size());
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const std::string item = path + "[" + std::to_string(i) + "]";
    remember(item, node.items[i].place);
    if (node.items[i].kind == YamlNode::Kind::mapping) {
      read_entries(spec, item, i, node.items[i]);
    } else {
      unreadable_.insert(item);
      if (node.items[i].kind == YamlNode::Kind::invalid) continue;
      error(node.items[i].place, item, "'" + item + "' is not a set of entries",
            {"write '- key: value', further keys below the first",
             "known in it: " + listed(registry().children(spec.path), "and")});
    }
  }
}

void ScenarioReader::read_entries(const SectionSpec& spec, const std::string& path,
                                  std::size_t index, const YamlNode& node) {
  std::map<std::string, std::size_t> seen;
  for (const YamlEntry& entry : node.entries) {
    if (entry.key.kind == YamlNode::Kind::invalid) continue;
    if (entry.key.kind != YamlNode::Kind::scalar || entry.key.text.empty()) {
      error(entry.key.place, path, "a key is a plain word",
            {"known here: " + listed(registry().children(spec.path), "and")});
      continue;
    }
    const auto [first, is_new] = seen.emplace(entry.key.text, entry.key.place.line);
    if (!is_new) {
      error(entry.key.place, joined_path(path, entry.key.text),
            "duplicate key " + in_quotes(entry.key.text),
            {"first given in line " + std::to_string(first->second) + "; keep one of them"});
      continue;
    }
    read_entry(spec, path, index, entry);
  }
}

void ScenarioReader::read_entry(const SectionSpec& spec, const std::string& path, std::size_t index,
                                const YamlEntry& entry) {
  const std::string generic = child_path(spec, entry.key.text);
  const std::string concrete = joined_path(path, entry.key.text);
  // "a.b" or "a[]" as one key would be found in the table, but is not how YAML nests.
  if (entry.key.text.find_first_of(".[") != std::string::npos) return unknown_key(spec, entry.key);
  if (const ParameterSpec* parameter = registry().parameter(generic)) {
    return read_parameter(*parameter, concrete, index, entry.value, entry.key.place);
  }
  if (const SectionSpec* section = registry().section(generic)) {
    remember(concrete, entry.key.place);
    return read_section(*section, concrete, index, entry.value);
  }
  unknown_key(spec, entry.key);
}

void ScenarioReader::read_parameter(const ParameterSpec& spec, const std::string& path,
                                    std::size_t index, const YamlNode& value,
                                    const Place& key_place) {
  const auto read = read_value(spec, path, value, *context_.source, *errors_);
  const bool has_place = value.kind != YamlNode::Kind::empty;
  remember(path, has_place ? value.place : key_place);
  if (!read) {
    unreadable_.insert(path);
    return;
  }
  unreadable_.erase(path);
  spec.set(*parameters_, index, *read);
}

void ScenarioReader::unknown_key(const SectionSpec& spec, const YamlNode& key) {
  const std::vector<std::string> siblings = registry().children(spec.path);
  std::vector<std::string> advice;
  if (spec.path.empty() && key.text == "cohort") {
    advice.emplace_back("this is the file of a cohort, not a scenario: 'marrow cohort' runs it");
  } else if (const auto match = closest(key.text, siblings)) {
    const std::string path = child_path(spec, *match);
    const ParameterSpec* parameter = registry().parameter(path);
    std::string hint = "did you mean '" + *match + "'?";
    if (parameter != nullptr) {
      hint += " (" + type_words(*parameter) + "; " + default_or_example(*parameter) + ")";
    }
    advice.push_back(hint);
  } else if (key.text.find('.') != std::string::npos) {
    advice.emplace_back(
        "in a file sections are nested: write the part after the '.' below the "
        "part before it");
  } else {
    std::vector<std::string> elsewhere = paths_ending_with(key.text);
    if (elsewhere.size() > most_paths_in_a_message) {
      elsewhere.resize(most_paths_in_a_message);
      elsewhere.emplace_back("others");
    }
    if (!elsewhere.empty()) advice.push_back("it exists as " + listed(elsewhere));
    advice.push_back("known here: " + listed(siblings, "and"));
  }
  const std::string where = spec.path.empty() ? "among the sections" : "in '" + spec.path + "'";
  error(key.place, child_path(spec, key.text), "unknown key " + in_quotes(key.text) + " " + where,
        std::move(advice));
}

void ScenarioReader::require(const ParameterSpec& spec, const std::string& path,
                             const SourceText& file) {
  if (origins_->contains(path) || unreadable_.contains(path)) return;
  const std::string section(parent_path(path));
  if (unreadable_.contains(section)) return;
  const std::string name(last_name(path));
  std::vector<std::string> advice = {"write '" + name + ": " + spec.example + "' (" +
                                     (spec.sentence.empty() ? type_words(spec) : spec.sentence) +
                                     ")"};
  const std::string message = "'" + path + "' is missing";
  Diagnostic diagnostic;
  if (const auto written = origins_->find(section); written != origins_->end()) {
    const Origin& origin = written->second;
    diagnostic = file.error(origin.place, message, advice);
    diagnostic.source = origin.source;
    diagnostic.source_line = origin.source_line;
    diagnostic.source_order = origin.kind == OriginKind::file ? 0 : 1;
  } else {
    advice.push_back("in the section '" + section + ":'");
    diagnostic = file.error(message, advice);
  }
  diagnostic.parameter = path;
  errors_->push_back(std::move(diagnostic));
}

void ScenarioReader::check_required(const SourceText& file) {
  for (const ParameterSpec& spec : registry().parameters()) {
    if (spec.presence == Presence::has_default) continue;
    const SectionSpec& section = registry().section_of(spec.path);
    if (spec.presence == Presence::required_if_section_is_written &&
        !origins_->contains(section.path)) {
      continue;
    }
    const std::size_t count = section.count ? section.count(*parameters_) : 1;
    for (std::size_t i = 0; i < count; ++i) require(spec, with_index(spec.path, i), file);
  }
}

}  // namespace marrow::io
