// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/scenario_file.hpp"

#include "core/model/failure.hpp"
#include "core/random/mix.hpp"
#include "io/scenario/checks.hpp"
#include "io/scenario/reader.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/settle.hpp"
#include "io/scenario/source_text.hpp"
#include "io/scenario/yaml_errors.hpp"
#include "io/scenario/yaml_tree.hpp"
#include "io/text/suggestion.hpp"
#include "io/text/utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

namespace marrow::io {

namespace {

namespace fs = std::filesystem;

std::vector<Diagnostic> one_error(const std::string& name, std::string message,
                                  std::vector<std::string> advice = {}) {
  return {SourceText(name, {}, 0).error(std::move(message), std::move(advice))};
}

/// A file of the same folder whose name is nearly that of the missing one.
std::vector<std::string> similar_file(const fs::path& missing) {
  std::error_code failure;
  const fs::path folder = missing.has_parent_path() ? missing.parent_path() : fs::path(".");
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, failure), end; !failure && at != end;
       at.increment(failure)) {
    names.push_back(at->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  std::string wanted = missing.filename().string();
  if (std::find(names.begin(), names.end(), wanted + ".yaml") != names.end()) {
    return {"did you mean " + in_quotes((missing.string() + ".yaml")) + "?"};
  }
  const auto match = closest(wanted, names);
  if (!match) return {};
  const fs::path path = missing.has_parent_path() ? folder / *match : fs::path(*match);
  return {"did you mean " + in_quotes(path.string()) + "?"};
}

std::vector<Diagnostic> unreadable(const std::string& path, const fs::file_status& status) {
  if (status.type() == fs::file_type::not_found) {
    return one_error(path, "there is no such file", similar_file(path));
  }
  if (fs::is_directory(status)) {
    return one_error(path, "this is a directory, not a scenario file",
                     {"a finished or running simulation keeps its scenario as scenario.yaml in "
                      "its directory"});
  }
  return one_error(path, "this is not a regular file", {"save the scenario to a file first"});
}

}  // namespace

ScenarioBytes load_scenario_bytes(const std::string& path) {
  ScenarioBytes result;
  std::error_code failure;
  const fs::file_status status = fs::status(path, failure);
  if (failure && status.type() != fs::file_type::not_found) {
    result.diagnostics = one_error(path, "cannot look at the file: " + failure.message());
    return result;
  }
  if (!fs::is_regular_file(status)) {
    result.diagnostics = unreadable(path, status);
    return result;
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    result.diagnostics =
        one_error(path, std::string("cannot open the file: ") + std::strerror(errno));
    return result;
  }
  result.text.resize(largest_scenario_bytes + 1);
  file.read(result.text.data(), static_cast<std::streamsize>(result.text.size()));
  if (file.bad()) {
    result.diagnostics =
        one_error(path, std::string("cannot read the file: ") + std::strerror(errno));
    return result;
  }
  result.text.resize(static_cast<std::size_t>(file.gcount()));
  return result;
}

ReadResult read_scenario_text(std::string_view text, const std::string& name,
                              const std::vector<std::string>& overrides) {
  ReadResult result;
  std::vector<Diagnostic>& errors = result.diagnostics;
  if (text.size() > largest_scenario_bytes) {
    errors = one_error(name, "the file is larger than 1 MiB",
                       {"a scenario has a few kilobytes; is this the right file?"});
    return result;
  }
  std::string_view content = text;
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);  // byte-order mark
  const SourceText source = SourceText::from_text(name, content, 0);
  errors = check_characters(source, content);
  if (!errors.empty()) return result;
  const auto root = read_yaml(source, content, 0, 0, errors);
  if (errors.empty() && (!root || root->kind == YamlNode::Kind::empty)) {
    errors = one_error(name, "the file has no content",
                       {"a scenario has at least 'scenario.name', 'domain.size' and "
                        "'run.duration'"});
  }
  if (!root || root->kind == YamlNode::Kind::empty) {
    sort_by_place(errors);
    return result;
  }
  ScenarioFile scenario;
  const SourceText set("--set", overrides, 1);
  ScenarioReader reader(scenario.parameters, scenario.origins, errors);
  reader.read_file(source, *root);
  reader.read_overrides(set);
  if (root->kind == YamlNode::Kind::mapping) reader.check_required(source);
  settle(scenario.parameters);
  if (errors.empty()) check_scenario(scenario.parameters, scenario.origins, name, errors);
  sort_by_place(errors);
  if (!errors.empty()) return result;
  scenario.path = name;
  scenario.text = std::string(text);
  scenario.overrides = overrides;
  scenario.fingerprint = text_fingerprint(text);
  for (const std::string& argument : overrides) {
    scenario.fingerprint = mix64(scenario.fingerprint ^ text_fingerprint(argument));
  }
  result.scenario = std::move(scenario);
  return result;
}

ReadResult read_scenario_file(const std::string& path, const std::vector<std::string>& overrides) {
  ScenarioBytes bytes = load_scenario_bytes(path);
  if (!bytes.diagnostics.empty()) {
    ReadResult result;
    result.diagnostics = std::move(bytes.diagnostics);
    return result;
  }
  return read_scenario_text(bytes.text, path, overrides);
}

ScenarioFile scenario_or_throw(ReadResult result, Color color) {
  if (!result.ok()) throw Failure(ExitCode::scenario, result.report(color));
  return std::move(*result.scenario);
}

std::uint64_t text_fingerprint(std::string_view bytes) {
  std::uint64_t hash = mix64(0x6d6172726f77ULL + bytes.size());
  for (const char c : bytes) hash = mix64(hash ^ static_cast<unsigned char>(c));
  return hash;
}

}  // namespace marrow::io
