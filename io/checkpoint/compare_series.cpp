// SPDX-License-Identifier: BSD-3-Clause
#include "io/checkpoint/compare_series.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <tuple>
#include <utility>
#include <vector>

namespace marrow::io {
namespace {

using Cells = std::vector<std::string_view>;

struct Row {
  std::size_t line = 0;
  std::int64_t hour = 0;
  Cells cells;
};

struct Table {
  Cells columns;
  std::vector<Row> rows;  // those that begin with an integer
};

Cells cells_of(std::string_view line) {
  Cells cells;
  while (true) {
    const std::size_t end = line.find(',');
    cells.push_back(line.substr(0, end));
    if (end == std::string_view::npos) return cells;
    line.remove_prefix(end + 1);
  }
}

Table table_of(std::string_view text) {
  Table table;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    std::string_view one = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (one.ends_with('\r')) one.remove_suffix(1);
    if (one.starts_with('#')) continue;
    if (table.columns.empty()) {
      table.columns = cells_of(one);
      continue;
    }
    Row row{line, 0, cells_of(one)};
    const std::string_view hour = row.cells[0];
    const auto read = std::from_chars(hour.data(), hour.data() + hour.size(), row.hour);
    if (read.ec == std::errc() && read.ptr == hour.data() + hour.size()) {
      table.rows.push_back(std::move(row));
    }
  }
  return table;
}

/// Places of the columns that both tables have, in A's order.
std::vector<std::pair<std::size_t, std::size_t>> common_columns(const Cells& a, const Cells& b) {
  std::vector<std::pair<std::size_t, std::size_t>> common;
  for (std::size_t c = 0; c < a.size(); ++c) {
    const auto other = std::ranges::find(b, a[c]);
    if (other != b.end()) common.emplace_back(c, static_cast<std::size_t>(other - b.begin()));
  }
  return common;
}

std::string_view cell(const Row& row, std::size_t column) {
  return column < row.cells.size() ? row.cells[column] : std::string_view("nothing");
}

std::string difference_of(const Table& a, const Table& b, const Row& left, const Row& right) {
  for (const auto& [c, d] : common_columns(a.columns, b.columns)) {
    if (cell(left, c) == cell(right, d)) continue;
    return fmt::format("line {} of A, {} of B, column '{}': A {}, B {}", left.line, right.line,
                       a.columns[c], cell(left, c), cell(right, d));
  }
  return {};
}

std::string other_columns(const Table& a, const Table& b) {
  std::string names;
  for (const auto& [name, mine, theirs] : {std::tuple("A", &a, &b), std::tuple("B", &b, &a)}) {
    for (const std::string_view column : mine->columns) {
      if (std::ranges::find(theirs->columns, column) != theirs->columns.end()) continue;
      names += fmt::format("{}'{}' (only {})", names.empty() ? "" : ", ", column, name);
    }
  }
  return names.empty() ? "" : "; not compared: the columns " + names;
}

/// Rows at hours of which the other table has none, up to where that ends.
std::string cadence(std::size_t only_a, std::size_t only_b) {
  if (only_a + only_b == 0) return {};
  return fmt::format("; {} rows of A and {} of B are at hours that the other has not", only_a,
                     only_b);
}

std::string end_of(const Table& table) {
  return table.rows.empty() ? "has no row" : fmt::format("ends at hour {}", table.rows.back().hour);
}

}  // namespace

SeriesComparison compare_series(std::string_view table_a, std::string_view table_b) {
  const Table a = table_of(table_a), b = table_of(table_b);
  SeriesComparison result;
  std::size_t i = 0, j = 0, common = 0, only_a = 0, only_b = 0;
  std::string difference;
  while (i < a.rows.size() && j < b.rows.size() && difference.empty()) {
    const Row &left = a.rows[i], &right = b.rows[j];
    i += left.hour <= right.hour ? 1 : 0;
    j += right.hour <= left.hour ? 1 : 0;
    only_a += left.hour < right.hour ? 1 : 0;
    only_b += right.hour < left.hour ? 1 : 0;
    if (left.hour != right.hour) continue;
    ++common;
    difference = difference_of(a, b, left, right);
    (difference.empty() ? result.last_equal : result.first_differing) = left.hour;
  }
  if (result.first_differing) {
    result.equal = false;
    const std::string before = result.last_equal
                                   ? fmt::format("equal up to hour {}", *result.last_equal)
                                   : std::string("no common row before it");
    result.text = fmt::format("first difference at hour {} ({}): {}", *result.first_differing,
                              before, difference);
  } else {
    result.text = fmt::format("equal in the {} rows that both have", common);
    const bool same_end = a.rows.empty() == b.rows.empty() &&
                          (a.rows.empty() || a.rows.back().hour == b.rows.back().hour);
    if (!same_end) {
      result.equal = false;
      result.text += fmt::format("; A {}, B {}", end_of(a), end_of(b));
    }
  }
  result.text += cadence(only_a, only_b) + other_columns(a, b);
  return result;
}

}  // namespace marrow::io
