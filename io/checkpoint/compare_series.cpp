// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace marrow::io {
namespace {

struct Line {
  std::size_t number;
  std::string_view text;
};

std::vector<Line> lines_of(std::string_view table) {
  std::vector<Line> lines;
  for (std::size_t number = 1; !table.empty(); ++number) {
    const std::size_t end = table.find('\n');
    std::string_view text = table.substr(0, end);
    table.remove_prefix(end == std::string_view::npos ? table.size() : end + 1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (!text.starts_with('#')) lines.push_back({number, text});
  }
  return lines;
}

std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const std::size_t end = line.find(',');
    cells.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

std::string difference_in_row(const Line& header, const Line& a, const Line& b) {
  const auto names = cells_of(header.text), left = cells_of(a.text), right = cells_of(b.text);
  for (std::size_t c = 0; c < std::min(left.size(), right.size()); ++c) {
    if (left[c] == right[c]) continue;
    const std::string name =
        c < names.size() ? fmt::format("'{}'", names[c]) : fmt::format("{}", c + 1);
    return fmt::format("line {} ({} {}), column {}: A {}, B {}", a.number, names[0], left[0], name,
                       left[c], right[c]);
  }
  return fmt::format("line {}: A has {} columns, B {}", a.number, left.size(), right.size());
}

}  // namespace

std::string first_difference(std::string_view table_a, std::string_view table_b) {
  const auto a = lines_of(table_a), b = lines_of(table_b);
  const std::size_t common = std::min(a.size(), b.size());
  for (std::size_t row = 0; row < common; ++row) {
    if (a[row].text == b[row].text) continue;
    if (row > 0) return difference_in_row(a[0], a[row], b[row]);
    return fmt::format("the columns differ: A '{}', B '{}'", a[0].text, b[0].text);
  }
  if (a.size() == b.size()) return {};
  const bool a_longer = a.size() > b.size();
  return fmt::format("{} ends after {} rows, {} goes on to {}", a_longer ? "B" : "A",
                     common == 0 ? 0 : common - 1, a_longer ? "A" : "B",
                     (a_longer ? a.size() : b.size()) - 1);
}

}  // namespace marrow::io
