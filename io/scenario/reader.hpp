// SPDX-License-Identifier: BSD-3-Clause
// The walk of a YAML tree against the registry: fills Parameters, remembers where each value stood,
// and collects every error. Knows no parameter by name; what two values mean together is
// checks.hpp's.
#pragma once

#include "io/scenario/origin.hpp"
#include "io/scenario/registry.hpp"
#include "io/scenario/source_text.hpp"
#include "io/scenario/yaml_tree.hpp"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

class ScenarioReader {
 public:
  ScenarioReader(Parameters& parameters, Origins& origins, std::vector<Diagnostic>& errors)
      : parameters_(&parameters), origins_(&origins), errors_(&errors) {}

  void read_file(const SourceText& source, const YamlNode& root);
  /// `source` holds one `path=value` per line.
  void read_overrides(const SourceText& source);
  /// A mapping whose keys are paths, "therapy[0].given: false": as overrides, but in a file.
  void read_settings(const SourceText& source, const YamlNode& settings);
  /// After the file and the overrides: what must be given and is not.
  void check_required(const SourceText& file);

 private:
  struct Context {
    const SourceText* source = nullptr;
    OriginKind kind = OriginKind::file;
  };

  void error(const Place& place, const std::string& path, std::string message,
             std::vector<std::string> advice);
  void remember(const std::string& path, const Place& place);

  void read_section(const SectionSpec& spec, const std::string& path, std::size_t index,
                    const YamlNode& node);
  void read_list(const SectionSpec& spec, const std::string& path, const YamlNode& node);
  void read_entries(const SectionSpec& spec, const std::string& path, std::size_t index,
                    const YamlNode& node);
  void read_entry(const SectionSpec& spec, const std::string& path, std::size_t index,
                  const YamlEntry& entry);
  void read_parameter(const ParameterSpec& spec, const std::string& path, std::size_t index,
                      const YamlNode& value, const Place& key_place);
  void refuse_section_value(const SectionSpec& spec, const std::string& path, const YamlNode& node);
  void unknown_key(const SectionSpec& spec, const YamlNode& key);
  void forget(const std::string& path);

  void read_override(std::size_t line);
  void set_by_path(const std::string& path, const Place& path_place, const YamlNode& value);
  void unknown_path(const std::string& path, const Place& place);
  bool index_exists(const std::string& path, const Place& place, std::size_t& index);

  void require(const ParameterSpec& spec, const std::string& path, const SourceText& file);

  Parameters* parameters_;
  Origins* origins_;
  std::vector<Diagnostic>* errors_;
  Context context_;
  std::set<std::string> unreadable_;  // paths that were written, but not understood
};

}  // namespace marrow::io
