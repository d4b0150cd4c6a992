// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/section_cells.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

// What a draw of Purpose::biopsy_cell is for: its sub-step.
constexpr std::uint32_t agent_draw = 0, first_cell_draw = 1, second_cell_draw = 2,
                        megakaryocyte_draw = 3, island_draw = 4, osteocyte_draw = 5,
                        red_cell_draw = 6;

constexpr double cell_grid_um = 10.0;
constexpr double cells_per_point = 0.9;     // two points in each cube of 10 um: 1.8e6 per mm3
constexpr double jitter_um = cell_grid_um;  // as wide as the cube, so that all depths hold as many
constexpr double megakaryocyte_grid_um = 100.0;
constexpr double megakaryocytes_per_cube = 0.45;
// Erythroid islands: spheres of 23.4 um, one for each cube of 60 um, hold a quarter of all cells.
constexpr double island_grid_um = 60.0;
constexpr double island_radius_um = 23.4;
constexpr double erythroid_in_island = 0.9;
constexpr double osteocyte_grid_um = 20.0;
constexpr double osteocytes_per_cube = 0.136;  // 17,000 per mm3
constexpr double red_cells_per_cube = 0.7;

/// Cubes that fill the box, each with its own draws.
class Cubes {
 public:
  Cubes(const Lattice& lattice, double edge_um, const Draws& draws)
      : edge_um_(edge_um), draws_(draws) {
    const Vector3 box = extent_um(lattice);
    const auto count = [&](double v) { return static_cast<std::int64_t>(std::ceil(v / edge_um)); };
    count_ = {count(box.x), count(box.y), count(box.z)};
  }

  [[nodiscard]] Index3 of(const Vector3& p) const {
    const auto at = [&](double v, std::int64_t n) {
      return std::clamp(static_cast<std::int64_t>(std::floor(v / edge_um_)), std::int64_t{0},
                        n - 1);
    };
    return {at(p.x, count_.x), at(p.y, count_.y), at(p.z, count_.z)};
  }
  [[nodiscard]] Bits128 bits(const Index3& cube, std::uint32_t draw) const {
    const auto index = static_cast<std::uint64_t>(offset_in({{0, 0, 0}, count_}, cube));
    return draws_(Purpose::biopsy_cell, Entity::site, index, 0, draw);
  }
  /// A point of the cube from 48 random bits: `spread` um around `middle` (in edges).
  [[nodiscard]] Vector3 place(const Index3& cube, std::uint64_t bits, double middle,
                              double spread) const {
    const auto at = [&](std::int64_t i, int shift) {
      const double u = static_cast<double>((bits >> shift) & 0xffff) * 0x1p-16 - 0.5;
      return (static_cast<double>(i) + middle) * edge_um_ + spread * u;
    };
    return {at(cube.x, 0), at(cube.y, 16), at(cube.z, 32)};
  }
  /// Calls use(cube) for every cube whose middle is within `reach_um` of the plane of a piece.
  template <class Use>
  void for_each_near(const Lattice& lattice, const Pass& pass, double reach_um, Use&& use) const {
    const double half = 0.87 * edge_um_;  // of the diagonal
    for_each_piece(lattice, pass, reach_um + half, [&](double from, double to, const Box& voxels) {
      if (voxels.empty()) return;
      const double a = lattice.spacing_um;
      const auto corner = [&](const Index3& v) {
        return Vector3{static_cast<double>(v.x) * a, static_cast<double>(v.y) * a,
                       static_cast<double>(v.z) * a};
      };
      const Index3 lo = of(corner(voxels.lo)), hi = of(corner(voxels.hi));
      const bool first = from <= 0.0, last = to >= pass.length_um;
      for (std::int64_t z = lo.z; z <= hi.z; ++z) {
        for (std::int64_t y = lo.y; y <= hi.y; ++y) {
          for (std::int64_t x = lo.x; x <= hi.x; ++x) {
            const Vector3 middle = pass.coordinates(
                edge_um_ * Vector3{static_cast<double>(x) + 0.5, static_cast<double>(y) + 0.5,
                                   static_cast<double>(z) + 0.5});
            // Pieces overlap in cubes: each cube belongs to the piece that holds its middle.
            if ((middle.x < from && !first) || (middle.x >= to && !last)) continue;
            if (std::fabs(middle.z) > reach_um + half) continue;
            use(Index3{x, y, z});
          }
        }
      }
    });
  }

