// SPDX-License-Identifier: BSD-3-Clause
// Everything that a report shows of one run, as JSON for the page's script. Reads what is complete
// in the run directory and changes nothing; the run may go on meanwhile. Parts that are missing or
// damaged are left out, each with a sentence in "notes".
#pragma once

#include "io/run/clock.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>

namespace marrow::io {

/// Most points of a curve, and most moments at which clones are counted.
inline constexpr std::size_t most_points = 1500;
inline constexpr std::size_t most_moments = 120;
inline constexpr std::size_t most_clones = 12;

/// Members: name, directory, status, series {day, <column>…}, spans, events, criteria, clones,
/// slices, tissue, settings, provenance, notes. Throws Failure(files) when the directory holds no
/// run.
nlohmann::json run_report(const std::filesystem::path& directory, const Clock& clock);

}  // namespace marrow::io
