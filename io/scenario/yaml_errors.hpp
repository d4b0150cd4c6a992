// SPDX-License-Identifier: BSD-3-Clause
// What a YAML syntax error means for someone who writes scenarios, and checks that yaml-cpp leaves
// out.
#pragma once

#include "io/scenario/source_text.hpp"
#include "io/text/diagnostic.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace marrow::io {

struct SyntaxMessage {
  std::string message;
  std::string advice;
  bool at_open_bracket =
      false;  // point at the bracket that is open rather than where reading stopped
};

/// Rewords an error of yaml-cpp. `in_brackets`: a '[' or '{' is open there; `before`: the line up
/// to it.
SyntaxMessage explain_syntax_error(std::string_view yaml_cpp_message, bool in_brackets,
                                   std::string_view before);

/// Line and byte column (from 0) just after the quoted text that begins at (line, column); nothing
/// if its quote is never closed, which yaml-cpp accepts at the end of a file.
std::optional<std::pair<std::size_t, std::size_t>> end_of_quote(const SourceText& source,
                                                                std::size_t line,
                                                                std::size_t column);

/// Checks of the bytes before any YAML: text at all, UTF-8, no control characters, no tabs in
/// indentation. Stops at the first error of each kind.
std::vector<Diagnostic> check_characters(const SourceText& source, std::string_view text);

}  // namespace marrow::io
