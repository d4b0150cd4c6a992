// SPDX-License-Identifier: BSD-3-Clause
// The patient as state: progenitor pools, blood counts, clinical course. Replicated on every rank.
#pragma once

#include "core/model/parameters.hpp"

#include <array>
#include <cstdint>

namespace marrow {

/// 1 in the fixed point of progenitor pools and block cellularity (2^40: normal for the whole box).
inline constexpr std::int64_t fixed_one = std::int64_t{1} << 40;

enum class ClinicalState : std::int64_t {
  well = 0,
  severe_aplastic_anemia = 1,
  partial_response = 2,
  complete_response = 3,
};

inline constexpr std::int64_t never = -1;

struct PatientState {
  std::array<std::int64_t, genotype_classes> progenitors{};  // fixed point, by genotype class
  // Mean presentation of each class's stem cells (full_presentation = 1); the last one when none is
  // alive.
  std::array<std::uint32_t, genotype_classes> presentation{};
  double neutrophils_1e9_per_l = 0;
  double platelets_1e9_per_l = 0;
  double reticulocytes_1e9_per_l = 0;
  double hemoglobin_g_per_l = 0;
  ClinicalState clinical = ClinicalState::well;
  // Hour since which each criterion has held without a break; `never` when it does not hold now.
  std::int64_t saa_since_h = never;
  std::int64_t pr_since_h = never;
  std::int64_t cr_since_h = never;
  // First time of each: disease by the sample that completes its window, responses by the first day
  // of theirs.
  std::int64_t diagnosis_h = never;
  std::int64_t partial_response_h = never;
  std::int64_t complete_response_h = never;
  std::int64_t relapse_h = never;
  // HLA-lacking share of all progenitors on the day a response window began (fixed point of
  // fixed_one).
  std::int64_t hla_lacking_at_pr_window = 0;
  std::int64_t hla_lacking_at_cr_window = 0;
  std::int64_t hla_lacking_at_diagnosis = 0;

  friend bool operator==(const PatientState&, const PatientState&) = default;
};

}  // namespace marrow
