// SPDX-License-Identifier: BSD-3-Clause
// `marrow status` for a job array: one line for each seed. And for one run: its job's state.
#pragma once

#include "io/batch/job_record.hpp"
#include "io/run/clock.hpp"
#include "io/run/status.hpp"

#include <filesystem>

namespace marrow::io {

/// The report on a run directory, on the directory of an array of seeds, or on neither, with what
/// the batch system says.
[[nodiscard]] StatusReport report_with_job(const std::filesystem::path& directory,
                                           const Clock& clock);

/// The state of each element of a Slurm array from the lines of `scontrol show job --oneliner`.
/// Elements of which Slurm knows nothing more are over.
[[nodiscard]] JobState slurm_element_state(const JobRecord& array, std::int64_t seed,
                                           const std::string& said);

}  // namespace marrow::io
