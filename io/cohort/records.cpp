// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/records.hpp"

#include "core/model/failure.hpp"
#include "io/file/files.hpp"
#include "io/text/delimited_text.hpp"
#include "io/text/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

constexpr const char* hash_column = "row_hash";

std::string hash_of(std::span<const std::string> cells) {
  SeriesHash hash;
  hash.add(csv_row(cells));
  return fmt::format("{:016x}", hash.value());
}

std::vector<std::string> record_columns(std::span<const TableColumn> columns) {
  std::vector<std::string> names;
  for (const TableColumn& column : columns) names.push_back(column.name);
  names.emplace_back(hash_column);
  return names;
}

/// The task of a row that is whole and belongs to the plan.
std::optional<std::int64_t> task_in(const CohortPlan& plan, const std::vector<std::string>& cells) {
  const ParsedInteger patient = parse_integer(cells[0]);
  const auto arm = std::ranges::find(plan.arms, cells[1], &CohortArm::name);
  if (patient.fault != NumberFault::none || arm == plan.arms.end()) return std::nullopt;
  if (patient.value < 1 || patient.value > plan.patients) return std::nullopt;
  return task_of(plan, patient.value, static_cast<std::size_t>(arm - plan.arms.begin()));
}

void read_file_into(const fs::path& file, const CohortPlan& plan,
                    const std::vector<std::string>& expected, Records& records) {
  const DelimitedText table(read_file_text(file));
  if (table.columns() != expected) {
    if (!table.columns().empty()) {
      records.notes.push_back(
          fmt::format("'{}' has other columns than this program writes: its "
                      "patients are computed again",
                      file.string()));
    }
    return;
  }
  records.damaged += static_cast<std::int64_t>(table.rows_left_out());
  std::vector<std::vector<std::string>> by_column;
  for (const std::string& name : expected) by_column.push_back(table.texts(name));
  for (std::size_t row = 0; row < table.rows(); ++row) {
    std::vector<std::string> cells;
    for (const auto& column : by_column) cells.push_back(column[row]);
    const std::string hash = cells.back();
    cells.pop_back();
    if (hash != hash_of(cells)) {
      ++records.damaged;
    } else if (const auto task = task_in(plan, cells)) {
      records.rows.emplace(*task, std::move(cells));
    }
  }
}

}  // namespace

RecordWriter::RecordWriter(fs::path file, std::vector<TableColumn> columns)
    : file_(std::move(file)), columns_(std::move(columns)) {}

bool RecordWriter::append(const std::vector<std::string>& cells) {
  waiting_.push_back(cells);
  waiting_.back().push_back(hash_of(cells));
  for (std::string& cell : waiting_.back()) {
    std::ranges::replace(cell, '\n', ' ');
    std::ranges::replace(cell, '\r', ' ');
  }
  try {
    if (!writer_) {
      writer_.emplace(SeriesWriter::create(file_, {}, record_columns(columns_)));
    }
    for (const auto& row : waiting_) writer_->append(row);
    waiting_.clear();
    writer_->sync();
  } catch (const Failure& failure) {
    trouble_ = failure.what();
    return false;
  }
  trouble_.clear();
  return true;
}

std::int64_t RecordWriter::pending() const {
  return std::ssize(waiting_) + (writer_ ? writer_->pending() : 0);
}

std::int64_t task_of(const CohortPlan& plan, std::int64_t patient, std::size_t arm) {
  return (patient - 1) * std::ssize(plan.arms) + static_cast<std::int64_t>(arm);
}

void read_records(const fs::path& directory, const CohortPlan& plan, Records& records) {
  const std::vector<TableColumn> columns = table_columns(plan);
  const std::vector<std::string> expected = record_columns(columns);
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory / "records", error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".csv") files.push_back(entry->path());
  }
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    try {
      read_file_into(file, plan, expected, records);
    } catch (const Failure& failure) {
      records.notes.emplace_back(failure.what());
    }
  }
}

}  // namespace marrow::io
