// SPDX-License-Identifier: BSD-3-Clause
// About how much memory a rank will use, known before any of it is used. Measured, not derived.
#pragma once

#include "core/model/parameters.hpp"

#include <cstdint>

namespace marrow::parallel {

/// Bytes of the most demanding of `ranks` ranks at its peak, T cells at the density of the
/// trigger's influx included. Throws Failure(command_line) when the lattice cannot be divided among
/// so many.
std::uint64_t expected_bytes_per_rank(const Parameters& parameters, int ranks);

}  // namespace marrow::parallel
