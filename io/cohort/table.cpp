// SPDX-License-Identifier: BSD-3-Clause
#include "io/cohort/table.hpp"

#include "core/observe/findings.hpp"
#include "io/scenario/value_text.hpp"
#include "io/text/number.hpp"

#include <algorithm>
#include <utility>

namespace marrow::io {
namespace {

bool is_number(ParameterType type) {
  return type == ParameterType::integer || type == ParameterType::number ||
         type == ParameterType::quantity || type == ParameterType::share ||
         type == ParameterType::flag;
}

TableColumn column_of(const CohortDraw& draw) {
  std::string name = draw.path;
  if (!draw.spec->units.empty()) name += "_" + unit_in_name(draw.spec->units.front());
  return {name, is_number(draw.spec->type), draw.spec->sentence};
}

std::string cell_of(const CohortDraw& draw, const Value& value) {
  if (std::holds_alternative<std::monostate>(value))
    return is_number(draw.spec->type) ? "" : "none";
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "1" : "0";
  if (const double* number = std::get_if<double>(&value)) return format_number(*number);
  const std::string text = format_value(*draw.spec, value);
  const bool quoted = text.size() >= 2 && text.front() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

void add(std::vector<TableColumn>& columns, std::string name, std::string text,
         bool number = true) {
  columns.push_back({std::move(name), number, std::move(text)});
}

}  // namespace

std::string unit_in_name(std::string_view unit) {
  std::string name;
  for (std::size_t i = 0; i < unit.size(); ++i) {
    const char c = unit[i];
    if (c == '/') {
      name += name.empty() ? "per_" : "_per_";
    } else if (unit.substr(i).starts_with("10^")) {
      name += "1e";
      i += 2;
    } else if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) {
      name += c;
    } else if (c == '*' || c == ' ') {
      name += '_';
    }
  }
  return name;
}

std::vector<std::string> examinations(const CohortPlan& plan) {
  std::vector<std::string> names = {"diagnosis", "response"};
  for (const CohortEndpoint& endpoint : plan.endpoints) names.push_back(endpoint.name);
  return names;
}

std::vector<TableColumn> examination_columns() {
  std::vector<TableColumn> columns;
  for (const std::string& name : finding_columns()) {
    add(columns, name, "as found on that day", name != "clinical_state");
    if (name != "examined_day") continue;
    columns.back().text = "day of the examination";
    add(columns, "alive", "1 alive, 0 dead");
    add(columns, "response", "1 in a partial or complete response, by the course");
    add(columns, "complete_response", "1 in a complete response, by the course");
  }
  return columns;
}

std::vector<TableColumn> biopsy_columns() {
  std::vector<TableColumn> columns;
  add(columns, "length_mm", "length of the core");
  add(columns, "cellularity", "hematopoietic share of the marrow of the section");
  add(columns, "cd34_per_mm2", "CD34+ cells of the section per mm2 of marrow");
  add(columns, "cd8_per_mm2", "CD8+ cells of the section per mm2 of marrow");
  add(columns, "stem_cells", "live stem cells in the whole core");
  add(columns, "hla_lacking_share", "of these, share that lacks the HLA allele");
  return columns;
}

std::vector<TableColumn> table_columns(const CohortPlan& plan) {
  std::vector<TableColumn> columns;
  add(columns, "patient", "number, from 1");
  add(columns, "arm", "name of the arm", false);
  add(columns, "seed", "scenario.seed of the patient");
  add(columns, "status", "finished, or failed", false);
  add(columns, "reason", "why it failed", false);
  for (const CohortDraw& draw : plan.draws) columns.push_back(column_of(draw));
  for (const CohortTrait& trait : plan.traits) add(columns, trait.name, "kind of patient", false);
  add(columns, "niches", "K, niches of the box");
  add(columns, "real_cells_per_niche", "N_real/K, the scale");
  for (const std::string& name : event_columns()) {
    add(columns, name, name == "transfusions" ? "in all" : "day of the first, from hour 0");
  }
  for (const std::string& examination : examinations(plan)) {
    for (TableColumn& column : examination_columns()) {
      column.name = examination + "_" + column.name;
      columns.push_back(std::move(column));
    }
    if (examination != "diagnosis" || !plan.biopsy) continue;
    for (TableColumn& column : biopsy_columns()) {
      column.name = "diagnosis_biopsy_" + column.name;
      columns.push_back(std::move(column));
    }
  }
  add(columns, "hours", "hours simulated");
  add(columns, "digest", "of the last state", false);
  return columns;
}

std::vector<std::string> head_cells(const CohortPlan& plan, const VirtualPatient& patient,
                                    std::size_t arm, const std::string& failure) {
  std::vector<std::string> cells = {std::to_string(patient.number), plan.arms[arm].name,
                                    std::to_string(patient.seed),
                                    failure.empty() ? "finished" : "failed", failure};
  for (std::size_t i = 0; i < plan.draws.size(); ++i) {
    cells.push_back(cell_of(plan.draws[i], patient.values[i]));
  }
  for (std::size_t t = 0; t < plan.traits.size(); ++t) {
    cells.push_back(plan.traits[t].kinds[patient.kinds[t]]);
  }
  return cells;
}

std::string csv_row(std::span<const std::string> cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += ',';
    const bool plain = cells[i].find_first_of(",\"\n\r") == std::string::npos;
    if (!plain) line += '"';
    for (const char c : cells[i])
      line += c == '"' ? "\"\"" : std::string(1, c == '\n' || c == '\r' ? ' ' : c);
    if (!plain) line += '"';
  }
  return line + '\n';
}

std::string table_csv(const std::vector<std::string>& comments,
                      std::span<const TableColumn> columns, std::span<const TableRow> rows) {
  std::string text;
  for (const std::string& comment : comments) text += "# " + comment + '\n';
  std::vector<std::string> names;
  for (const TableColumn& column : columns) names.push_back(column.name);
  text += csv_row(names);
  for (const TableRow& row : rows) text += csv_row(row.cells);
  return text;
}

}  // namespace marrow::io
