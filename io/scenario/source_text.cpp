// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/source_text.hpp"

#include "io/text/utf8.hpp"

#include <algorithm>
#include <utility>

namespace marrow::io {

SourceText::SourceText(std::string name, std::vector<std::string> lines, std::size_t order)
    : name_(std::move(name)), lines_(std::move(lines)), order_(order) {}

SourceText SourceText::from_text(std::string name, std::string_view text, std::size_t order) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string_view line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    lines.emplace_back(line);
    at = end + 1;
  }
  return {std::move(name), std::move(lines), order};
}

std::string_view SourceText::line(std::size_t index) const {
  return index < lines_.size() ? std::string_view(lines_[index]) : std::string_view{};
}

Place SourceText::place(std::size_t line_index, std::size_t byte_column, std::size_t bytes) const {
  const std::string_view text = line(line_index);
  const std::size_t begin = std::min(byte_column, text.size());
  const std::size_t length = code_points(text.substr(begin, bytes));
  return {line_index + 1, code_points(text.substr(0, begin)) + 1, std::max<std::size_t>(length, 1)};
}

Diagnostic SourceText::error(const Place& place, std::string message,
                             std::vector<std::string> advice) const {
  Diagnostic diagnostic;
  diagnostic.source = name_;
  diagnostic.place = place;
  diagnostic.message = std::move(message);
  diagnostic.advice = std::move(advice);
  if (place.line > 0) diagnostic.source_line = std::string(line(place.line - 1));
  diagnostic.source_order = order_;
  return diagnostic;
}

Diagnostic SourceText::error(std::string message, std::vector<std::string> advice) const {
  return error(Place{}, std::move(message), std::move(advice));
}

}  // namespace marrow::io
