// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/bone_distance.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

constexpr std::int64_t cell_edge = 8;
constexpr std::uint8_t no_bone = 64;  // king steps; 64 cells are more than 255 voxels
constexpr std::int64_t largest_squared = 255 * 255;

std::int64_t gap(std::int64_t lo, std::int64_t hi, std::int64_t v) {
  return v < lo ? lo - v : (v >= hi ? v - hi + 1 : 0);
}

std::int64_t gap2(const Box& b, const Index3& p) {
  const std::int64_t x = gap(b.lo.x, b.hi.x, p.x);
  const std::int64_t y = gap(b.lo.y, b.hi.y, p.y);
  const std::int64_t z = gap(b.lo.z, b.hi.z, p.z);
  return x * x + y * y + z * z;
}

/// Chessboard distance in two sweeps over the 26 neighbours, which is exact.
void spread_king_steps(const Index3& n, std::vector<std::uint8_t>& steps) {
  const Box box{{0, 0, 0}, n};
  const auto relax = [&](const Index3& p, int side) {
    std::uint8_t& here = steps[static_cast<std::size_t>(offset_in(box, p))];
    for (int k = 0; k < 13; ++k) {
      const Index3 q = p + Index3{side * (k % 3 - 1), side * (k / 3 % 3 - 1), side * (k / 9 - 1)};
      if (!box.contains(q)) continue;
      const int there = steps[static_cast<std::size_t>(offset_in(box, q))] + 1;
      if (there < here) here = static_cast<std::uint8_t>(there);
    }
  };
  const std::int64_t count = volume(n);
  const auto position = [&](std::int64_t i) {
    return Index3{i % n.x, (i / n.x) % n.y, i / (n.x * n.y)};
  };
  for (std::int64_t i = 0; i < count; ++i) relax(position(i), 1);
  for (std::int64_t i = count - 1; i >= 0; --i) relax(position(i), -1);
}

}  // namespace

BoneDistance::BoneDistance(const TissueBox& tissue, const Box& within, const Lattice& lattice)
    : tissue_(tissue), within_(within), lattice_(lattice) {
  const Index3 e = within.empty() ? Index3{} : within.extent();
  cells_ = {(e.x + cell_edge - 1) / cell_edge, (e.y + cell_edge - 1) / cell_edge,
            (e.z + cell_edge - 1) / cell_edge};
  king_steps_.assign(static_cast<std::size_t>(volume(cells_)), no_bone);
  for (std::int64_t z = 0; z < e.z; ++z) {
    for (std::int64_t y = 0; y < e.y; ++y) {
      const std::uint8_t* kind =
          &tissue
               .kind[static_cast<std::size_t>(offset_in(tissue.box, within.lo + Index3{0, y, z}))];
      std::uint8_t* row = &king_steps_[static_cast<std::size_t>(
          cells_.x * (y / cell_edge + cells_.y * (z / cell_edge)))];
      for (std::int64_t x = 0; x < e.x; ++x) {
        if (kind[x] == static_cast<std::uint8_t>(TissueKind::bone)) row[x / cell_edge] = 0;
      }
    }
  }
  spread_king_steps(cells_, king_steps_);
}

std::int64_t BoneDistance::nearest_in_cell(const Index3& cell, const Index3& p,
                                           std::int64_t bound) const {
  const Index3 lo = within_.lo + Index3{cell.x * cell_edge, cell.y * cell_edge, cell.z * cell_edge};
  const Box box = intersection(within_, {lo, lo + Index3{cell_edge, cell_edge, cell_edge}});
  if (gap2(box, p) >= bound) return bound;
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      const std::int64_t yz2 = (y - p.y) * (y - p.y) + (z - p.z) * (z - p.z);
      if (yz2 >= bound) continue;
      const std::uint8_t* kind =
          &tissue_.kind[static_cast<std::size_t>(offset_in(tissue_.box, {box.lo.x, y, z}))];
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x, ++kind) {
        if (*kind != static_cast<std::uint8_t>(TissueKind::bone)) continue;
        bound = std::min(bound, yz2 + (x - p.x) * (x - p.x));
      }
    }
  }
  return bound;
}

/// Looks at shells of cells around p's cell, from the first that can hold bone to the last that can
/// hold a nearer one.
std::int64_t BoneDistance::nearest(const Index3& p, std::int64_t bound) const {
  const auto cell = [](std::int64_t v) {
    return v < 0 ? -((-v + cell_edge - 1) / cell_edge) : v / cell_edge;
  };
  const Index3 r = p - within_.lo;
  const Index3 c{cell(r.x), cell(r.y), cell(r.z)};
  const Index3 inside{std::clamp<std::int64_t>(c.x, 0, cells_.x - 1),
                      std::clamp<std::int64_t>(c.y, 0, cells_.y - 1),
                      std::clamp<std::int64_t>(c.z, 0, cells_.z - 1)};
  const std::int64_t off =
      std::max({std::abs(c.x - inside.x), std::abs(c.y - inside.y), std::abs(c.z - inside.z)});
  const std::int64_t steps =
      king_steps_[static_cast<std::size_t>(offset_in({{0, 0, 0}, cells_}, inside))];
  if (steps == no_bone) return bound;
  for (std::int64_t shell = std::max(off, steps - off);; ++shell) {
    const std::int64_t least = std::max<std::int64_t>(0, (shell - 1) * cell_edge + 1);
    if (least * least >= bound) return bound;
    for (std::int64_t z = std::max<std::int64_t>(0, c.z - shell);
         z <= std::min(cells_.z - 1, c.z + shell); ++z) {
      for (std::int64_t y = std::max<std::int64_t>(0, c.y - shell);
           y <= std::min(cells_.y - 1, c.y + shell); ++y) {
        const bool face = std::abs(z - c.z) == shell || std::abs(y - c.y) == shell;
        const std::int64_t step = face || shell == 0 ? 1 : 2 * shell;
        for (std::int64_t x = c.x - shell; x <= c.x + shell; x += step) {
          if (x < 0 || x >= cells_.x) continue;
          if (king_steps_[static_cast<std::size_t>(x + cells_.x * (y + cells_.y * z))] != 0)
            continue;
          bound = nearest_in_cell({x, y, z}, p, bound);
        }
      }
    }
  }
}

std::uint16_t BoneDistance::squared(const Index3& p, std::uint16_t bound) const {
  if (within_.empty()) return bound;
  std::int64_t best = std::min<std::int64_t>(bound, largest_squared + 1);
  const std::int64_t before = best;
  const std::int64_t reach = lattice_.periodic ? 1 : 0;
  for (std::int64_t z = -reach; z <= reach; ++z) {
    for (std::int64_t y = -reach; y <= reach; ++y) {
      for (std::int64_t x = -reach; x <= reach; ++x) {
        const Index3 image =
            p + Index3{x * lattice_.extent.x, y * lattice_.extent.y, z * lattice_.extent.z};
        if (gap2(within_, image) < best) best = nearest(image, best);
      }
    }
  }
  return best < before ? static_cast<std::uint16_t>(best) : bound;
}

std::uint8_t distance_voxels(std::uint16_t squared) {
  if (squared > largest_squared) return 255;
  return static_cast<std::uint8_t>(std::sqrt(static_cast<double>(squared)));
}

}  // namespace marrow
