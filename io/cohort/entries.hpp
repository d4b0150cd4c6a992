// SPDX-License-Identifier: BSD-3-Clause
// One mapping of a cohort file, read strictly: known keys once each, values by the same reader as a
// scenario's, every mistake with its place.
#pragma once

#include "io/scenario/registry.hpp"
#include "io/scenario/source_text.hpp"
#include "io/scenario/yaml_tree.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// What a value of a cohort file may be; `example` is shown where it is missing.
ParameterSpec whole_number_spec(std::int64_t lowest, std::int64_t highest, std::string example);
ParameterSpec number_spec(const Limits& limits, std::string example);
/// Counted in the first unit.
ParameterSpec quantity_spec(std::vector<std::string> units, const Limits& limits,
                            std::string example);
ParameterSpec name_spec(std::string example);
ParameterSpec text_spec(std::string example);
ParameterSpec word_spec(std::vector<std::string> words);

class Entries {
 public:
  /// Reports duplicate keys, and a node that is no mapping; `path` stands for it in messages.
  Entries(const SourceText& source, std::vector<Diagnostic>& errors, const YamlNode& node,
          std::string path);

  /// The value of a key, null when it is not there. A key that was asked for is known.
  const YamlNode* find(std::string_view name);
  /// Reports it where it is missing.
  const YamlNode* require(std::string_view name, const std::string& advice);

  /// The value by its specification; nothing where it is missing or wrong, which is reported, the
  /// first only if `required`.
  std::optional<Value> read(std::string_view name, const ParameterSpec& spec,
                            bool required = false);

  /// Reports the keys that nobody has asked for.
  void finish();

  void error(const Place& place, std::string message, std::vector<std::string> advice = {});
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string path_of(std::string_view name) const;
  [[nodiscard]] const YamlNode& node() const { return *node_; }
  [[nodiscard]] const SourceText& source() const { return *source_; }
  [[nodiscard]] std::vector<Diagnostic>& errors() { return *errors_; }

 private:
  const SourceText* source_;
  std::vector<Diagnostic>* errors_;
  const YamlNode* node_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

/// "a list", "a section", or the text in quotes.
std::string words_for(const YamlNode& node);

}  // namespace marrow::io
