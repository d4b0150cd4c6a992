// SPDX-License-Identifier: BSD-3-Clause
// What a run puts into its checkpoints.
#pragma once

#include "io/checkpoint/checkpoint.hpp"
#include "io/scenario/scenario_file.hpp"
#include "parallel/simulation.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace marrow::tool {

/// This rank's part. `dense_digest`: of imported tissue, which stays the same; computed when it is
/// not there yet. Collective.
io::CheckpointContent checkpoint_content(const parallel::Communicator& comm,
                                         const parallel::Simulation& simulation,
                                         const io::ScenarioFile& scenario,
                                         const std::filesystem::path& provenance,
                                         std::optional<std::uint64_t>& dense_digest);

}  // namespace marrow::tool
