// SPDX-License-Identifier: BSD-3-Clause
// A lattice with T cells for tests of their fates: boxes with plain walls and hand-placed ghosts.
#pragma once

#include "core/rules/tcell_fate.hpp"
#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>

namespace marrow::test {

using Cells = std::map<SiteIndex, CellRecord>;

inline constexpr double certainly_per_h = 100.0;  // 1 - exp(-100) is 1 in a double

inline double chance(double rate_per_h) { return -std::expm1(-rate_per_h); }

inline CellRecord effector(std::uint32_t clonotype = 3) {
  return CellRecord::make(CellState::effector, clonotype);
}
inline CellRecord engaged(std::uint32_t clonotype = 3) {
  return CellRecord::make(CellState::engaged, clonotype, 50);
}

/// A lattice with its tissue, and T cells by site.
struct TCellWorld {
  Model model;
  std::vector<std::uint8_t> kind;
  Cells cells;

  TCellWorld(const Index3& size, double death_per_h, double division_per_h, bool periodic = false)
      : model(parameters(size, death_per_h, division_per_h, periodic), {}, 1.0, 0.0),
        kind(static_cast<std::size_t>(volume(size)), std::uint8_t{0}) {}

  void put(const Index3& p, CellRecord record) { cells[model.lattice.site(p)] = record; }
  void close(const Index3& p, TissueKind what = TissueKind::bone) {
    kind[model.lattice.site(p)] = static_cast<std::uint8_t>(what);
  }

  /// One hour for the part `own` of the lattice, seen with two layers of neighbours.
  TCellTurnover turn_over(const Box& own, const Levels& levels, std::uint64_t step,
                          Cells& after) const {
    const Lattice& lattice = model.lattice;
    const Box seen = lattice.periodic ? own.grown(2) : intersection(own.grown(2), lattice.box());
    TissueBox tissue{seen, {}};
    std::vector<SwarmCell> visible;
    for (std::int64_t i = 0; i < seen.volume(); ++i) {
      const Index3 p = seen.lo + Lattice{seen.extent()}.position(static_cast<SiteIndex>(i));
      const SiteIndex site = lattice.site(wrapped(lattice, p));
      tissue.kind.push_back(kind[site]);
      const auto cell = cells.find(site);
      if (cell != cells.end()) visible.push_back({p, site, cell->second});
    }
    TCellSwarm swarm(tissue, 16);
    for (const SwarmCell& cell : visible) swarm.add(cell);
    const TCellTurnover turnover = turn_over_tcells(swarm, own, model, levels, {}, step);
    swarm.for_each([&](const SwarmCell& cell) {
      EXPECT_TRUE(own.contains(cell.position));
      const bool fresh = after.emplace(lattice.site(cell.position), cell.record).second;
      EXPECT_TRUE(fresh) << "two T cells in one voxel";
    });
    return turnover;
  }
  TCellTurnover turn_over(const Levels& levels, std::uint64_t step, Cells& after) const {
    return turn_over(model.lattice.box(), levels, step, after);
  }

 private:
  static Parameters parameters(const Index3& size, double death, double division, bool periodic) {
    Parameters p;
    p.domain.size_voxels = size;
    p.domain.boundary = periodic ? Boundary::periodic : Boundary::reflecting;
    p.tcells.death_rate_per_h = death;
    p.tcells.division_rate_per_h = division;
    return p;
  }
};

/// T cells three voxels apart: 12^3 of them, so that daughters never meet.
inline TCellWorld sparse(double death, double division, CellRecord record) {
  TCellWorld w({36, 36, 36}, death, division);
  for (std::int64_t z = 1; z < 36; z += 3) {
    for (std::int64_t y = 1; y < 36; y += 3) {
      for (std::int64_t x = 1; x < 36; x += 3) w.put({x, y, z}, record);
    }
  }
  return w;
}

struct Sums {
  double cells = 0;
  double deaths = 0;
  double divisions = 0;
};

inline Sums add_up(const TCellWorld& w, const Levels& levels, std::uint64_t steps) {
  Sums sums;
  for (std::uint64_t s = 0; s < steps; ++s) {
    Cells after;
    const TCellTurnover t = w.turn_over(levels, s, after);
    EXPECT_EQ(static_cast<std::int64_t>(after.size()),
              static_cast<std::int64_t>(w.cells.size()) - t.deaths + t.divisions);
    sums.cells += static_cast<double>(w.cells.size());
    sums.deaths += static_cast<double>(t.deaths);
    sums.divisions += static_cast<double>(t.divisions);
  }
  return sums;
}

inline void expect_chances(const Sums& sums, double death, double division) {
  EXPECT_LT(std::abs(z_score(sums.deaths, sums.cells, death)), five_sigma);
  EXPECT_LT(std::abs(z_score(sums.divisions, sums.cells, (1 - death) * division)), five_sigma);
}

}  // namespace marrow::test
