// SPDX-License-Identifier: BSD-3-Clause
// What a run leaves for its user to open, named when it ends.
#pragma once

#include "io/run/messages.hpp"
#include "io/run/run_paths.hpp"

namespace marrow::tool {

/// A line for each result that is there. `frames`: whether the scenario asks for them.
void name_results(const io::RunPaths& paths, bool frames, io::Messages& messages);

}  // namespace marrow::tool
