// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/recruitment.hpp"

#include <cmath>

namespace marrow {

std::int64_t arrivals(const Model& model, double mean, std::uint64_t step) {
  const double whole = std::floor(mean);
  const Bits128 draw = model.draws(Purpose::influx_count, Entity::patient, 0, step);
  return static_cast<std::int64_t>(whole) +
         (Threshold::of(mean - whole).happens(draw.first) ? 1 : 0);
}

std::array<SiteIndex, tries_per_round> entry_sites(const Model& model, std::uint64_t step,
                                                   std::uint64_t arrival, std::uint32_t round) {
  const auto sites = static_cast<std::uint64_t>(volume(model.lattice.extent));
  std::array<SiteIndex, tries_per_round> tried{};
  for (std::uint32_t i = 0; i < tries_per_round / 2; ++i) {
    const Bits128 draw = model.draws(Purpose::influx_site, Entity::patient,
                                     (arrival << 17) | (std::uint64_t{round} << 5) | i, step);
    tried[2 * i] = uniform_below(draw.first, sites);
    tried[2 * i + 1] = uniform_below(draw.second, sites);
  }
  return tried;
}

std::uint32_t clonotype_of(const Model& model, std::uint64_t step, std::uint64_t arrival) {
  const auto& trigger = model.parameters.tcells.trigger;
  const auto clonotypes = static_cast<std::uint64_t>(trigger ? trigger->clonotypes : 1);
  const Bits128 draw = model.draws(Purpose::clonotype, Entity::patient, arrival, step);
  return static_cast<std::uint32_t>(uniform_below(draw.first, clonotypes));
}

bool is_door(const TissueBox& tissue, const VoxelBits& bits, const Lattice& lattice, Doors doors,
             const Index3& p) {
  if (!enterable(tissue.at(p)) || bits.blocked(bits.layout().index(p))) return false;
  if (doors == Doors::everywhere) return true;
  for (const Index3& offset : face_offsets) {
    const Index3 q = p + offset;
    if (!lattice.periodic && !lattice.box().contains(q)) continue;
    if (tissue.box.contains(q) && tissue.at(q) == TissueKind::sinusoid) return true;
  }
  return false;
}

std::int64_t count_doors(const TissueBox& tissue, const VoxelBits& bits, const Lattice& lattice,
                         Doors doors, const Box& own) {
  std::int64_t count = 0;
  Index3 p;
  for (p.z = own.lo.z; p.z < own.hi.z; ++p.z) {
    for (p.y = own.lo.y; p.y < own.hi.y; ++p.y) {
      for (p.x = own.lo.x; p.x < own.hi.x; ++p.x)
        count += is_door(tissue, bits, lattice, doors, p) ? 1 : 0;
    }
  }
  return count;
}

}  // namespace marrow
