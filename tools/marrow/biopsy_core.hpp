// SPDX-License-Identifier: BSD-3-Clause
// One core taken out of a marrow: what its sections hold, and what is counted in them.
#pragma once

#include "core/observe/biopsy_counts.hpp"
#include "io/biopsy/section_painter.hpp"
#include "tools/marrow/biopsy_source.hpp"

#include <cstddef>
#include <vector>

namespace marrow::tool {

struct BiopsyCore {
  std::vector<io::SectionContent> sections;  // kept for long cores of several passes alone
  BiopsyCounts counts;
  std::size_t stretches = 0;
};

BiopsyCore take_core(const BiopsySource& source, const Needle& needle, LongCore rule,
                     double thickness_um);

}  // namespace marrow::tool
