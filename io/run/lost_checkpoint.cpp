// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_paths.hpp"
#include "io/run/status.hpp"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace marrow::io {
namespace {

/// The first rows of series.csv, at most `most`: lines that begin with their hour.
std::vector<std::string> first_rows(const std::filesystem::path& series, std::size_t most) {
  std::ifstream file(series);
  std::vector<std::string> rows;
  for (std::string line; rows.size() < most && std::getline(file, line);) {
    if (!line.empty() && std::isdigit(static_cast<unsigned char>(line[0])) != 0) {
      rows.push_back(line);
    }
  }
  return rows;
}

}  // namespace

std::string trace_of_checkpoint(const std::filesystem::path& directory) {
  const RunPaths paths(directory);
  std::ifstream file(paths.status());
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  try {
    const RunStatus status = parse_status(text);
    if (!status.last_good_checkpoint) return {};
    return fmt::format("{} speaks of one of hour {}", paths.status().string(),
                       *status.last_good_checkpoint);
  } catch (const Failure&) {
    // The row of the start is written before any checkpoint, as comments and names are.
    if (first_rows(paths.series(), 2).size() < 2) return {};
    return fmt::format(
        "{} holds rows, and {}, which would tell whether there was one, is missing "
        "or cannot be read",
        paths.series().string(), paths.status().string());
  }
}

std::string trace_of_branch(const std::filesystem::path& directory) {
  const RunPaths paths(directory);
  const std::vector<std::string> rows = first_rows(paths.series(), 1);
  if (rows.empty()) return {};
  const std::string hour = rows[0].substr(0, rows[0].find(','));
  if (hour == "0") return {};
  return fmt::format(
      "{} begins at hour {}, and {}, which would tell from which checkpoint, is "
      "missing or cannot be read",
      paths.series().string(), hour, paths.provenance().string());
}

}  // namespace marrow::io
