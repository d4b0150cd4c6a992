// SPDX-License-Identifier: BSD-3-Clause
// natural_table SCENARIO FIRST LAST [PATH=VALUE ...]: what each seed does, for the numbers in the
// headers of the scenarios and the bounds of natural_history_test. Run it under mpirun.

#include "tests/scenarios/natural_course.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <cstdlib>

namespace {

using marrow::testing::NaturalCourse;

std::string text(const std::optional<double>& day) {
  return day ? fmt::format("{:.0f}", *day) : "-";
}

void print(const NaturalCourse& c) {
  fmt::print(
      "seed {:3}: moderate {} severe {} PR {} CR {} death {} ({}) PNH {} evolution {}; below 10 % "
      "{}, T cells seen {} peak {:.0f} on {:.0f}; founder 10 % {} 50 % {} patchiness {:.2f}; "
      "occupancy least {:.4f} late {:.4f} end {:.4f}; cellularity {:.3f} ANC {:.3f} plt {:.1f} Hb "
      "{:.1f}; clones>1% {:.0f} largest {:.3f} all {:.3f}; days {:.0f}; start",
      c.seed, text(c.moderate_d), text(c.diagnosis_d), text(c.partial_response_d),
      text(c.complete_response_d), text(c.death_d), text(c.death_from_trigger_d), text(c.pnh_d),
      text(c.evolution_d), text(c.below_10_d), text(c.tcells_seen_d), c.tcell_peak_per_mm3,
      c.tcell_peak_d, text(c.founder_tenth_d), text(c.founder_half_d), c.founder_patchiness,
      c.lowest_occupancy, c.late_occupancy, c.end_occupancy, c.end_cellularity, c.end_neutrophils,
      c.end_platelets, c.end_hemoglobin, c.clones_above_1_percent, c.largest_clone, c.all_clones,
      c.days);
  for (const double share : c.founder_start) fmt::print(" {:.4f}", share);
  fmt::print(" end");
  for (const double share : c.founder_end) fmt::print(" {:.4f}", share);
  fmt::print("; days 7 14 21: occupancy {:.4f} {:.4f} {:.4f} cellularity {:.3f} {:.3f} {:.3f}\n",
             c.occupancy[7], c.occupancy[14], c.occupancy[21], c.cellularity[7], c.cellularity[14],
             c.cellularity[21]);
}

}  // namespace

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  if (argument_count < 4) {
    fmt::print(stderr, "usage: natural_table SCENARIO FIRST_SEED LAST_SEED [PATH=VALUE ...]\n");
    MPI_Finalize();
    return 2;
  }
  const std::vector<std::string> settings(arguments + 4, arguments + argument_count);
  const auto courses =
      marrow::testing::natural(arguments[1], settings, std::strtoull(arguments[2], nullptr, 10),
                               std::strtoull(arguments[3], nullptr, 10));
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  for (const NaturalCourse& course : courses) {
    if (rank == 0) print(course);
  }
  MPI_Finalize();
}
