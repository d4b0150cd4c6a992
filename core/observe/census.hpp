// SPDX-License-Identifier: BSD-3-Clause
// Integer counts of the cells at the end of a step.
#pragma once

#include "core/cells/state.hpp"
#include "core/model/parameters.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow {

/// Counts over the replicated niche table: fills everything but the T cells.
Census census_of_niches(const ModelState& state);

/// Live stem cells by founder: [0] normal, [i+1] the scenario's i-th founder and its descendants.
std::vector<std::int64_t> census_of_founders(const ModelState& state, std::size_t founders);

/// Descendants of one founder that mutation gave another genotype than the founder's.
struct MutantGroup {
  std::size_t line = 0;        // 0 normal, i+1 the scenario's i-th founder
  std::uint32_t genotype = 0;  // GenotypeBit mask

  friend bool operator==(const MutantGroup&, const MutantGroup&) = default;
};

/// Every group that the active classes of mutation can bring about, by line, then genotype.
std::vector<MutantGroup> mutant_groups(const CloneParameters& clones);

/// "hla_lacking_driver_in_normal": all losses and drivers of the genotype, then the line's name.
std::string mutant_group_name(const MutantGroup& group, const CloneParameters& clones);

/// Live stem cells of each of these groups.
std::vector<std::int64_t> census_of_mutants(const ModelState& state,
                                            const std::vector<MutantGroup>& groups);

}  // namespace marrow
