// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/delimited_text.hpp"

#include "io/text/number.hpp"

#include <algorithm>
#include <iterator>
#include <limits>

namespace marrow::io {
namespace {

/// The cell that `line` begins with; cuts it and the comma behind it off. `more`: a comma followed.
std::string next_cell(std::string_view& line, bool& more) {
  std::string cell;
  bool quoted = false;
  std::size_t i = 0;
  for (; i < line.size() && (quoted || line[i] != ','); ++i) {
    if (line[i] != '"') {
      cell += line[i];
    } else if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
      cell += line[++i];
    } else {
      quoted = !quoted;
    }
  }
  more = i < line.size();
  line.remove_prefix(more ? i + 1 : i);
  return cell;
}

std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  for (bool more = true; more;) cells.push_back(next_cell(line, more));
  return cells;
}

}  // namespace

DelimitedText::DelimitedText(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      rows_left_out_ += columns_.empty() ? 0 : 1;
      return;
    }
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (line.empty() || line.front() == '#') continue;
    std::vector<std::string> cells = cells_of(line);
    if (columns_.empty()) {
      columns_ = std::move(cells);
    } else if (cells.size() != columns_.size()) {
      ++rows_left_out_;
    } else {
      ++rows_;
      std::ranges::move(cells, std::back_inserter(cells_));
    }
  }
}

std::size_t DelimitedText::place_of(std::string_view column) const {
  return static_cast<std::size_t>(std::ranges::find(columns_, column) - columns_.begin());
}

bool DelimitedText::has(std::string_view column) const {
  return place_of(column) < columns_.size();
}

std::vector<std::string> DelimitedText::texts(std::string_view column) const {
  std::vector<std::string> values(rows_);
  const std::size_t place = place_of(column);
  if (place == columns_.size()) return values;
  for (std::size_t r = 0; r < rows_; ++r) values[r] = cells_[r * columns_.size() + place];
  return values;
}

std::vector<double> DelimitedText::numbers(std::string_view column) const {
  std::vector<double> values;
  for (const std::string& cell : texts(column)) {
    const ScannedNumber number = parse_number(cell);
    values.push_back(number.fault == NumberFault::none ? number.value
                                                       : std::numeric_limits<double>::quiet_NaN());
  }
  return values;
}

}  // namespace marrow::io
