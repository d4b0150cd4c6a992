// SPDX-License-Identifier: BSD-3-Clause
// Tissue read from an image: one TissueKind per voxel of the whole lattice. Filled by the part that
// reads files; knows nothing of formats.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

struct ImportedTissue {
  Index3 extent;
  std::vector<std::uint8_t> kind;  // x-fastest: marrow, bone, sinusoid or arteriole
  bool has_vessels = false;  // the image labels vessels; otherwise they are carved into its marrow
};

}  // namespace marrow
