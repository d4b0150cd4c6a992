// SPDX-License-Identifier: BSD-3-Clause
// Finished patients on disk, as they come: each start of a cohort and group of ranks appends to a
// file of its own, one durable row per patient and arm with a hash of the row. A row that was torn
// or damaged does not count, and its patient is computed again.
#pragma once

#include "io/cohort/table.hpp"
#include "io/run/series.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

/// Appends rows. A full disk keeps rows in memory and is tried again with the next.
class RecordWriter {
 public:
  /// The file is made with the first row.
  RecordWriter(std::filesystem::path file, std::vector<TableColumn> columns);
  /// False when rows wait for the disk; `trouble` says why.
  bool append(const std::vector<std::string>& cells);
  [[nodiscard]] std::int64_t pending() const;
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  std::filesystem::path file_;
  std::vector<TableColumn> columns_;
  std::optional<SeriesWriter> writer_;
  std::vector<std::vector<std::string>> waiting_;  // while the file cannot even be made
  std::string trouble_;
};

/// What a directory of records holds: the rows by task, each once.
struct Records {
  std::map<std::int64_t, std::vector<std::string>> rows;
  std::int64_t damaged = 0;        // rows that do not count
  std::vector<std::string> notes;  // files with other columns, or that cannot be read
};
/// Adds those of `directory`/records. Rows of patients or arms that the plan does not have are left
/// out.
void read_records(const std::filesystem::path& directory, const CohortPlan& plan, Records& records);

/// The number of a row: patient by patient, arm by arm.
std::int64_t task_of(const CohortPlan& plan, std::int64_t patient, std::size_t arm);

}  // namespace marrow::io
