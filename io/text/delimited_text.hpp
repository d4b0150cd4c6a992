// SPDX-License-Identifier: BSD-3-Clause
// Reads .csv files of runs and cohorts while a program may still be writing them: complete lines
// only. Knows no quantity.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace marrow::io {

/// A table whose rows have as many cells as its header. Lines that begin with '#' are comments;
/// cells may stand in double quotes, "" inside which is one quote.
class DelimitedText {
 public:
  /// Takes any text; what is no complete row is counted and left out.
  explicit DelimitedText(std::string_view text);

  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Rows with a wrong number of cells, and a last line without its line end.
  [[nodiscard]] std::size_t rows_left_out() const { return rows_left_out_; }

  [[nodiscard]] bool has(std::string_view column) const;
  /// The column as text; empty cells for a column that is not there.
  [[nodiscard]] std::vector<std::string> texts(std::string_view column) const;
  /// The column as numbers; NaN where a cell is none and for a column that is not there.
  [[nodiscard]] std::vector<double> numbers(std::string_view column) const;

 private:
  [[nodiscard]] std::size_t place_of(std::string_view column) const;

  std::vector<std::string> columns_;
  std::vector<std::string> cells_;  // row after row
  std::size_t rows_ = 0;
  std::size_t rows_left_out_ = 0;
};

}  // namespace marrow::io
