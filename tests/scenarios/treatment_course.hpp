// SPDX-License-Identifier: BSD-3-Clause
// What a treated patient of a shipped scenario does, quarter by quarter from the diagnosis on: what
// one would read off the series. Test code.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::testing {

inline constexpr std::size_t quarters = 13;  // 0 to 3 years after the diagnosis
inline constexpr double days_per_quarter = 91.0;

/// The state at the end of one quarter.
struct Quarter {
  double stem = 0;     // live stem cells over niches
  double founder = 0;  // the share of the niches that the scenario's first founder holds
  double attack = 0;   // A
  double kills = 0;    // stem cells killed so far, over niches
  double neutrophils_1e9_per_l = 0;
};

/// Days; none: it never happened. Diagnosis, of moderate or severe disease, counts from the
/// trigger; the rest from the diagnosis.
struct TreatedCourse {
  std::uint64_t seed = 0;
  std::optional<double> diagnosis_d;
  std::optional<double> severe_d;
  std::optional<double> partial_response_d;
  std::optional<double> complete_response_d;
  std::optional<double> relapse_d;
  double hla_lacking_at_response = 0;  // share of the progenitors
  double lowest_stem = 1;              // over niches
  double stem_infused = 0;             // cells placed by infusions
  double end_d = 0;                    // the last day of the run, after the diagnosis
  Quarter end;
  std::array<Quarter, quarters> at{};
  std::array<std::optional<double>, 8> event_d{};  // begin of each event of the therapy
  std::array<bool, 8> event_skipped{};
};

/// Runs seeds first … last of a scenario of the source tree with further settings ("path=value"),
/// each rank of the world every n-th seed, and gives all courses to every rank, in order of seeds.
std::vector<TreatedCourse> treated(const std::string& scenario,
                                   const std::vector<std::string>& settings, std::uint64_t first,
                                   std::uint64_t last);

}  // namespace marrow::testing
