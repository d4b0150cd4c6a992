// SPDX-License-Identifier: BSD-3-Clause
// Two series.csv held against each other row by row, exact to the character. Rows belong together
// by their first column, the hour, so that series of different cadence can be compared.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace marrow::io {

struct SeriesComparison {
  std::string text;   // what was found, in one or more sentences
  bool equal = true;  // no row that both have differs, and both end at the same hour
  std::optional<std::int64_t> first_differing;  // hour
  std::optional<std::int64_t> last_equal;       // the last common hour before that, or of all
};

/// Lines that begin with '#' are comments and not compared; the first other line names the columns.
/// Of other columns only those that both have are compared.
SeriesComparison compare_series(std::string_view table_a, std::string_view table_b);

}  // namespace marrow::io
