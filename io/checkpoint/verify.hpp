// SPDX-License-Identifier: BSD-3-Clause
// Reads a state.h5 on all ranks side by side and holds its digests against a manifest: used right
// after writing and when loading. Collective; the same Failure(no_usable_checkpoint) on every rank.
#pragma once

#include "core/cells/state.hpp"
#include "io/checkpoint/manifest.hpp"
#include "parallel/communicator.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace marrow::io {

/// The columns of a verified file. Of distributed ones each rank gets an equal share; replicated
/// ones are whole on the root and empty elsewhere.
std::vector<FieldColumn> read_verified(const parallel::Communicator& comm,
                                       const std::filesystem::path& state_h5,
                                       const Manifest& manifest);

}  // namespace marrow::io