 private:
  double edge_um_;
  const Draws& draws_;
  Index3 count_;
};

/// Makes the cells of one section.
class Scenery {
 public:
  Scenery(const Lattice& lattice, const SectionTissue& tissue, const Draws& draws,
          double thickness_um, const FatShare& fat_share, double attack)
      : lattice_(lattice),
        tissue_(tissue),
        thickness_um_(thickness_um),
        fat_share_(fat_share),
        other_cd8_per_mm3_(cd8_per_mm3 +
                           std::clamp(attack, 0.0, 1.0) * (cd8_in_aplasia_per_mm3 - cd8_per_mm3)),
        cells_(lattice, cell_grid_um, draws),
        islands_(lattice, island_grid_um, draws),
        megakaryocytes_(lattice, megakaryocyte_grid_um, draws),
        osteocytes_(lattice, osteocyte_grid_um, draws) {}

  std::vector<SectionCell> make() {
    add_cells();
    add_sparse(osteocytes_, osteocyte_draw, osteocyte_grid_um, osteocytes_per_cube,
               CellLook::osteocyte, SectionPlace::bone);
    add_sparse(cells_, red_cell_draw, cell_grid_um, red_cells_per_cube, CellLook::red_cell,
               SectionPlace::sinusoid);
    add_sparse(megakaryocytes_, megakaryocyte_draw, megakaryocyte_grid_um, megakaryocytes_per_cube,
               CellLook::megakaryocyte, SectionPlace::hematopoietic);
    return std::move(out_);
  }

 private:
  [[nodiscard]] bool seen(const Vector3& c, CellLook look) const {
    const Pass& pass = tissue_.pass();
    return 2.0 * std::fabs(c.z) < thickness_um_ + cell_diameter_um(look) && c.x >= 0.0 &&
           c.x < pass.length_um && 2.0 * std::fabs(c.y) < pass.width_um;
  }

  /// The place takes 48 bits of the first word, chance and look the high bits of the second.
  void add(const Vector3& c, CellLook look, const Bits128& bits) {
    const auto shape =
        static_cast<std::uint32_t>((bits.first >> 48 << 16) | (bits.second & 0xffff));
    out_.push_back({static_cast<float>(c.x), static_cast<float>(c.y), static_cast<float>(c.z), look,
                    shape, 0});
  }

  void add_cells() {
    const double reach = 0.5 * (thickness_um_ + cell_diameter_um(CellLook::myeloid) + jitter_um);
    cells_.for_each_near(lattice_, tissue_.pass(), reach, [&](const Index3& cube) {
      add_cell(cube, first_cell_draw, 0.25);
      add_cell(cube, second_cell_draw, 0.75);
    });
  }

  /// A cell at one of the two points of a body-centred cube.
  void add_cell(const Index3& cube, std::uint32_t draw, double middle) {
    const Bits128 bits = cells_.bits(cube, draw);
    if (!Threshold::of(cells_per_point).happens(bits.second)) return;
    const Vector3 p = cells_.place(cube, bits.first, middle, jitter_um);
    const Vector3 c = tissue_.pass().coordinates(p);
    if (!seen(c, CellLook::myeloid) || tissue_.at(c.x, c.y) != SectionPlace::hematopoietic) return;
    const CellLook look = look_at(p, bits.second << 20);
    if (seen(c, look)) add(c, look, bits);
  }

  [[nodiscard]] CellLook look_at(const Vector3& p, std::uint64_t bits) const {
    double u = uniform_unit(bits);
    const double here = cells_per_mm3 * (1.0 - fat_share_.at(p));
    const auto share = [&](double per_mm3, double most) {
      return per_mm3 < most * here ? per_mm3 / here : most;
    };
    const double cd8 = share(other_cd8_per_mm3_, largest_cd8_share);
    if (u < cd8) return CellLook::other_cd8;
    const double lymphocytes = share(lymphocytes_per_mm3, largest_lymphocyte_share);
    if (u < std::max(cd8, lymphocytes)) return CellLook::lymphocyte;
    u -= std::max(cd8, lymphocytes);
    const double rest = 1.0 - std::max(cd8, lymphocytes);
    // Of all cells, so that the CD34+ share does not fall where lymphocytes stay behind.
    if (u < std::min(cd34_share, rest)) return CellLook::cd34_progenitor;
    if (in_island(p))
      return u < erythroid_in_island * rest ? CellLook::erythroid : CellLook::myeloid;
    return CellLook::myeloid;
  }

