// SPDX-License-Identifier: BSD-3-Clause
// Scenarios that several subjects use. Test code.
#pragma once

#include "core/model/parameters.hpp"

#include <cstdint>

namespace marrow::verify {

/// A box of edge `voxels` with 1250 niches per mm3 (328 for 64 voxels, 10,000 for 200): healthy, no
/// T cells, every niche filled. n_real is such that about one patient cell stands behind a niche.
inline Parameters packed_marrow(std::uint64_t seed, std::int64_t voxels) {
  Parameters p;
  p.scenario.seed = seed;
  p.domain.size_voxels = {voxels, voxels, voxels};
  p.niches.density_per_mm3 = 1250;
  p.clones.n_real = p.niches.density_per_mm3 * p.lattice().volume_mm3();
  return p;
}

/// The same with eight times as many niches and without bone, vessels and fat, which take most of
/// the time of a small box and do not matter to what happens among its stem cells: 328 niches for
/// 32 voxels.
inline Parameters dense_marrow(std::uint64_t seed, std::int64_t voxels) {
  Parameters p = packed_marrow(seed, voxels);
  p.tissue.source = TissueSource::open;
  p.niches.density_per_mm3 = 10'000;
  p.clones.n_real = p.niches.density_per_mm3 * p.lattice().volume_mm3();
  return p;
}

/// At hour 0 conditioning empties the marrow and `cells` donor cells take niches; from then on they
/// divide at stress_rate times vacancy, and no cell is ever lost.
inline void refill_from(Parameters& p, double cells) {
  p.hspc.homeostatic_rate_per_h = 0.0;
  p.hspc.relocation_rate_per_h = 0.0;
  FounderClone donor;
  donor.name = "donor";
  donor.at = FounderTime::infusion;
  p.clones.founders = {donor};
  DrugEffect& transplant = p.drugs[static_cast<std::size_t>(Drug::transplant)];
  transplant.host_stem_log10_kill = 15.0;
  transplant.seeding_share = 1.0;
  TherapyEvent infusion;
  infusion.drug = Drug::transplant;
  infusion.clone = donor.name;
  infusion.dose = {cells / p.patient.weight_kg, DoseUnit::cells_per_kg};
  p.therapy = {infusion};
}

}  // namespace marrow::verify
