// SPDX-License-Identifier: BSD-3-Clause
// What was asked of the tissue and what was achieved, and how the kill chance follows from the kill
// coefficient, in words for the terminal and the log.
#pragma once

#include "parallel/simulation.hpp"

#include <string>
#include <vector>

namespace marrow::tool {

std::vector<std::string> setup_report(const parallel::Simulation& simulation);

}  // namespace marrow::tool
