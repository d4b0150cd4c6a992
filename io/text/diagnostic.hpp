// SPDX-License-Identifier: BSD-3-Clause
// An error in a text: where, what, and what to do; rendered the way compilers do it, with the
// source line and a caret. Knows nothing of what the text means.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// A span of one line. Lines and columns count from 1, columns in characters; 0 means "the file as
/// a whole".
struct Place {
  std::size_t line = 0;
  std::size_t column = 0;
  std::size_t length = 1;
};

struct Diagnostic {
  std::string source;  // file name as the user gave it, or "--set"
  Place place;
  std::string message;
  std::vector<std::string> advice;  // one line each
  std::string parameter;            // path of the parameter concerned, if any
  std::string source_line;          // the text of the line, without its end
  std::size_t source_order = 0;     // file before command line
};

enum class Color { off, on };

/// `source:line:column: error: message`, the excerpt with a caret, the advice; ends with a newline.
std::string render(const Diagnostic& diagnostic, Color color = Color::off);

/// All of them by source, line and column (stable), then a line that counts them.
/// Beyond `limit` errors the rest is only counted.
std::string render_all(std::vector<Diagnostic> diagnostics, Color color = Color::off,
                       std::size_t limit = 100);

/// Sorts by source, line and column; keeps the order of equals.
void sort_by_place(std::vector<Diagnostic>& diagnostics);

}  // namespace marrow::io
