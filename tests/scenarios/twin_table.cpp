// SPDX-License-Identifier: BSD-3-Clause
// Prints what the non-spatial twin does: mean, spread and quantiles over seeds for the first three
// scenarios. usage: twin_table [runs]
#include "tests/scenarios/twin.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <optional>
#include <vector>

namespace {

using marrow::testing::TwinCourse;
using Value = std::function<std::optional<double>(const TwinCourse&)>;

struct Row {
  const char* name;
  Value value;
};

double quantile(const std::vector<double>& sorted, double share) {
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto low = static_cast<std::size_t>(place);
  const std::size_t high = std::min(low + 1, sorted.size() - 1);
  return sorted[low] + (place - static_cast<double>(low)) * (sorted[high] - sorted[low]);
}

void print_row(const Row& row, const std::vector<TwinCourse>& courses) {
  std::vector<double> values;
  for (const TwinCourse& course : courses) {
    if (const auto v = row.value(course)) values.push_back(*v);
  }
  if (values.empty()) {
    std::printf("  %-44s %5d\n", row.name, 0);
    return;
  }
  std::sort(values.begin(), values.end());
  double sum = 0, squares = 0;
  for (const double v : values) sum += v;
  const auto n = static_cast<double>(values.size());
  const double mean = sum / n;
  for (const double v : values) squares += (v - mean) * (v - mean);
  const double sd = n > 1 ? std::sqrt(squares / (n - 1)) : 0.0;
  std::printf("  %-44s %5zu %10.4g %10.3g %10.4g %10.4g %10.4g\n", row.name, values.size(), mean,
              sd, quantile(values, 0.05), quantile(values, 0.5), quantile(values, 0.95));
}

/// Runs with an attack only: two founding T cells die out now and then.
void print_table(const marrow::Parameters& parameters, int runs, const std::vector<Row>& rows) {
  std::vector<TwinCourse> courses;
  int failed = 0;
  for (int seed = 1; seed <= runs; ++seed) {
    const TwinCourse course =
        marrow::testing::run_twin(parameters, static_cast<std::uint64_t>(seed));
    if (parameters.tcells.trigger && !course.attack_took_hold) {
      ++failed;
    } else {
      courses.push_back(course);
    }
  }
  std::printf("%s: %d runs", parameters.scenario.name.c_str(), runs);
  if (parameters.tcells.trigger) std::printf(", %d of them without an attack (left out)", failed);
  std::printf("\n  %-44s %5s %10s %10s %10s %10s %10s\n", "", "runs", "mean", "sd", "5 %", "50 %",
              "95 %");
  for (const Row& row : rows) print_row(row, courses);
  std::printf("\n");
}

std::optional<double> after(const std::optional<double>& later,
                            const std::optional<double>& earlier) {
  if (!later || !earlier) return std::nullopt;
  return *later - *earlier;
}

const std::vector<Row> steady_rows = {
    {"occupancy, mean after year 1", [](const TwinCourse& c) { return c.mean_occupancy; }},
    {"occupancy, sd in time", [](const TwinCourse& c) { return c.sd_occupancy; }},
    {"occupancy, slope per year", [](const TwinCourse& c) { return c.occupancy_slope_per_y; }},
    {"occupancy, lowest hour", [](const TwinCourse& c) { return c.lowest_occupancy; }},
    {"divisions per year", [](const TwinCourse& c) { return c.divisions_per_y; }},
    {"neutrophils at the end (1e9/L)", [](const TwinCourse& c) { return c.final_neutrophils; }},
};

const std::vector<Row> disease_rows = {
    {"A = 0.5 (d after trigger)", [](const TwinCourse& c) { return c.half_attack_d; }},
    {"live niches < 10 % (d)", [](const TwinCourse& c) { return c.niches_below_10_d; }},
    {"cellularity < 25 % (d)", [](const TwinCourse& c) { return c.low_marrow_d; }},
    {"2 of 3 counts low (d)", [](const TwinCourse& c) { return c.low_counts_d; }},
    {"SAA diagnosis (d)", [](const TwinCourse& c) { return c.diagnosis_d; }},
    {"cellularity < 15 % (d)", [](const TwinCourse& c) { return c.below_15_percent_d; }},
    {"normal stem cells extinct (d)", [](const TwinCourse& c) { return c.normals_extinct_d; }},
    {"T cells, largest (/mm3)", [](const TwinCourse& c) { return c.tcell_plateau_per_mm3; }},
    {"T cells, half-life after extinction (d)",
     [](const TwinCourse& c) { return c.tcell_half_life_d; }},
    {"occupancy, lowest", [](const TwinCourse& c) { return c.lowest_occupancy; }},
    {"occupancy at the end", [](const TwinCourse& c) { return c.final_occupancy; }},
    {"neutrophils at the end (1e9/L)", [](const TwinCourse& c) { return c.final_neutrophils; }},
};

std::vector<Row> response_rows() {
  std::vector<Row> rows = disease_rows;
  const auto if_diagnosed = [](double TwinCourse::*member) {
    return [member](const TwinCourse& c) -> std::optional<double> {
      if (!c.diagnosis_d) return std::nullopt;
      return c.*member;
    };
  };
  rows.push_back({"HLA-lacking share of stem cells at diagnosis",
                  if_diagnosed(&TwinCourse::hla_lacking_stem_at_diagnosis)});
  rows.push_back({"HLA-lacking share of progenitors at diagnosis",
                  if_diagnosed(&TwinCourse::hla_lacking_progenitors_at_diagnosis)});
  rows.push_back({"PR, first day of window (d after diagnosis)",
                  [](const TwinCourse& c) { return after(c.partial_response_d, c.diagnosis_d); }});
  rows.push_back({"CR, first day of window (d after diagnosis)",
                  [](const TwinCourse& c) { return after(c.complete_response_d, c.diagnosis_d); }});
  rows.push_back({"HLA-lacking share at PR", [](const TwinCourse& c) -> std::optional<double> {
                    if (!c.partial_response_d) return std::nullopt;
                    return c.hla_lacking_at_pr;
                  }});
  rows.push_back({"HLA-lacking share at CR", [](const TwinCourse& c) -> std::optional<double> {
                    if (!c.complete_response_d) return std::nullopt;
                    return c.hla_lacking_at_cr;
                  }});
  rows.push_back({"relapse (d after trigger)", [](const TwinCourse& c) { return c.relapse_d; }});
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::atoi(argv[1]) : 200;
  if (runs < 1) {
    std::fprintf(stderr, "twin_table: '%s' is not a number of runs; give 1 or more\n", argv[1]);
    return 2;
  }
  print_table(marrow::testing::healthy_adult(), runs, steady_rows);
  print_table(marrow::testing::saa_untreated(), runs, disease_rows);
  print_table(marrow::testing::protective_clone_remission(), runs, response_rows());
  return 0;
}
