// SPDX-License-Identifier: BSD-3-Clause
// Which candidates become niches: quotas by type and by nearness to bone, and a minimum spacing, by
// random priority. Takes candidates of the whole lattice and gives the same table on every rank.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/tissue/niche_candidates.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

inline constexpr int niche_types = 3;

/// Counts by NicheType and place: [type][0] near bone, [type][1] far from it.
using NicheStrata = std::array<std::array<std::int64_t, 2>, niche_types>;

/// What is wanted, in voxels.
struct NicheDemand {
  std::int64_t count = 0;
  std::array<double, niche_types> weights{};  // by NicheType
  double near_share = 0.0;
  std::int64_t near_squared = 0;     // near bone: squared distance up to this
  std::int64_t spacing_squared = 1;  // least squared distance of two niches
};

NicheDemand niche_demand(const NicheParameters& niches, const Lattice& lattice);

/// Shares out demand.count over the strata, none above its room: first by type weight, then so that
/// the near share is met as nearly as the types allow. The sum falls short where there is no room.
NicheStrata plan_strata(const NicheDemand& demand, const NicheStrata& room);

struct NicheSelection {
  NicheTable niches;  // by site
  NicheStrata placed{};
  bool as_planned = false;  // type weights and near share met with all candidates at hand
};

/// `candidates` in any order, with their squared distances to bone (far_from_bone: none near).
NicheSelection select_niches(const Lattice& lattice, const NicheDemand& demand,
                             std::span<const NicheCandidate> candidates,
                             std::span<const std::uint16_t> bone_squared);

}  // namespace marrow
