// SPDX-License-Identifier: BSD-3-Clause
// What `marrow submit` refuses before anything is written or queued: contradictory options, what
// would end the job at once, a directory in use. Failure(command_line) for the former,
// Failure(files) for the latter.
#pragma once

#include "core/model/parameters.hpp"
#include "io/batch/batch_script.hpp"
#include "tools/marrow/commands.hpp"

#include <string>
#include <vector>

namespace marrow::tool {

/// The memory in bytes that the ranks of the fullest node will need.
[[nodiscard]] double expected_node_bytes(const Parameters& parameters, const io::BatchJob& job);

/// The directories of the runs: one, or one for each seed.
[[nodiscard]] std::vector<std::string> run_directories(const io::BatchJob& job);

/// Options, of the job and of the run in it. Warns on stderr of jobs that are too short to be of
/// use.
void check_job(const io::BatchJob& job, const RunRequest& run, const Parameters& parameters);

/// Two jobs in one directory would wait for each other's lock, and a job for that of a run.
void refuse_place_in_use(const io::BatchJob& job, const RunRequest& run);

}  // namespace marrow::tool
