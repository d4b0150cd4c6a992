// SPDX-License-Identifier: BSD-3-Clause
// The table of stem-cell clones: who descends from whom, and what each clone's genotype does.
// Ids are consecutive; id 0 is the normal clone.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

inline constexpr std::uint32_t no_parent = 0xffffffffu;
/// Presentation in fixed point: full_presentation = eps 1.
inline constexpr std::uint32_t full_presentation = 1u << 16;

struct Clone {
  std::uint32_t parent = no_parent;
  std::uint32_t genotype = 0;   // GenotypeBit mask: the genotype class
  std::uint64_t mutations = 0;  // bit i: hit by the i-th mutation class (active_mutations())
  std::uint32_t presentation = full_presentation;  // eps, fixed point
  std::uint32_t founder = 0;  // 0 normal, i+1 = i-th founder of the scenario: kept by descendants
  std::int64_t birth_step = 0;
  SiteIndex birth_site = 0;
  double growth_per_h = 0.0;

  friend bool operator==(const Clone&, const Clone&) = default;
};

using CloneTable = std::vector<Clone>;

}  // namespace marrow
