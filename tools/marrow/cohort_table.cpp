// SPDX-License-Identifier: BSD-3-Clause
#include "tools/marrow/cohort_table.hpp"

#include "core/model/failure.hpp"
#include "io/checkpoint/column_file.hpp"
#include "io/cohort/table.hpp"
#include "io/file/files.hpp"
#include "io/text/delimited_text.hpp"
#include "io/text/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <system_error>

namespace marrow::tool {
namespace {

namespace fs = std::filesystem;

double number_in(const std::string& cell) {
  const io::ScannedNumber parsed = io::parse_number(cell);
  return parsed.fault == io::NumberFault::none ? parsed.value
                                               : std::numeric_limits<double>::quiet_NaN();
}

std::size_t place_of(const std::vector<io::TableColumn>& columns, const std::string& name) {
  const auto found = std::ranges::find(columns, name, &io::TableColumn::name);
  return static_cast<std::size_t>(found - columns.begin());
}

void write_column(io::ColumnFile& file, std::size_t column, bool numbers, std::size_t first,
                  const std::vector<std::string>& cells) {
  if (!numbers) return file.write(column, first, cells);
  std::vector<double> values;
  for (const std::string& cell : cells) values.push_back(number_in(cell));
  file.write(column, first, values);
}

std::size_t widest(const std::vector<std::string>& cells) {
  std::size_t width = 1;
  for (const std::string& cell : cells) width = std::max(width, cell.size());
  return width;
}

void write_table(io::ColumnFile& file, const std::vector<io::TableColumn>& columns,
                 std::span<const io::TableRow> rows) {
  for (std::size_t c = 0; c < columns.size(); ++c) {
    std::vector<std::string> cells;
    for (const io::TableRow& row : rows) cells.push_back(row.cells[c]);
    const std::size_t width = columns[c].number ? 0 : widest(cells);
    const std::size_t column =
        file.column("/table", columns[c].name, columns[c].text, cells.size(), width);
    write_column(file, column, columns[c].number, 0, cells);
  }
}

/// The series of one row, where it was recorded: by this start, an earlier one, or a share.
std::optional<io::DelimitedText> series_of(const io::RunPaths& paths, const io::TableRow& row) {
  const std::int64_t patient = static_cast<std::int64_t>(number_in(row.cells[0]));
  std::vector<fs::path> places = {paths.root};
  std::error_code error;
  for (fs::directory_iterator entry(paths.root, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().filename().string().starts_with("share_")) places.push_back(entry->path());
  }
  for (const fs::path& place : places) {
    const fs::path file = series_file(io::RunPaths(place), patient, row.cells[1]);
    if (fs::exists(file, error)) return io::DelimitedText(io::read_file_text(file));
  }
  return std::nullopt;
}

bool is_words(const std::string& column) {
  return column == "clinical_state" || column == "therapy" || column == "digest";
}

/// Widths of the texts and the number of rows of all series, then their values.
class SeriesColumns {
 public:
  void measure(const io::DelimitedText& series) {
    if (names_.empty()) names_ = series.columns();
    widths_.resize(names_.size(), 1);
    for (std::size_t c = 0; c < names_.size(); ++c) {
      if (is_words(names_[c])) widths_[c] = std::max(widths_[c], widest(series.texts(names_[c])));
    }
    rows_ += series.rows();
  }

  void open(io::ColumnFile& file) {
    row_ = file.column("/series", "row", "row of the table, from 0", rows_, 0);
    for (std::size_t c = 0; c < names_.size(); ++c) {
      columns_.push_back(file.column("/series", names_[c], "as in the series of a run", rows_,
                                     is_words(names_[c]) ? widths_[c] : 0));
    }
  }

  void write(io::ColumnFile& file, const io::DelimitedText& series, std::size_t table_row) {
    const std::vector<double> owner(series.rows(), static_cast<double>(table_row));
    file.write(row_, first_, owner);
    for (std::size_t c = 0; c < names_.size(); ++c) {
      write_column(file, columns_[c], !is_words(names_[c]), first_, series.texts(names_[c]));
    }
    first_ += series.rows();
  }

 private:
  std::vector<std::string> names_;
  std::vector<std::size_t> widths_;
  std::size_t rows_ = 0;
  std::size_t row_ = 0;
  std::vector<std::size_t> columns_;
  std::size_t first_ = 0;
};

void write_series(io::ColumnFile& file, const io::RunPaths& paths,
                  std::span<const io::TableRow> rows) {
  SeriesColumns columns;
  for (const io::TableRow& row : rows) {
    if (const auto series = series_of(paths, row)) columns.measure(*series);
  }
  columns.open(file);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const auto series = series_of(paths, rows[i])) columns.write(file, *series, i);
  }
}

}  // namespace

std::string scale_of_rows(const io::CohortPlan& plan, const io::Records& records) {
  const std::size_t place = place_of(io::table_columns(plan), "real_cells_per_niche");
  double lowest = std::numeric_limits<double>::infinity();
  double highest = 0.0;
  for (const auto& [task, cells] : records.rows) {
    if (cells[place].empty()) continue;
    lowest = std::min(lowest, number_in(cells[place]));
    highest = std::max(highest, number_in(cells[place]));
  }
  if (!(highest > 0.0)) return "scale: N_real/K is not known, as no patient was finished";
  const std::string range =
      lowest == highest ? io::format_rounded(lowest, 6)
                        : io::format_rounded(lowest, 6) + " to " + io::format_rounded(highest, 6);
  return "scale: N_real/K = " + range + "; one niche stands for that many stem cells";
}

fs::path series_file(const io::RunPaths& paths, std::int64_t patient, const std::string& arm) {
  return paths.patient_series() / fmt::format("p{:06}_{}.csv", patient, arm);
}

void write_cohort_tables(const io::RunPaths& paths, const io::CohortPlan& plan,
                         const std::vector<std::string>& comments,
                         std::span<const io::TableRow> rows) {
  const std::vector<io::TableColumn> columns = io::table_columns(plan);
  io::replace_file_text(paths.table_csv(), io::table_csv(comments, columns, rows));
  io::ColumnFile file(paths.table_h5());
  std::string text;
  for (const std::string& comment : comments) text += (text.empty() ? "" : "\n") + comment;
  file.group("/table", text);
  write_table(file, columns, rows);
  if (plan.series_every_h) {
    file.group("/series", "series of all patients one after the other, by row of the table");
    write_series(file, paths, rows);
  }
  file.finish();
}

}  // namespace marrow::tool
