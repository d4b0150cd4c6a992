// SPDX-License-Identifier: BSD-3-Clause
// How much of the patient the box stands for, in the words that every output says it with.
#pragma once

#include <cstdint>
#include <string>

namespace marrow::io {

/// "scale: N_real/K = 200000 / 800 = 250; one niche stands for that many stem cells".
[[nodiscard]] std::string scale_text(double real_stem_cells, std::int64_t niches);

}  // namespace marrow::io
