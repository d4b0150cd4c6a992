// SPDX-License-Identifier: BSD-3-Clause
// `marrow report`: one HTML page about a run, or about two side by side. The page holds everything
// it needs, data, script and plotting library: it can be mailed, and opens without a network. One
// process, no MPI; the runs may go on meanwhile.
#pragma once

#include "io/run/clock.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <span>
#include <string>

namespace marrow::io {

/// The page for what run_report made of one or two runs.
std::string report_page(const nlohmann::json& runs);

/// Writes the page and returns where. `output` empty: report.html in the directory of one run,
/// report_A_B.html in the working directory for two. Throws Failure(files) for a directory without
/// a run and for a file that cannot be written; then nothing was written.
std::filesystem::path write_report(std::span<const std::filesystem::path> directories,
                                   const std::filesystem::path& output, const Clock& clock);

}  // namespace marrow::io
