// SPDX-License-Identifier: BSD-3-Clause
// From one YAML node to one checked value: type, unit, range, whole hours. Every refusal becomes a
// diagnostic that points at the wrong part and says what would be right.
#pragma once

#include "io/scenario/registry.hpp"
#include "io/scenario/source_text.hpp"
#include "io/scenario/yaml_tree.hpp"

#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

/// `path` is the parameter's path with list indices, for messages.
std::optional<Value> read_value(const ParameterSpec& spec, const std::string& path,
                                const YamlNode& node, const SourceText& source,
                                std::vector<Diagnostic>& errors);

}  // namespace marrow::io
