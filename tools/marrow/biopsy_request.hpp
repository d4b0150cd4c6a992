// SPDX-License-Identifier: BSD-3-Clause
// What the command `biopsy` was asked for, as text and as checked numbers.
#pragma once

#include "core/observe/needle.hpp"
#include "io/biopsy/stain.hpp"
#include "tools/marrow/commands.hpp"

#include <string>
#include <vector>

namespace marrow::tool {

struct BiopsyPlan {
  std::string site;  // the word for texts and file names
  Needle needle;
  double thickness_um = 3.0;
  double um_per_pixel = 1.0;
  std::vector<io::Stain> stains;
  std::int64_t cores = 1;
  std::uint64_t seed = 1;
};

/// What can be checked without a box. Throws Failure(command_line).
BiopsyPlan check_request(const BiopsyRequest& request);

/// Sets plan.needle's place and direction for this box, and checks that the needle fits. Throws
/// Failure(command_line).
void place_needle(const BiopsyRequest& request, const Lattice& lattice, BiopsyPlan& plan);

}  // namespace marrow::tool
