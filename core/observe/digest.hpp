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

/// The value, or the index, with which an entry contributes `digest`; the other one is given. Of
/// the zero digest the value is 0, and there is no index.
std::uint64_t value_of_digest(const FieldSpec& spec, std::uint64_t index, std::uint64_t digest);
std::uint64_t index_of_digest(const FieldSpec& spec, std::uint64_t value, std::uint64_t digest);

/// This rank's share of one column's digest.
std::uint64_t digest_of(const FieldColumn& column);

/// The digest this share would have if each of its values were 1: the indices alone, which the
/// digest of a column does not know where the value is 0.
std::uint64_t digest_of_indices(const FieldColumn& column);

/// The digest of values of one byte at consecutive indices from `first_index` on: what a large
/// tissue consists of.
std::uint64_t digest_of_bytes(const FieldSpec& spec, std::uint64_t first_index,
                              std::span<const std::uint8_t> values);

/// This rank's share of the whole digest. Replicated columns count on the rank that passes
/// `count_replicated` (rank 0), so that the sum over ranks counts them once.
std::uint64_t digest_of(std::span<const FieldColumn> columns, bool count_replicated);

}  // namespace marrow
