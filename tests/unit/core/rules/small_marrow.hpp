// SPDX-License-Identifier: BSD-3-Clause
// A small random tissue with niches for tests of the rules.
#pragma once

#include "core/cells/swarm.hpp"
#include "core/model/model.hpp"
#include "core/random/mix.hpp"

#include <algorithm>

namespace marrow::test {

struct SmallMarrow {
  Lattice lattice;
  TissueBox tissue;
  NicheTable niches;
};

/// A cube of `edge` voxels, `closed` of it bone, with one niche at most in every 6^3 voxels, at
/// least three voxels apart.
inline SmallMarrow small_marrow(std::int64_t edge, double closed, bool periodic = false) {
  SmallMarrow m{{{edge, edge, edge}, periodic, 10.0}, {{{0, 0, 0}, {edge, edge, edge}}, {}}, {}};
  for (std::int64_t s = 0; s < edge * edge * edge; ++s) {
    const bool bone = mix64(static_cast<std::uint64_t>(s) + 77) < Threshold::of(closed).value();
    m.tissue.kind.push_back(
        static_cast<std::uint8_t>(bone ? TissueKind::bone : TissueKind::marrow));
  }
  for (std::int64_t z = 2; z + 4 <= edge; z += 6) {
    for (std::int64_t y = 2; y + 4 <= edge; y += 6) {
      for (std::int64_t x = 2; x + 4 <= edge; x += 6) {
        const std::uint64_t h = mix64(m.lattice.site({x, y, z}));
        const Index3 p{x + static_cast<std::int64_t>(h % 4),
                       y + static_cast<std::int64_t>(h / 4 % 4),
                       z + static_cast<std::int64_t>(h / 16 % 4)};
        m.niches.push_back({m.lattice.site(p), NicheType::perisinusoidal, 9});
        m.tissue.kind[static_cast<std::size_t>(m.lattice.site(p))] =
            static_cast<std::uint8_t>(TissueKind::niche);
      }
    }
  }
  std::ranges::sort(m.niches, {}, &Niche::site);
  return m;
}

/// T cells on a keyed choice of the open voxels.
inline void fill_with_tcells(TCellSwarm& swarm, const SmallMarrow& m, double share) {
  for (std::uint64_t s = 0; s < m.tissue.kind.size(); ++s) {
    if (m.tissue.kind[s] != static_cast<std::uint8_t>(TissueKind::marrow)) continue;
    if (mix64(s ^ 0xabcdef) >= Threshold::of(share).value()) continue;
    swarm.add({m.lattice.position(s), s, CellRecord::make(CellState::effector, 3)});
  }
}

}  // namespace marrow::test
