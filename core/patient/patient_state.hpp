// SPDX-License-Identifier: BSD-3-Clause
// The patient as state: progenitor pools, blood counts, clinical course. Replicated on every rank.
#pragma once

#include "core/model/parameters.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace marrow {

/// 1 in the fixed point of progenitor pools and block cellularity (2^40: normal for the whole box).
inline constexpr std::int64_t fixed_one = std::int64_t{1} << 40;

enum class ClinicalState : std::int64_t {
  well = 0,
  severe_aplastic_anemia = 1,
  partial_response = 2,
  complete_response = 3,
  moderate_aplastic_anemia = 4,
  dead = 5,
};

inline constexpr std::int64_t never = -1;
inline constexpr std::int64_t skipped = -2;

/// One value per genotype class.
template <class T>
using PerClass = std::array<T, genotype_classes>;

struct PatientState {
  PerClass<std::int64_t> progenitors{};  // fixed point
  // Mean presentation of each class's stem cells (full_presentation = 1); the last one when none is
  // alive.
  PerClass<std::uint32_t> presentation{};
  // Cells that mature now, between progenitors and blood: what they give, as a share of the healthy
  // whole.
  PerClass<double> maturing_neutrophils{};
  PerClass<double> maturing_platelets{};
  PerClass<double> maturing_reticulocytes{};
  PerClass<double> maturing_red_cells{};
  // Blood made by the marrow; see the sums in patient/blood.hpp.
  PerClass<double> neutrophils_1e9_per_l{};
  PerClass<double> platelets_1e9_per_l{};
  PerClass<double> reticulocytes_1e9_per_l{};
  PerClass<double> hemoglobin_g_per_l{};
  // Given by transfusion.
  double transfused_hemoglobin_g_per_l = 0;
  double transfused_platelets_1e9_per_l = 0;
  std::int64_t last_transfusion_h = never;
  std::int64_t transfusions = 0;
  ClinicalState clinical = ClinicalState::well;
  // Hour since which each criterion has held without a break; `never` when it does not hold now.
  std::int64_t moderate_since_h = never;
  std::int64_t saa_since_h = never;
  std::int64_t pr_since_h = never;
  std::int64_t cr_since_h = never;
  // First time of each: disease by the sample that completes its window, responses by the first day
  // of theirs.
  std::int64_t moderate_h = never;
  std::int64_t diagnosis_h = never;
  std::int64_t very_severe_h = never;
  std::int64_t partial_response_h = never;
  std::int64_t complete_response_h = never;
  std::int64_t relapse_h = never;
  std::int64_t pnh_h = never;
  std::int64_t evolution_h = never;
  std::int64_t death_h = never;
  // HLA-lacking share of all progenitors on the day a response window began (fixed point of
  // fixed_one).
  std::int64_t hla_lacking_at_pr_window = 0;
  std::int64_t hla_lacking_at_cr_window = 0;
  std::int64_t hla_lacking_at_diagnosis = 0;
  // Hour at which each event of the therapy began; `never`: still to come; `skipped`: its condition
  // did not hold.
  std::vector<std::int64_t> therapy_began_h;

  friend bool operator==(const PatientState&, const PatientState&) = default;
};

}  // namespace marrow
