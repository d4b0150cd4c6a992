// SPDX-License-Identifier: BSD-3-Clause
// One start of a cohort: hands the patients that are missing to groups of ranks, records each as it
// is finished, and puts the tables together when none is missing.
#pragma once

#include "io/cohort/cohort_file.hpp"
#include "tools/marrow/cohort_outputs.hpp"
#include "tools/marrow/commands.hpp"
#include "tools/marrow/mpi_program.hpp"

#include <memory>

namespace marrow::tool {

/// Collective. Throws Failure on every rank alike when the cohort cannot begin or cannot go on.
ExitCode run_cohort(MpiStart& start, const io::Cohort& cohort, const CohortShare& share,
                    const CohortRequest& request);

}  // namespace marrow::tool
