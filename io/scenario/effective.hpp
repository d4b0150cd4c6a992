// SPDX-License-Identifier: BSD-3-Clause
// A scenario written out in full: every parameter with its value and, as a comment, where that came
// from. The text is itself valid input and gives the identical parameters.
#pragma once

#include "core/model/parameters.hpp"
#include "io/scenario/origin.hpp"

#include <string>

namespace marrow::io {

std::string effective_yaml(const Parameters& parameters, const Origins& origins);

}  // namespace marrow::io
