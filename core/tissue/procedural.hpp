// SPDX-License-Identifier: BSD-3-Clause
// Bone and vessels of any part of a procedural marrow, without its surroundings: what pictures of a
// finished run need. Niches and sealed marrow, which take the whole lattice, are not marked.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/bone_field.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <optional>

namespace marrow {

class ProceduralTissue {
 public:
  /// Counts the bone levels of the whole lattice, which decide what is bone: a few nanoseconds per
  /// voxel. TissueSource procedural or open.
  explicit ProceduralTissue(const Parameters& parameters);

  /// The voxels of `box`: marrow, bone, sinusoid and arteriole, as a run has them. The box may
  /// reach beyond a periodic lattice.
  [[nodiscard]] TissueBox in(const Box& box) const;

 private:
  Lattice lattice_;
  TissueParameters tissue_;
  Draws draws_;
  std::optional<BoneField> bone_;
  int threshold_ = 0;
};

}  // namespace marrow
