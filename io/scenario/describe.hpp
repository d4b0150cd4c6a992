// SPDX-License-Identifier: BSD-3-Clause
// The registry for readers: `marrow explain`, `marrow schema`, the parameter reference, and
// diagnostics for editors.
#pragma once

#include "io/text/diagnostic.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// All there is to say about a parameter, or about a section and what is in it; "" lists the
/// sections. Indices are ignored. An unknown path gives nothing.
std::optional<std::string> explain(std::string_view path);

/// What to tell someone who asked for an unknown path.
std::string explain_unknown(std::string_view path);

/// JSON schema (draft 7) of a scenario file.
nlohmann::json json_schema();

/// The parameter reference, in Markdown.
std::string reference_markdown();

/// For `validate --format json`: an array with file, line, column, end_column, message, advice,
/// parameter.
nlohmann::json diagnostics_json(const std::vector<Diagnostic>& diagnostics);

}  // namespace marrow::io
