// SPDX-License-Identifier: BSD-3-Clause
// The result files of a cohort, from its rows and the series of its patients: the same bytes for
// the same rows.
#pragma once

#include "io/cohort/records.hpp"
#include "io/run/run_paths.hpp"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace marrow::tool {

/// The scale of all finished rows: "scale: N_real/K = 20.02; …", or the range where arms differ.
std::string scale_of_rows(const io::CohortPlan& plan, const io::Records& records);

/// The series of a patient in an arm, in the directory of a cohort or of one of its shares.
std::filesystem::path series_file(const io::RunPaths& paths, std::int64_t patient,
                                  const std::string& arm);

/// cohort.csv and cohort.h5. Throws Failure(files).
void write_cohort_tables(const io::RunPaths& paths, const io::CohortPlan& plan,
                         const std::vector<std::string>& comments,
                         std::span<const io::TableRow> rows);

}  // namespace marrow::tool
