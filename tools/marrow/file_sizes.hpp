// SPDX-License-Identifier: BSD-3-Clause
// How large the files of a run will be: measured, not derived; zlib decides. Fitted to marrows of 1
// to 27 mm3 at spacings of 5 to 40 um, with and without T cells, cytokine fields and motion kernel;
// tests/batch compares sizes with those of real runs.
#pragma once

#include "core/model/parameters.hpp"

namespace marrow::tool {

/// Bytes of the largest frame of each kind; 0: there is none.
struct FrameSizes {
  double tissue = 0.0;  // this one and the next are written once
  double niches = 0.0;
  double cells = 0.0;
  double fields = 0.0;
  double signals = 0.0;

  [[nodiscard]] double once() const { return tissue + niches; }
  [[nodiscard]] double each_time() const { return cells + fields + signals; }
};

/// `most_cells`: stem cells and T cells together, at their most, in the whole lattice.
[[nodiscard]] FrameSizes frame_sizes(const Parameters& parameters, double most_cells);

/// Bytes of the largest checkpoint; `most_tcells` in the whole lattice.
[[nodiscard]] double checkpoint_size(const Parameters& parameters, double most_tcells);

}  // namespace marrow::tool
