// SPDX-License-Identifier: BSD-3-Clause
// course_table SCENARIO FIRST LAST: one CSV row per seed, for deriving the bounds of course_test.
// Run it under mpirun: each rank takes every n-th seed.

#include "tests/scenarios/course.hpp"

#include <fmt/format.h>
#include <mpi.h>

#include <cstdlib>

namespace {

std::string text(const std::optional<double>& value) {
  return value ? fmt::format("{:.1f}", *value) : "never";
}

}  // namespace

int main(int argument_count, char** arguments) {
  MPI_Init(&argument_count, &arguments);
  if (argument_count != 4) {
    fmt::print(stderr, "usage: course_table SCENARIO FIRST_SEED LAST_SEED\n");
    MPI_Finalize();
    return 2;
  }
  int rank = 0;
  int ranks = 1;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &ranks);
  if (rank == 0) {
    fmt::print(
        "seed,half_attack,below_10,low_counts,diagnosis,low_cellularity,extinct,pr,cr,half_life,"
        "plateau,lowest,final,mean,sd,slope,divisions,anc,plt,hb,cell,hla_dx,hla_cr\n");
  }
  for (long seed = std::atol(arguments[2]) + rank; seed <= std::atol(arguments[3]); seed += ranks) {
    const auto c = marrow::testing::run_course(
        marrow::testing::shipped_scenario(arguments[1], static_cast<std::uint64_t>(seed)));
    fmt::print(
        "{},{},{},{},{},{},{},{},{},{},{:.1f},{:.4f},{:.4f},{:.4f},{:.4f},{:.5f},{:.0f},{:.3f},{:."
        "1f},"
        "{:.1f},{:.3f},{:.3f},{:.4f}\n",
        c.seed, text(c.half_attack_d), text(c.niches_below_10_d), text(c.low_counts_d),
        text(c.diagnosis_d), text(c.low_cellularity_d), text(c.normals_extinct_d),
        text(c.partial_response_d), text(c.complete_response_d), text(c.tcell_half_life_d),
        c.tcell_plateau_per_mm3, c.lowest_occupancy, c.final_occupancy, c.mean_occupancy,
        c.sd_occupancy, c.slope_per_y, c.divisions_per_y, c.final_neutrophils, c.final_platelets,
        c.final_hemoglobin, c.final_cellularity, c.hla_lacking_stem_at_diagnosis,
        c.hla_lacking_at_complete_response);
    std::fflush(stdout);
  }
  MPI_Finalize();
}
