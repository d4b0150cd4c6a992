// SPDX-License-Identifier: BSD-3-Clause
// What values of a scenario mean together: contradictions between parameters that are each allowed.
// Runs only on a scenario whose every single value is right.
#pragma once

#include "core/model/parameters.hpp"
#include "io/scenario/origin.hpp"
#include "io/text/diagnostic.hpp"

#include <string>
#include <vector>

namespace marrow::io {

/// `source`: the scenario's name, for errors about values that are all defaults.
void check_scenario(const Parameters& parameters, const Origins& origins, const std::string& source,
                    std::vector<Diagnostic>& errors);

}  // namespace marrow::io
