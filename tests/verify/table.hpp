// SPDX-License-Identifier: BSD-3-Clause
// The rows of the suite as text, and the files of a finished suite. No times, no ranks: the same
// files come out of every run. Test code.
#pragma once

#include "tests/verify/verifier.hpp"

#include <filesystem>
#include <span>
#include <string>

namespace marrow::verify {

/// Shortest of at most `digits` significant digits; "-" for NaN.
std::string number_text(double value, int digits = 6);

/// One line for a terminal.
std::string terminal_line(const Row& row);
/// All rows as a table for people, six digits a number.
std::string markdown(std::span<const Row> rows);
/// All rows with 12 digits a number.
std::string csv(std::span<const Row> rows);

/// Writes one file into a directory, which is made where it is missing. Throws Failure(files).
void write_text(const std::filesystem::path& directory, const std::string& name,
                const std::string& text);
/// Removes what write_files left there: table.md, table.csv, and every curves/*.csv that begins as
/// a curve does. Throws Failure(files).
void remove_files(const std::filesystem::path& directory);
/// Writes table.md, table.csv and curves/<name>.csv. Throws Failure(files).
void write_files(const std::filesystem::path& directory, std::span<const Row> rows,
                 std::span<const Curve> curves);

}  // namespace marrow::verify
