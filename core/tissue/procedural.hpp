// SPDX-License-Identifier: BSD-3-Clause
// Bone and vessels of any part of a procedural marrow, without its surroundings: for a run's ranks
// and for pictures of a finished run. Niches and sealed marrow are not marked: their rules look at
// surroundings.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/bone_field.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace marrow {

class ProceduralTissue {
 public:
  /// Adds the counts of other processes to one's own, so that all have those of the lattice.
  using SumLevels = std::function<void(std::span<std::int64_t>)>;

  /// TissueSource procedural or open. What is bone follows from counts of the bone levels over the
  /// whole lattice (so that BV/TV is met to one level), at a few nanoseconds per voxel: here over
  /// `counted`, of which all processes together have each voxel once. `sum` is called by all or
  /// none.
  ProceduralTissue(const Parameters& parameters, const Box& counted, const SumLevels& sum);
  /// One process counts alone.
  explicit ProceduralTissue(const Parameters& parameters)
      : ProceduralTissue(parameters, parameters.lattice().box(), [](auto) {}) {}

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
