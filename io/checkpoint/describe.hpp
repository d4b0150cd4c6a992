// SPDX-License-Identifier: BSD-3-Clause
// Steps, values and places of a state in words, for the tools that show checkpoints.
#pragma once

#include "core/cells/state.hpp"
#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

/// "12000 h = 500.0 days (1.37 years)".
std::string describe_step(std::int64_t step);

/// A value as its field means it: "stem, clone 3, clock 0 …", an integer, a floating-point number.
std::string describe_value(const FieldSpec& spec, std::uint64_t word);

/// "site 123456 (x 56, y 34, z 12)"; blocks with the voxels they cover; niches with their site when
/// `niche_sites` has it.
std::string describe_index(const FieldSpec& spec, std::uint64_t index, const Lattice& lattice,
                           const std::vector<SiteIndex>& niche_sites);

}  // namespace marrow::io
