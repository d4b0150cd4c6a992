// SPDX-License-Identifier: BSD-3-Clause
// The dated course of a scenario as the lattice model runs it: what a hematologist would read off
// the series. Test code.
#pragma once

#include "core/model/parameters.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::testing {

/// Days count from the trigger (from the start without one); none: it never happened.
struct Course {
  std::uint64_t seed = 0;
  std::optional<double> half_attack_d;      // A >= 0.5
  std::optional<double> niches_below_10_d;  // live stem cells in fewer than 10 % of the niches
  std::optional<double> low_counts_d;       // 2 of 3 counts below the criteria of SAA
  std::optional<double> low_cellularity_d;  // cellularity < 15 %
  std::optional<double> diagnosis_d;
  std::optional<double> partial_response_d;  // both after the diagnosis
  std::optional<double> complete_response_d;
  std::optional<double> normals_extinct_d;
  std::optional<double>
      tcell_half_life_d;             // over 120 days, from 60 days after the last normal cell died
  double tcell_plateau_per_mm3 = 0;  // the largest
  double lowest_occupancy = 1;
  double final_occupancy = 0;
  double mean_occupancy = 0;  // daily, from the second year on
  double sd_occupancy = 0;
  double slope_per_y = 0;
  double divisions_per_y = 0;
  double final_neutrophils = 0;
  double final_platelets = 0;
  double final_hemoglobin = 0;
  double final_cellularity = 0;
  double hla_lacking_stem_at_diagnosis = 0;
  double hla_lacking_at_complete_response = 0;
};

/// A scenario of the source tree, with another seed.
Parameters shipped_scenario(const std::string& name, std::uint64_t seed);

/// The seed that a scenario of the source tree comes with.
std::uint64_t shipped_seed(const std::string& name);

/// Runs to the end on this process alone.
Course run_course(const Parameters& parameters);

}  // namespace marrow::testing
