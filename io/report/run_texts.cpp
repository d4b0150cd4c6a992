// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/run_texts.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace marrow::io {
namespace {

constexpr auto none = std::string_view::npos;

std::string_view next_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == none ? text.size() : end + 1);
  return line;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

/// Cuts the last column off: what follows the last gap of two blanks.
std::string cut_last_column(std::string_view& line) {
  const std::size_t gap = line.rfind("  ");
  if (gap == none) return "";
  std::string column(line.substr(gap + 2));
  line = trimmed(line.substr(0, gap));
  return column;
}

/// A row of three columns behind the time stamp of a log line.
std::optional<AskedAchieved> table_row(std::string_view line) {
  constexpr std::string_view stamp = "2026-11-23 16:20:45";
  constexpr std::string_view indent = "    ";
  if (line.size() < stamp.size() || line.substr(stamp.size(), indent.size()) != indent) return {};
  line = trimmed(line.substr(stamp.size()));
  AskedAchieved row;
  row.achieved = cut_last_column(line);
  row.asked = cut_last_column(line);
  row.what = std::string(line);
  if (row.achieved.empty() || row.asked.empty()) return {};
  return row;
}

/// Where the comment of a line begins: a '#' behind a blank and outside quotes.
std::size_t comment_at(std::string_view line) {
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\' && quoted) {
      ++i;
    } else if (line[i] == '"') {
      quoted = !quoted;
    } else if (line[i] == '#' && !quoted && i > 0 && line[i - 1] == ' ') {
      return i;
    }
  }
  return none;
}

struct Level {
  std::size_t indent;
  std::string name;
  int entry = -1;  // of a list, the number of the entry that is open
};

std::string path_of(const std::vector<Level>& levels) {
  std::string path;
  for (const Level& level : levels) {
    if (!path.empty()) path += '.';
    path += level.name;
    if (level.entry >= 0) path += "[" + std::to_string(level.entry) + "]";
  }
  return path;
}

}  // namespace

std::vector<Span> spans_of(std::span<const double> days, std::span<const std::string> values) {
  std::vector<Span> spans;
  for (std::size_t i = 0; i < days.size(); ++i) {
    if (!spans.empty()) spans.back().to_d = days[i];
    if (spans.empty() || spans.back().what != values[i]) {
      spans.push_back({days[i], days[i], values[i]});
    }
  }
  return spans;
}

std::vector<Span> spans_of_members(std::span<const double> days,
                                   std::span<const std::string> lists) {
  std::vector<Span> spans;
  std::map<std::string, std::size_t> open;  // what acts -> its span
  for (std::size_t i = 0; i < days.size(); ++i) {
    std::map<std::string, std::size_t> still;
    for (const auto& [what, span] : open) spans[span].to_d = days[i];
    std::string_view rest = lists[i];
    while (!rest.empty()) {
      const std::size_t end = rest.find('+');
      const std::string what(rest.substr(0, end));
      rest.remove_prefix(end == none ? rest.size() : end + 1);
      if (what == "none" || what.empty()) continue;
      const auto known = open.find(what);
      if (known == open.end()) spans.push_back({days[i], days[i], what});
      still[what] = known == open.end() ? spans.size() - 1 : known->second;
    }
    open = std::move(still);
  }
  return spans;
}

std::vector<AskedAchieved> asked_and_achieved(std::string_view log) {
  std::vector<AskedAchieved> rows;
  bool inside = false;
  while (!log.empty()) {
    const std::optional<AskedAchieved> row = table_row(next_line(log));
    if (row && row->what == "tissue" && row->asked == "asked") {
      rows.clear();
      inside = true;
    } else if (row && inside) {
      rows.push_back(*row);
    } else {
      inside = false;
    }
  }
  return rows;
}

std::vector<Setting> settings_of(std::string_view yaml) {
  std::vector<Setting> settings;
  std::vector<Level> levels;
  while (!yaml.empty()) {
    const std::string_view line = next_line(yaml);
    std::string_view content = line.substr(0, comment_at(line));
    const std::size_t indent = content.find_first_not_of(" -");
    if (line.starts_with('#') || indent == none) continue;
    const bool dash = content.substr(0, indent).find('-') != none;
    while (!levels.empty() && levels.back().indent >= indent) levels.pop_back();
    if (dash && !levels.empty()) ++levels.back().entry;
    content = trimmed(content.substr(indent));
    const std::size_t colon = content.find(':');
    if (colon == none) continue;
    levels.push_back({indent, std::string(content.substr(0, colon))});
    const std::size_t comment = comment_at(line);
    settings.push_back({path_of(levels), std::string(trimmed(content.substr(colon + 1))),
                        comment == none ? "" : std::string(trimmed(line.substr(comment + 1)))});
  }
  return settings;
}

}  // namespace marrow::io
