// SPDX-License-Identifier: BSD-3-Clause
// Moves the entries of a distributed field between ranks: from the ranks that own them to
// consecutive slices of the globally sorted column, and back. Knows nothing of files. All calls are
// collective.
#pragma once

#include "core/cells/state.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <functional>

namespace marrow::io {

/// The rank that owns entry `index` of a distributed field.
using OwnerOf = std::function<int(const FieldSpec& spec, std::uint64_t index)>;

/// This rank's part of a column sorted by index over all ranks.
struct Slice {
  std::uint64_t total = 0;   // entries on all ranks
  std::uint64_t offset = 0;  // entries on lower ranks
  FieldColumn column;
};

/// Ranks that write: few enough that each has about `bytes_per_writer` of `bytes`, spread over all
/// ranks.
struct Writers {
  Writers(std::uint64_t bytes, std::uint64_t bytes_per_writer, int ranks);
  [[nodiscard]] int rank_of(int writer) const;  // 0 <= writer < count; ascending

  int count = 1;
  int ranks = 1;
};

/// Sorts over ranks: slices of lower ranks hold lower indices; those of the writers are of nearly
/// equal length, the others empty. Throws Failure(model_health) when two ranks hold the same index.
Slice sorted_slice(const parallel::Communicator& comm, const FieldColumn& mine,
                   std::uint64_t bytes_per_writer);

/// Sends each entry to the rank that owns it; what arrives is sorted by index.
FieldColumn to_owners(const parallel::Communicator& comm, const FieldColumn& mine,
                      const OwnerOf& owner);

/// The equal share of `total` consecutive entries that belongs to `rank`: [first, last).
struct Share {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
};
Share equal_share(std::uint64_t total, int rank, int ranks);

}  // namespace marrow::io
