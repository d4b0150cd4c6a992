// SPDX-License-Identifier: BSD-3-Clause
// Counts and hash of static tissue. Integers only, so that boxes and ranks add up to the same
// totals.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>

namespace marrow {

/// Voxels of the lattice by content.
struct TissueCensus {
  std::int64_t voxels = 0;
  std::int64_t bone = 0;
  std::int64_t sinusoid = 0;
  std::int64_t arteriole = 0;
  std::int64_t niche = 0;
  std::int64_t sealed = 0;
  std::int64_t enterable = 0;
  std::int64_t niche_neighbours =
      0;  // enterable voxels among the 26 neighbours, summed over niches

  friend bool operator==(const TissueCensus&, const TissueCensus&) = default;

  /// f_acc of core/MODEL.md: share of the box that T cells may enter.
  [[nodiscard]] double accessible_share(ContactRule rule = ContactRule::adjacent) const {
    const std::int64_t markers = rule == ContactRule::same_voxel ? niche : 0;
    return voxels > 0 ? static_cast<double>(enterable + markers) / static_cast<double>(voxels)
                      : 0.0;
  }
  /// n of core/MODEL.md: mean number of voxels in contact with a niche.
  [[nodiscard]] double mean_contact_voxels(ContactRule rule = ContactRule::adjacent) const {
    if (rule == ContactRule::same_voxel) return 1.0;
    return niche > 0 ? static_cast<double>(niche_neighbours) / static_cast<double>(niche) : 0.0;
  }
};

/// Enterable voxels among the 26 neighbours of p; neighbours outside tissue.box do not count.
std::int64_t enterable_neighbours(const TissueBox& tissue, const Index3& p);

/// Counts the voxels of `own`, which lies in the lattice; tissue.box must hold one layer around it
/// (where the lattice goes on).
TissueCensus census_of(const TissueBox& tissue, const Box& own);

/// Sum over the voxels of `own` of mix64 of (site, kind), modulo 2^64.
std::uint64_t tissue_hash(const TissueBox& tissue, const Box& own, const Lattice& lattice);

}  // namespace marrow
