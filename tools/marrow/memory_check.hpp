// SPDX-License-Identifier: BSD-3-Clause
// The memory of the machines against what the run will need, before any of it is used.
#pragma once

#include "core/model/parameters.hpp"
#include "parallel/communicator.hpp"

namespace marrow::tool {

/// Collective. Throws Failure(files) on every rank where some machine has not enough for its ranks,
/// Failure(command_line) where the lattice cannot be divided among so many.
void require_memory(const parallel::Communicator& comm, const Parameters& parameters);
/// The same when groups of so many ranks hold a lattice each.
void require_memory(const parallel::Communicator& comm, const Parameters& parameters,
                    int ranks_per_lattice);

}  // namespace marrow::tool