  [[nodiscard]] bool in_island(const Vector3& p) const {
    const Index3 cube = islands_.of(p);
    const Vector3 away = p - islands_.place(cube, islands_.bits(cube, island_draw).first, 0.5,
                                            island_grid_um - 2.0 * island_radius_um);
    return dot(away, away) < island_radius_um * island_radius_um;
  }

  void add_sparse(const Cubes& cubes, std::uint32_t draw, double edge_um, double chance,
                  CellLook look, SectionPlace where) {
    const Threshold threshold = Threshold::of(chance);
    const double reach = 0.5 * (thickness_um_ + cell_diameter_um(look));
    cubes.for_each_near(lattice_, tissue_.pass(), reach, [&](const Index3& cube) {
      const Bits128 bits = cubes.bits(cube, draw);
      if (!threshold.happens(bits.second)) return;
      const Vector3 c = tissue_.pass().coordinates(cubes.place(cube, bits.first, 0.5, edge_um));
      if (seen(c, look) && fits(c, look, where)) add(c, look, bits);
    });
  }

  /// Large cells need the place around them too.
  [[nodiscard]] bool fits(const Vector3& c, CellLook look, SectionPlace where) const {
    const double r = 0.3 * cell_diameter_um(look);
    for (const auto& [ds, dt] : {std::pair{0.0, 0.0}, {r, 0.0}, {-r, 0.0}, {0.0, r}, {0.0, -r}}) {
      if (tissue_.at(c.x + ds, c.y + dt) != where) return false;
    }
    return true;
  }

  const Lattice& lattice_;
  const SectionTissue& tissue_;
  double thickness_um_;
  const FatShare& fat_share_;
  double other_cd8_per_mm3_;
  Cubes cells_, islands_, megakaryocytes_, osteocytes_;
  std::vector<SectionCell> out_;
};

/// The nearest wall of the fat cell that holds a point.
Vector3 out_of_fat(const SectionFat& fat, Vector3 c) {
  constexpr int steps = 4;  // a far wall may hide a nearer one
  for (int i = 0; i < steps; ++i) {
    const SectionFat::Place here = fat.at(c.x, c.y);
    if (!here.inside) break;
    c.x += static_cast<double>(here.wall_um * here.out_s);
    c.y += static_cast<double>(here.wall_um * here.out_t);
  }
  return c;
}

CellLook look_of(CellState state) {
  if (state == CellState::stem) return CellLook::stem;
  if (state == CellState::apoptotic) return CellLook::dying_stem;
  return CellLook::attacking_tcell;
}

}  // namespace

std::vector<SectionCell> agents_in_section(const Lattice& lattice, const SectionTissue& tissue,
                                           const Draws& draws, double thickness_um,
                                           std::span<const MarrowAgent> agents) {
  const Pass& pass = tissue.pass();
  std::vector<SectionCell> cells;
  for (const MarrowAgent& agent : agents) {
    const CellLook look = look_of(agent.record.state());
    const double reach = 0.5 * (thickness_um + cell_diameter_um(look));
    Vector3 p = voxel_centre_um(lattice, lattice.position(agent.site));
    if (std::fabs(pass.coordinates(p).z) > reach + lattice.spacing_um) continue;
    const Bits128 bits = draws(Purpose::biopsy_cell, Entity::site, agent.site, 0, agent_draw);
    const auto off = [&](int shift) {
      const double u = static_cast<double>((bits.first >> shift) & 0xffff) * 0x1p-16;
      return (u - 0.5) * lattice.spacing_um;
    };
    p = p + Vector3{off(0), off(16), off(32)};
    Vector3 c = pass.coordinates(p);
    if (std::fabs(c.z) >= reach || c.x < 0.0 || c.x >= pass.length_um ||
        2.0 * std::fabs(c.y) >= pass.width_um) {
      continue;
    }
    c = out_of_fat(tissue.fat(), c);
    cells.push_back({static_cast<float>(c.x), static_cast<float>(c.y), static_cast<float>(c.z),
                     look, static_cast<std::uint32_t>(bits.second), agent.record.clone()});
  }
  return cells;
}

std::vector<SectionCell> scenery_in_section(const Lattice& lattice, const SectionTissue& tissue,
                                            const Draws& draws, double thickness_um,
                                            const FatShare& fat_share, double attack) {
  return Scenery(lattice, tissue, draws, thickness_um, fat_share, attack).make();
}

}  // namespace marrow
