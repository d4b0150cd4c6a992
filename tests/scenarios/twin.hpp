// SPDX-License-Identifier: BSD-3-Clause
// The non-spatial twin: the rules of core/MODEL.md with hourly ticks, but every cell meets every
// other alike. An independent oracle for the lattice model: it shares only core/patient with it,
// and draws from the C++ library's generator. Test code; nothing in the program may use it.
#pragma once

#include "core/model/parameters.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace marrow::testing {

/// What one run showed. Days count from the trigger (from the start without one); none: it never
/// happened.
struct TwinCourse {
  bool attack_took_hold = false;            // the T cells reached half the reference density
  std::optional<double> half_attack_d;      // A >= 0.5
  std::optional<double> niches_below_10_d;  // live stem cells in fewer than 10 % of the niches
  std::optional<double> low_counts_d;       // 2 of 3 counts below the criteria
  std::optional<double> low_marrow_d;       // cellularity below the criterion
  std::optional<double> diagnosis_d;
  std::optional<double> partial_response_d;
  std::optional<double> complete_response_d;
  std::optional<double> relapse_d;
  std::optional<double> normals_extinct_d;
  std::optional<double> below_15_percent_d;  // cellularity below 0.15
  double tcell_plateau_per_mm3 = 0;          // the largest
  std::optional<double> tcell_half_life_d;  // over 200 days from 30 days after the last target died
  double lowest_occupancy = 1;              // live stem cells over niches
  double final_occupancy = 0;
  double mean_occupancy = 0;  // daily samples from the end of the first year on
  double sd_occupancy = 0;
  double occupancy_slope_per_y = 0;
  double divisions_per_y = 0;
  double final_neutrophils = 0;
  double hla_lacking_stem_at_diagnosis = 0;  // share of live stem cells
  double hla_lacking_progenitors_at_diagnosis = 0;
  double hla_lacking_at_pr = 0;
  double hla_lacking_at_cr = 0;
};

TwinCourse run_twin(const Parameters& parameters, std::uint64_t seed);

/// The first three scenarios, as far as the twin can see them.
Parameters healthy_adult();
Parameters saa_untreated();
Parameters protective_clone_remission(std::int64_t escape_cells = 8);

}  // namespace marrow::testing
