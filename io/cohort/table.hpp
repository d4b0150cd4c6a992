// SPDX-License-Identifier: BSD-3-Clause
// The table of a cohort: its columns, and the files that hold it. A row is a patient in an arm, as
// text; numbers are the shortest text that reads back to the same bits. io/cohort/README.md says
// what each column is.
#pragma once

#include "io/cohort/cohort_file.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

struct TableColumn {
  std::string name;
  bool number = true;  // or words
  std::string text;    // what it is
};

/// Names of the groups of columns that one examination fills, in their order: "diagnosis",
/// "response", then the endpoints.
std::vector<std::string> examinations(const CohortPlan& plan);
/// The columns of one examination, without its name: "examined_day", "alive", …
std::vector<TableColumn> examination_columns();
/// Those of a biopsy: "length_mm", …
std::vector<TableColumn> biopsy_columns();

std::vector<TableColumn> table_columns(const CohortPlan& plan);
/// The cells that identify a row and what was drawn: the first of every row, finished or failed.
std::vector<std::string> head_cells(const CohortPlan& plan, const VirtualPatient& patient,
                                    std::size_t arm, const std::string& failure);

/// One row, by its number: patient by patient from 0, arm by arm.
struct TableRow {
  std::int64_t task = 0;
  std::vector<std::string> cells;
};

/// The whole file: comments, header, rows.
std::string table_csv(const std::vector<std::string>& comments,
                      std::span<const TableColumn> columns, std::span<const TableRow> rows);

/// One line of comma-separated values (RFC 4180), with its end. Line breaks in a cell become
/// spaces.
std::string csv_row(std::span<const std::string> cells);

/// A unit as part of a column's name: "mm^3/h" -> "mm3_per_h", "/h" -> "per_h".
std::string unit_in_name(std::string_view unit);

}  // namespace marrow::io
