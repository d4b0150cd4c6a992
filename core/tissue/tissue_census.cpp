// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/tissue_census.hpp"

#include "core/random/mix.hpp"

#include <array>

namespace marrow {

std::int64_t enterable_neighbours(const TissueBox& tissue, const Index3& p) {
  const Box around = intersection(tissue.box, Box{p, p + Index3{1, 1, 1}}.grown(1));
  std::int64_t count = 0;
  for (std::int64_t z = around.lo.z; z < around.hi.z; ++z) {
    for (std::int64_t y = around.lo.y; y < around.hi.y; ++y) {
      for (std::int64_t x = around.lo.x; x < around.hi.x; ++x) {
        const Index3 q{x, y, z};
        if (q != p && enterable(tissue.at(q))) ++count;
      }
    }
  }
  return count;
}

TissueCensus census_of(const TissueBox& tissue, const Box& own) {
  TissueCensus census;
  if (own.empty()) return census;
  std::array<std::int64_t, 256> count{};
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      const std::uint8_t* kind =
          &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, {own.lo.x, y, z}))];
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x, ++kind) {
        ++count[*kind];
        if (*kind != static_cast<std::uint8_t>(TissueKind::niche)) continue;
        census.niche_neighbours += enterable_neighbours(tissue, {x, y, z});
      }
    }
  }
  const auto of = [&](TissueKind kind) { return count[static_cast<std::size_t>(kind)]; };
  census.voxels = own.volume();
  census.bone = of(TissueKind::bone);
  census.sinusoid = of(TissueKind::sinusoid);
  census.arteriole = of(TissueKind::arteriole);
  census.niche = of(TissueKind::niche);
  census.sealed = of(TissueKind::sealed);
  census.enterable = of(TissueKind::marrow);
  return census;
}

std::uint64_t tissue_hash(const TissueBox& tissue, const Box& own, const Lattice& lattice) {
  std::uint64_t sum = 0;
  if (own.empty()) return sum;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      const std::uint8_t* kind =
          &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, {own.lo.x, y, z}))];
      SiteIndex site = lattice.site({own.lo.x, y, z});
      // The kind sits above the 48 bits of a site.
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x, ++kind, ++site) {
        sum += mix64(site | (static_cast<std::uint64_t>(*kind + 1) << 48));
      }
    }
  }
  return sum;
}

}  // namespace marrow
