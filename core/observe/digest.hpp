// SPDX-License-Identifier: BSD-3-Clause
// The state digest: sum over all entries of mix64(field, index, value) mod 2^64. Sums of ranks add
// up, so it depends on no order and no decomposition. Zero values (vacant niches) contribute 0.
#pragma once

#include "core/cells/state.hpp"

#include <cstdint>
#include <span>

namespace marrow {

/// Contribution of one entry.
std::uint64_t digest_of(const FieldSpec& spec, std::uint64_t index, std::uint64_t value);

/// This rank's share of one column's digest.
std::uint64_t digest_of(const FieldColumn& column);

/// This rank's share of the whole digest. Replicated columns count on the rank that passes
/// `count_replicated` (rank 0), so that the sum over ranks counts them once.
std::uint64_t digest_of(std::span<const FieldColumn> columns, bool count_replicated);

}  // namespace marrow
