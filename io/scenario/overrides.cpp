// SPDX-License-Identifier: BSD-3-Clause
// The part of ScenarioReader that reads `--set path=value`, and the same in a file.
#include "io/scenario/reader.hpp"
#include "io/scenario/value_text.hpp"
#include "io/scenario/yaml_errors.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <charconv>

namespace marrow::io {

namespace {

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

/// The number between the brackets of "a[3].b", if that is what they hold.
std::optional<std::size_t> index_of(std::string_view path) {
  const std::size_t open = path.find('[');
  const std::size_t close = path.find(']');
  if (open == std::string_view::npos || close == std::string_view::npos) return std::nullopt;
  std::size_t index = 0;
  const char* begin = path.data() + open + 1;
  const char* end = path.data() + close;
  const auto result = std::from_chars(begin, end, index);
  if (result.ec != std::errc() || result.ptr != end || begin == end) return std::nullopt;
  return index;
}

}  // namespace

void ScenarioReader::read_overrides(const SourceText& source) {
  context_ = {&source, OriginKind::command_line};
  for (std::size_t i = 0; i < source.line_count(); ++i) read_override(i);
}

void ScenarioReader::read_settings(const SourceText& source, const YamlNode& settings) {
  context_ = {&source, OriginKind::file};
  for (const YamlEntry& entry : settings.entries) {
    if (entry.key.kind == YamlNode::Kind::scalar) {
      set_by_path(entry.key.text, entry.key.place, entry.value);
    }
  }
}

void ScenarioReader::read_override(std::size_t line) {
  const std::string_view text = context_.source->line(line);
  const Place whole = context_.source->place(line, 0, text.size());
  const bool control = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  if (control || first_invalid_utf8(text) != std::string_view::npos) {
    return error(whole, "", "a control character in the argument of --set",
                 {"write --set 'path=value' on one line"});
  }
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) {
    return error(whole, "", "no '=' in the argument of --set",
                 {"write --set 'path=value', for example --set 'scenario.seed=2'"});
  }
  const std::string path(trimmed(text.substr(0, equals)));
  const Place path_place = context_.source->place(line, 0, equals);
  std::size_t begin = equals + 1;
  while (begin < text.size() && text[begin] == ' ') ++begin;
  const std::size_t errors_before = errors_->size();
  auto value = read_yaml(*context_.source, text.substr(begin), line, begin, *errors_);
  if (errors_->size() > errors_before) return;
  if (!value) {
    value.emplace();
    value->place = context_.source->place(line, equals, 1);
    value->byte_column = equals;
  }
  set_by_path(path, path_place, *value);
}

bool ScenarioReader::index_exists(const std::string& path, const Place& place, std::size_t& index) {
  const std::string generic = without_indices(path);
  const std::size_t brackets = generic.find("[]");
  if (brackets == std::string::npos) return true;
  const std::string list = generic.substr(0, brackets);
  const SectionSpec* spec = registry().section(list);
  const auto read = index_of(path);
  const std::size_t count = spec != nullptr && spec->count ? spec->count(*parameters_) : 0;
  if (read && *read < count) {
    index = *read;
    return true;
  }
  std::vector<std::string> advice;
  if (count > 0) {
    advice.push_back("the list has " + std::to_string(count) +
                     (count == 1 ? " entry: " : " entries: ") + "write " + list + "[0]" +
                     (count > 1 ? " to [" + std::to_string(count - 1) + "]" : ""));
  } else {
    advice.push_back("the list is empty in this scenario: write the entries into the file");
  }
  error(place, path, "there is no " + in_quotes(path), advice);
  return false;
}

void ScenarioReader::set_by_path(const std::string& path, const Place& path_place,
                                 const YamlNode& value) {
  const std::string generic = without_indices(path);
  if (const ParameterSpec* spec = registry().parameter(generic)) {
    std::size_t index = 0;
    if (!index_exists(path, path_place, index)) return;
    const SectionSpec& section = registry().section_of(generic);
    if (section.kind == SectionKind::optional) section.resize(*parameters_, 1);
    const std::string section_path(parent_path(path));
    if (!origins_->contains(section_path)) remember(section_path, path_place);
    unreadable_.erase(path);
    return read_parameter(*spec, path, index, value, path_place);
  }
  const SectionSpec* section = generic.empty() ? nullptr : registry().section(generic);
  if (section != nullptr && section->kind != SectionKind::plain) {
    forget(path);
    remember(path, path_place);
    return read_section(*section, path, 0, value);
  }
  if (section != nullptr) {
    return error(path_place, path, "'" + path + "' is a section, not a parameter",
                 {"set one of " + listed(registry().children(path))});
  }
  unknown_path(path, path_place);
}

void ScenarioReader::forget(const std::string& path) {
  const auto below = [&](const std::string& known) {
    return known.size() > path.size() && known.starts_with(path) &&
           (known[path.size()] == '.' || known[path.size()] == '[');
  };
  std::erase_if(*origins_, [&](const auto& entry) { return below(entry.first); });
  std::erase_if(unreadable_, below);
  unreadable_.erase(path);
}

void ScenarioReader::unknown_path(const std::string& path, const Place& place) {
  std::vector<std::string> advice;
  if (const auto match = nearest_path(without_indices(path))) {
    advice.push_back("did you mean '" + *match + "'?");
  } else {
    advice.emplace_back("'marrow explain' lists all parameters");
  }
  error(place, path, "there is no parameter " + in_quotes(path), std::move(advice));
}

}  // namespace marrow::io
