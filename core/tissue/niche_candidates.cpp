// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/niche_candidates.hpp"

#include "core/tissue/tissue_census.hpp"

namespace marrow {
namespace {

constexpr std::int64_t least_enterable = 9;

bool has_face(const TissueBox& tissue, const Index3& p, TissueKind kind) {
  for (const Index3& step : face_offsets) {
    const Index3 q = p + step;
    if (tissue.box.contains(q) && tissue.at(q) == kind) return true;
  }
  return false;
}

bool is_near(const TissueBox& tissue, const Index3& p, TissueKind kind) {
  const Box around = intersection(tissue.box, Box{p, p + Index3{1, 1, 1}}.grown(niche_reach));
  for (std::int64_t z = around.lo.z; z < around.hi.z; ++z) {
    for (std::int64_t y = around.lo.y; y < around.hi.y; ++y) {
      for (std::int64_t x = around.lo.x; x < around.hi.x; ++x) {
        const Index3 d = Index3{x, y, z} - p;
        if (d.x * d.x + d.y * d.y + d.z * d.z > niche_reach * niche_reach) continue;
        if (tissue.at({x, y, z}) == kind) return true;
      }
    }
  }
  return false;
}

}  // namespace

std::optional<NicheType> niche_type(const TissueBox& tissue, const Index3& p) {
  if (tissue.at(p) != TissueKind::marrow) return std::nullopt;
  NicheType type{};
  if (is_near(tissue, p, TissueKind::arteriole)) {
    type = NicheType::periarteriolar;
  } else if (has_face(tissue, p, TissueKind::bone)) {
    type = NicheType::endosteal;
  } else if (has_face(tissue, p, TissueKind::sinusoid)) {
    type = NicheType::perisinusoidal;
  } else {
    return std::nullopt;
  }
  if (!has_face(tissue, p, TissueKind::marrow)) return std::nullopt;
  if (enterable_neighbours(tissue, p) < least_enterable) return std::nullopt;
  return type;
}

std::vector<NicheCandidate> niche_candidates(const TissueBox& tissue, const Box& own,
                                             const Lattice& lattice, const Draws& draws,
                                             std::int64_t samples_per_block, NichePlaces places) {
  std::vector<NicheCandidate> found;
  if (own.empty()) return found;
  const BlockGrid grid(lattice.extent);
  const Index3 first = BlockGrid::block_of(own.lo);
  const Index3 last = BlockGrid::block_of(own.hi - Index3{1, 1, 1});
  for (std::int64_t z = first.z; z <= last.z; ++z) {
    for (std::int64_t y = first.y; y <= last.y; ++y) {
      for (std::int64_t x = first.x; x <= last.x; ++x) {
        const auto block = static_cast<std::uint64_t>(grid.index({x, y, z}));
        const Index3 corner{x * block_edge, y * block_edge, z * block_edge};
        for (std::int64_t i = 0; i < samples_per_block; ++i) {
          const Bits128 bits =
              draws(Purpose::niche_priority, Entity::block, block, static_cast<std::uint64_t>(i));
          const std::uint64_t place = bits.second;
          const Index3 p = corner + Index3{static_cast<std::int64_t>(place % block_edge),
                                           static_cast<std::int64_t>((place >> 8) % block_edge),
                                           static_cast<std::int64_t>((place >> 16) % block_edge)};
          if (!own.contains(p)) continue;
          const std::optional<NicheType> type =
              places == NichePlaces::anywhere ? NicheType::perisinusoidal : niche_type(tissue, p);
          if (!type) continue;
          found.push_back({bits.first, lattice.site(p), static_cast<std::uint64_t>(*type)});
        }
      }
    }
  }
  return found;
}

}  // namespace marrow
