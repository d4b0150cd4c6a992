// SPDX-License-Identifier: BSD-3-Clause
// Moves tissue from the boxes of all ranks to ranks that want whole z planes, as a file holds them.
// Knows nothing of files. Collective.
#pragma once

#include "core/tissue/tissue_kind.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <vector>

namespace marrow::io {

/// The planes first <= z < last of a tissue, x fastest; none when first == last.
struct Planes {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::vector<std::uint8_t> kind;
};

/// Every rank hands over the box it has and gets the planes [first, last) that it wants, at most 2
/// GiB; `planes` may be those of an earlier call, whose memory is used again. Throws
/// Failure(model_health) unless the boxes cover each rank's planes exactly.
void gather_planes(const parallel::Communicator& comm, const Lattice& lattice,
                   const TissueBox& mine, std::int64_t first, std::int64_t last, Planes& planes);

}  // namespace marrow::io
