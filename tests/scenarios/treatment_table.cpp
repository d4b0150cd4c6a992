// SPDX-License-Identifier: BSD-3-Clause
// treatment_table SCENARIO FIRST LAST [PATH=VALUE ...]: what each seed does, for the numbers in the
// headers of the scenarios and the bounds of treatment_test. Run it under mpirun.

#include "tests/scenarios/treatment_course.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <cstdlib>

namespace {

using marrow::testing::Quarter;
using marrow::testing::TreatedCourse;

std::string text(const std::optional<double>& day) {
  return day ? fmt::format("{:.0f}", *day) : "-";
}

void print(const TreatedCourse& c) {
  fmt::print(
      "seed {:3}: diagnosis {}, severe {}, PR {}, CR {}, relapse {}, HLA- {:.3f}, least "
      "{:.4f}, infused {:.0f}; events",
      c.seed, text(c.diagnosis_d), text(c.severe_d), text(c.partial_response_d),
      text(c.complete_response_d), text(c.relapse_d), c.hla_lacking_at_response, c.lowest_stem,
      c.stem_infused);
  for (std::size_t i = 0; i < c.event_d.size(); ++i) {
    fmt::print(" {}", c.event_skipped[i] ? "skipped" : text(c.event_d[i]));
  }
  fmt::print("; end {:.0f}\n", c.end_d);
  const auto row = [&c](const char* name, double Quarter::*what) {
    fmt::print("  {:8}", name);
    for (const Quarter& q : c.at) fmt::print(" {:6.3f}", q.*what);
    fmt::print(" | {:6.3f}\n", c.end.*what);
  };
  row("stem", &Quarter::stem);
  row("founder", &Quarter::founder);
  row("attack", &Quarter::attack);
  row("kills", &Quarter::kills);
  row("ANC", &Quarter::neutrophils_1e9_per_l);
}

}  // namespace

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  if (argument_count < 4) {
    fmt::print(stderr, "usage: treatment_table SCENARIO FIRST_SEED LAST_SEED [PATH=VALUE ...]\n");
    MPI_Finalize();
    return 2;
  }
  const std::vector<std::string> settings(arguments + 4, arguments + argument_count);
  const auto courses =
      marrow::testing::treated(arguments[1], settings, std::strtoull(arguments[2], nullptr, 10),
                               std::strtoull(arguments[3], nullptr, 10));
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (const TreatedCourse& course : courses) {
    if (rank == 0) print(course);
  }
  MPI_Finalize();
}
