// SPDX-License-Identifier: BSD-3-Clause
// A look at where a state fell sick, for whoever has to find out why.
#pragma once

#include "parallel/communicator.hpp"
#include "parallel/sick_state.hpp"
#include "parallel/simulation.hpp"

#include <filesystem>
#include <string>

namespace marrow::tool {

/// Writes the neighbourhood of the first sick voxel, if there is one, into the run directory as an
/// image for ParaView: tissue, cells and cytokine levels, as far as its rank owns them, and a mark
/// at the voxel itself. Returns a sentence on every rank: where it is, why it could not be written,
/// or empty. Collective.
std::string show_sickness(const parallel::Communicator& comm,
                          const parallel::Simulation& simulation,
                          const parallel::SickState& sickness, const std::filesystem::path& run);

}  // namespace marrow::tool
