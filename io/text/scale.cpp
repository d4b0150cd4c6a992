// SPDX-License-Identifier: BSD-3-Clause
#include "io/text/scale.hpp"

#include <fmt/format.h>

namespace marrow::io {

std::string scale_text(double real_stem_cells, std::int64_t niches) {
  return fmt::format(
      "scale: N_real/K = {} / {} = {:.6g}; one niche stands for that many stem cells",
      real_stem_cells, niches, real_stem_cells / static_cast<double>(niches));
}

}  // namespace marrow::io
