// SPDX-License-Identifier: BSD-3-Clause
// Integer counts of the cells at the end of a step.
#pragma once

#include "core/cells/state.hpp"

#include <vector>

namespace marrow {

/// Counts over the replicated niche table: fills everything but the T cells.
Census census_of_niches(const ModelState& state);

/// Live stem cells by founder: [0] normal, [i+1] the scenario's i-th founder and its descendants.
std::vector<std::int64_t> census_of_founders(const ModelState& state, std::size_t founders);

}  // namespace marrow
