// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/table.hpp"

#include "core/model/failure.hpp"

#include <cmath>
#include <cstdio>
#include <fstream>

namespace marrow::verify {
namespace {

std::string samples_text(const Row& row) {
  return row.samples > 0 ? std::to_string(row.samples) : "-";
}

const char* verdict(const Row& row) { return row.passed ? "pass" : "FAIL"; }

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

/// A bar would end the cell.
std::string cell(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '|' ? "\\|" : std::string(1, c);
  return out;
}

const std::string curve_begins = "# x: ";

bool is_curve(const std::filesystem::path& file) {
  std::string line;
  std::getline(std::ifstream(file), line);
  return line.starts_with(curve_begins);
}

std::string curve_csv(const Curve& curve) {
  std::string out = curve_begins + curve.x_label + (curve.log_x ? " (log)" : "") + '\n';
  out += "# y: " + curve.y_label + (curve.log_y ? " (log)" : "") + '\n';
  out += "line,kind,x,y\n";
  for (const Curve::Line& line : curve.lines) {
    for (std::size_t i = 0; i < line.x.size(); ++i) {
      out += quoted(line.name) + (line.theory ? ",theory," : ",measured,") +
             number_text(line.x[i], 12) + ',' + number_text(line.y[i], 12) + '\n';
    }
  }
  return out;
}

}  // namespace

std::string number_text(double value, int digits) {
  if (std::isnan(value)) return "-";
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", digits, value);
  return text;
}

std::string terminal_line(const Row& row) {
  std::string line = std::string(verdict(row)) + "  " + row.section + "  " + row.check + " (" +
                     row.conditions + "): " + number_text(row.measured);
  if (!std::isnan(row.standard_error)) line += " +- " + number_text(row.standard_error, 2);
  if (!std::isnan(row.theory)) line += ", theory " + number_text(row.theory);
  if (!std::isnan(row.deviation)) {
    line += (row.has_z() ? ", z " : ", off by ") + number_text(row.deviation, 3);
  }
  return line + "  [" + row.rule + "]";
}

std::string markdown(std::span<const Row> rows) {
  std::string out =
      "| section | check | conditions | theory | measured | standard error | samples | z or "
      "relative difference | rule | verdict |\n|---|---|---|---|---|---|---|---|---|---|\n";
  for (const Row& row : rows) {
    out += "| " + row.section + " | " + cell(row.check) + " | " + cell(row.conditions) + " | " +
           number_text(row.theory) + " | " + number_text(row.measured) + " | " +
           number_text(row.standard_error, 3) + " | " + samples_text(row) + " | " +
           number_text(row.deviation, 3) + " | " + cell(row.rule) + " | " + verdict(row) + " |\n";
  }
  return out;
}

std::string csv(std::span<const Row> rows) {
  std::string out =
      "section,check,conditions,theory,measured,standard_error,samples,deviation,rule,verdict\n";
  for (const Row& row : rows) {
    out += row.section + ',' + quoted(row.check) + ',' + quoted(row.conditions) + ',' +
           number_text(row.theory, 12) + ',' + number_text(row.measured, 12) + ',' +
           number_text(row.standard_error, 12) + ',' + samples_text(row) + ',' +
           number_text(row.deviation, 12) + ',' + quoted(row.rule) + ',' + verdict(row) + '\n';
  }
  return out;
}

void write_text(const std::filesystem::path& directory, const std::string& name,
                const std::string& text) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::ofstream out(directory / name, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw Failure(ExitCode::files, "cannot write '" + (directory / name).string() + "'");
}

void remove_files(const std::filesystem::path& directory) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<fs::path> old = {directory / "table.md", directory / "table.csv"};
  for (const fs::directory_entry& entry : fs::directory_iterator(directory / "curves", error)) {
    if (entry.path().extension() == ".csv" && is_curve(entry.path())) old.push_back(entry.path());
  }
  for (const fs::path& file : old) {
    fs::remove(file, error);
    if (error) throw Failure(ExitCode::files, "cannot remove '" + file.string() + "'");
  }
}

void write_files(const std::filesystem::path& directory, std::span<const Row> rows,
                 std::span<const Curve> curves) {
  write_text(directory, "table.md", markdown(rows));
  write_text(directory, "table.csv", csv(rows));
  for (const Curve& curve : curves) {
    write_text(directory / "curves", curve.name + ".csv", curve_csv(curve));
  }
}

}  // namespace marrow::verify
