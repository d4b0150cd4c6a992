// SPDX-License-Identifier: BSD-3-Clause
#include "io/run/run_paths.hpp"
#include "io/run/status.hpp"

#include <fmt/format.h>

#include <cctype>
#include <fstream>
#include <iterator>

namespace marrow::io {
namespace {

/// The row of the start is written before any checkpoint, as comments and names are.
bool has_rows_after_the_first(const std::filesystem::path& series) {
  std::ifstream file(series);
  int rows = 0;
  for (std::string line; rows < 2 && std::getline(file, line);) {
    if (!line.empty() && std::isdigit(static_cast<unsigned char>(line[0])) != 0) ++rows;
  }
  return rows >= 2;
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
    if (!has_rows_after_the_first(paths.series())) return {};
    return fmt::format(
        "{} holds rows, and {}, which would tell whether there was one, is missing "
        "or cannot be read",
        paths.series().string(), paths.status().string());
  }
}

}  // namespace marrow::io
