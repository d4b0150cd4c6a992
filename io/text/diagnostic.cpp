// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/diagnostic.hpp"

#include "io/text/utf8.hpp"

#include <algorithm>
#include <tuple>

namespace marrow::io {

namespace {

constexpr std::size_t widest_excerpt = 110;

std::string painted(std::string_view text, std::string_view code, Color color) {
  if (color == Color::off) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

/// Characters [from, from + count) of valid UTF-8 text.
std::string characters(std::string_view text, std::size_t from, std::size_t count) {
  std::string result;
  std::size_t index = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0u) != 0x80u) ++index;
    if (index >= from && index < from + count) result += text[at];
  }
  return result;
}

std::string right_aligned(std::string text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

std::string excerpt(const Diagnostic& diagnostic, Color color) {
  std::string line = printable(diagnostic.source_line);
  std::size_t column = diagnostic.place.column > 0 ? diagnostic.place.column - 1 : 0;
  std::size_t total = code_points(line);
  if (total > widest_excerpt) {
    const std::size_t from = column > widest_excerpt / 2 ? column - widest_excerpt / 2 : 0;
    const bool cut_after = from + widest_excerpt < total;
    line =
        (from > 0 ? "..." : "") + characters(line, from, widest_excerpt) + (cut_after ? "..." : "");
    column = column - from + (from > 0 ? 3 : 0);
    total = code_points(line);
  }
  column = std::min(column, total);
  std::size_t length = std::max<std::size_t>(diagnostic.place.length, 1);
  length = std::min(length, std::max<std::size_t>(total - column, 1));
  const std::string number = right_aligned(std::to_string(diagnostic.place.line), 5);
  std::string text = number + " | " + line + "\n";
  if (diagnostic.place.column > 0) {
    text += "      | " + std::string(column, ' ') +
            painted("^" + std::string(length - 1, '~'), "1;32", color) + "\n";
  }
  return text;
}

}  // namespace

std::string render(const Diagnostic& diagnostic, Color color) {
  std::string where = printable(diagnostic.source);
  if (diagnostic.place.line > 0) {
    where += ":" + std::to_string(diagnostic.place.line);
    if (diagnostic.place.column > 0) where += ":" + std::to_string(diagnostic.place.column);
  }
  std::string text = painted(where + ":", "1", color) + " " + painted("error:", "1;31", color) +
                     " " + diagnostic.message + "\n";
  if (diagnostic.place.line > 0) text += excerpt(diagnostic, color);
  for (const std::string& advice : diagnostic.advice) text += "      = " + advice + "\n";
  return text;
}

void sort_by_place(std::vector<Diagnostic>& diagnostics) {
  const auto key = [](const Diagnostic& d) {
    return std::make_tuple(d.source_order, d.place.line, d.place.column);
  };
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
}

std::string render_all(std::vector<Diagnostic> diagnostics, Color color, std::size_t limit) {
  sort_by_place(diagnostics);
  std::string text;
  const std::size_t shown = std::min(diagnostics.size(), limit);
  for (std::size_t i = 0; i < shown; ++i) text += render(diagnostics[i], color);
  if (diagnostics.empty()) return text;
  text += std::to_string(diagnostics.size()) + (diagnostics.size() == 1 ? " error" : " errors");
  if (shown < diagnostics.size()) text += ", the first " + std::to_string(shown) + " shown";
  return text + "\n";
}

}  // namespace marrow::io
