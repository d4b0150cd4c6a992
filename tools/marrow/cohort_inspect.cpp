// SPDX-License-Identifier: BSD-3-Clause
// `marrow inspect` of the directory of a cohort: which rows are there and whole. Works without MPI.

#include "io/cohort/cohort_file.hpp"
#include "io/cohort/records.hpp"
#include "io/file/files.hpp"
#include "io/run/run_paths.hpp"
#include "io/run/wording.hpp"
#include "io/text/delimited_text.hpp"
#include "tools/marrow/commands.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

namespace marrow::tool {
namespace {

namespace fs = std::filesystem;

std::string arm_line(const io::CohortPlan& plan, const io::Records& records, std::size_t arm) {
  std::int64_t finished = 0;
  std::int64_t failed = 0;
  for (const auto& [task, cells] : records.rows) {
    if (task % std::ssize(plan.arms) != static_cast<std::int64_t>(arm)) continue;
    (cells[3] == "failed" ? failed : finished) += 1;
  }
  return fmt::format("  {:<20} {:>9} finished {:>7} failed {:>9} missing\n", plan.arms[arm].name,
                     io::with_thousands(finished), io::with_thousands(failed),
                     io::with_thousands(plan.patients - finished - failed));
}

/// What the table holds against what was recorded; the records decide.
std::string table_line(const io::RunPaths& paths, const io::CohortPlan& plan,
                       const io::Records& records, bool& good) {
  std::error_code error;
  const std::int64_t rows = plan.patients * std::ssize(plan.arms);
  if (!fs::exists(paths.table_csv(), error)) {
    return std::ssize(records.rows) < rows
               ? "  no table yet: it is written when no row is missing\n"
               : "  no table: --resume writes it\n";
  }
  const io::DelimitedText table(io::read_file_text(paths.table_csv()));
  const bool whole = table.rows_left_out() == 0 &&
                     std::ssize(records.rows) >= static_cast<std::int64_t>(table.rows());
  good = good && whole;
  return fmt::format("  cohort.csv: {}{}\n",
                     io::counted(static_cast<std::int64_t>(table.rows()), "row"),
                     whole ? "" : "; it does not go with the records: --resume writes it again");
}

}  // namespace

bool is_cohort_directory(const std::string& path) {
  std::error_code error;
  return fs::exists(io::RunPaths(path).cohort(), error);
}

ExitCode inspect_cohort(const std::string& path) {
  const io::RunPaths paths(path);
  const auto cohort = io::cohort_or_throw(io::read_cohort_in(path));
  const io::CohortPlan& plan = cohort->plan();
  io::Records records;
  io::read_records(path, plan, records);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().filename().string().starts_with("share_")) {
      io::read_records(entry.path(), plan, records);
    }
  }
  bool good = records.damaged == 0 && records.notes.empty();
  std::string text =
      fmt::format("'{}': cohort {}, {} in {}\n", path, plan.name,
                  io::counted(plan.patients, "patient"), io::counted(std::ssize(plan.arms), "arm"));
  for (std::size_t arm = 0; arm < plan.arms.size(); ++arm) text += arm_line(plan, records, arm);
  text += table_line(paths, plan, records, good);
  if (records.damaged > 0) {
    text += fmt::format("  {} torn or damaged: --resume computes their patients again\n",
                        io::counted(records.damaged, "row"));
  }
  for (const std::string& note : records.notes) text += "  " + note + '\n';
  std::cout << text;
  return good ? ExitCode::finished : ExitCode::no_usable_checkpoint;
}

}  // namespace marrow::tool
