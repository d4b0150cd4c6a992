// SPDX-License-Identifier: BSD-3-Clause
// Reads every value of a checkpoint on one process, piece by piece, and says which are not what
// was written, as closely as the digests allow.
#pragma once

#include "io/checkpoint/in_child.hpp"
#include "io/checkpoint/manifest.hpp"
#include "io/checkpoint/state_reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

/// Every field, the niches and the tissue held against the manifest; empty when all is well.
/// `digests` gets the recomputed digest of each registered field. Throws
/// Failure(no_usable_checkpoint) for what cannot be read.
std::string damage_of_values(const StateReader& file, const Manifest& manifest,
                             std::vector<std::uint64_t>& digests, const Alive& alive);

}  // namespace marrow::io
