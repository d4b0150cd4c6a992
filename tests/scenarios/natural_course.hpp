// SPDX-License-Identifier: BSD-3-Clause
// The course of an untreated marrow as a shipped scenario runs it, and what its clones do. Test
// code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::testing {

inline constexpr std::size_t most_founders = 4;
inline constexpr std::size_t samples = 32;

/// Days; none: it never happened. Diseases and the attack count from the trigger (from the start
/// without one), responses and death from the diagnosis of severe disease. Shares are of the live
/// stem cells.
struct NaturalCourse {
  std::uint64_t seed = 0;
  std::optional<double> moderate_d;
  std::optional<double> diagnosis_d;
  std::optional<double> partial_response_d;
  std::optional<double> complete_response_d;
  std::optional<double> death_d;
  std::optional<double> death_from_trigger_d;
  std::optional<double> pnh_d;  // both from the trigger
  std::optional<double> evolution_d;
  std::optional<double> below_10_d;     // live stem cells in fewer than 10 % of the niches
  std::optional<double> tcells_seen_d;  // the first day with at least 1 % of the largest number
  double tcell_peak_d = 0;
  double tcell_peak_per_mm3 = 0;
  std::optional<double> founder_tenth_d;  // the first founder holds 10 % of the niches, and 50 %
  std::optional<double> founder_half_d;
  double founder_patchiness =
      0;  // between eighths along x when it holds 10 %: variance over binomial
  double lowest_occupancy = 1;
  double late_occupancy = 0;  // mean of the second half of the run
  double end_occupancy = 0;
  double end_cellularity = 0;
  double end_neutrophils = 0;
  double end_platelets = 0;
  double end_hemoglobin = 0;
  double clones_above_1_percent = 0;                  // at the end, normal cells apart
  double largest_clone = 0;                           // their largest
  double all_clones = 0;                              // all of them together
  double days = 0;                                    // simulated
  std::array<double, most_founders> founder_start{};  // after the hour in which they are placed
  std::array<double, most_founders> founder_end{};
  std::array<double, samples> occupancy{};  // on days 0, 1, 2 … after the trigger
  std::array<double, samples> cellularity{};
};

/// Runs seeds first … last of a scenario of the source tree with further settings ("path=value"),
/// each rank of the world every n-th seed, and gives all courses to every rank, in order of seeds.
/// A run ends early when the first founder has been lost, or has taken the marrow, after placement
/// and there is no trigger.
std::vector<NaturalCourse> natural(const std::string& scenario,
                                   const std::vector<std::string>& settings, std::uint64_t first,
                                   std::uint64_t last);

}  // namespace marrow::testing
