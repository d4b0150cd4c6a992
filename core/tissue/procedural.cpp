// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/procedural.hpp"

#include "core/tissue/bone_texture.hpp"
#include "core/tissue/vessels.hpp"

#include <vector>

namespace marrow {

ProceduralTissue::ProceduralTissue(const Parameters& parameters, const Box& counted,
                                   const SumLevels& sum)
    : lattice_(parameters.lattice()), tissue_(parameters.tissue), draws_(parameters.tissue_seed()) {
  if (tissue_.source == TissueSource::open || !(tissue_.bone.volume_share > 0.0)) return;
  bone_.emplace(lattice_, bone_texture(tissue_.bone), draws_);
  std::vector<std::int64_t> voxels_by_level(bone_levels);
  bone_->count_levels(counted, voxels_by_level);
  sum(voxels_by_level);
  threshold_ = bone_threshold(voxels_by_level, tissue_.bone.volume_share);
}

TissueBox ProceduralTissue::in(const Box& box) const {
  TissueBox tissue{box, {}};
  if (box.empty()) return tissue;
  tissue.kind.assign(static_cast<std::size_t>(box.volume()),
                     static_cast<std::uint8_t>(TissueKind::marrow));
  if (tissue_.source == TissueSource::open) return tissue;
  if (bone_) bone_->carve(tissue, threshold_);
  carve_vessels(tissue, lattice_, tissue_, draws_);
  return tissue;
}

}  // namespace marrow
