// SPDX-License-Identifier: BSD-3-Clause
#include "io/scenario/yaml_errors.hpp"

#include "io/text/utf8.hpp"

#include <algorithm>

namespace marrow::io {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// Line and byte column of an offset into the text.
std::pair<std::size_t, std::size_t> line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t last_break = before.rfind('\n');
  return {line, last_break == std::string_view::npos ? offset : offset - last_break - 1};
}

std::size_t first_control_character(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool line_end = c == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
    if ((c < 0x20 && c != '\n' && c != '\t' && !line_end) || c == 0x7F) return i;
  }
  return std::string_view::npos;
}

std::optional<Diagnostic> tab_in_indentation(const SourceText& source) {
  for (std::size_t i = 0; i < source.line_count(); ++i) {
    const std::string_view line = source.line(i);
    const std::size_t content = line.find_first_not_of(" \t");
    if (content == std::string_view::npos || line[content] == '#') continue;
    const std::size_t tab = line.substr(0, content).find('\t');
    if (tab == std::string_view::npos) continue;
    return source.error(source.place(i, tab, 1), "a tab in the indentation",
                        {"YAML indents with blanks only: use two blanks per level"});
  }
  return std::nullopt;
}

}  // namespace

SyntaxMessage explain_syntax_error(std::string_view message, bool in_brackets,
                                   std::string_view before) {
  if (contains(message, "end of sequence flow") || contains(message, "end of map flow")) {
    return {"this bracket is never closed, or a comma is missing within it",
            "lists are written [a, b], maps {key: value, key: value}", true};
  }
  if (contains(message, "illegal map value")) {
    if (in_brackets) {
      return {"this bracket is never closed, or a comma is missing within it",
              "lists are written [a, b], maps {key: value, key: value}", true};
    }
    if (contains(before, ": ")) {
      return {"a second ':' in one line", "put a text that contains ': ' between quotes"};
    }
    return {"this line cannot have a ':' here",
            "either the line above lacks its ':', or this line is indented too far"};
  }
  if (contains(message, "illegal flow end")) {
    return {"a closing bracket without an opening one", "remove it, or add the '[' or '{'"};
  }
  if (contains(message, "unknown token")) {
    return {"no value can begin with this character",
            "put a text that begins with it between quotes"};
  }
  if (contains(message, "end of map not found") || contains(message, "end of sequence not found") ||
      contains(message, "illegal block entry") || contains(message, "illegal map key")) {
    return {"this line does not continue what stands above it",
            "entries of one section begin in the same column"};
  }
  if (contains(message, "referenced anchor is not defined")) {
    return {"aliases are not used in scenarios, and this one has no anchor",
            "put a text that begins with '*' between quotes"};
  }
  if (contains(message, "bad file")) {
    return {"nested hundreds of levels deep", "a scenario needs four levels"};
  }
  if (contains(message, "EOF")) return {"the text ends within a value", "is the file cut off?"};
  return {"not valid YAML: " + printable(message), "see the example in 'marrow explain'"};
}

std::optional<std::pair<std::size_t, std::size_t>> end_of_quote(const SourceText& source,
                                                                std::size_t line,
                                                                std::size_t column) {
  const std::string_view first = source.line(line);
  if (column >= first.size()) return std::nullopt;
  const char quote = first[column];
  std::size_t at = column + 1;
  for (; line < source.line_count(); ++line, at = 0) {
    const std::string_view text = source.line(line);
    while (at < text.size()) {
      if (quote == '"' && text[at] == '\\') {
        at += 2;
      } else if (text[at] != quote) {
        ++at;
      } else if (quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'') {
        at += 2;
      } else {
        return std::make_pair(line, at + 1);
      }
    }
  }
  return std::nullopt;
}

std::vector<Diagnostic> check_characters(const SourceText& source, std::string_view text) {
  std::vector<Diagnostic> errors;
  if (text.starts_with("\x89HDF")) {
    errors.push_back(source.error("this is an HDF5 file, not a scenario",
                                  {"to look into a checkpoint: marrow inspect PATH"}));
    return errors;
  }
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    errors.push_back(
        source.error("this is not a text file: byte " + std::to_string(nul + 1) + " is a NUL",
                     {"a scenario is a YAML file in UTF-8"}));
    return errors;
  }
  if (const std::size_t at = first_invalid_utf8(text); at != std::string_view::npos) {
    const auto [line, column] = line_and_column(text, at);
    errors.push_back(source.error(source.place(line, column, 1), "this byte is not valid UTF-8",
                                  {"save the file as UTF-8"}));
    return errors;
  }
  if (const std::size_t at = first_control_character(text); at != std::string_view::npos) {
    const auto [line, column] = line_and_column(text, at);
    errors.push_back(source.error(source.place(line, column, 1), "a control character",
                                  {"remove it; line ends are written \\n or \\r\\n"}));
  }
  if (auto tab = tab_in_indentation(source)) errors.push_back(std::move(*tab));
  return errors;
}

}  // namespace marrow::io
