// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/vessels.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace marrow {
namespace {

// Three links start at each node, each about 1.3 spacings long. With this share of them kept a
// section shows one vessel per spacing^2 (it cuts half of the length per volume,
// 3*0.5*1.3/spacing^2), and the network is far above the bond percolation threshold of the cubic
// lattice (0.249).
constexpr double link_share = 0.5;
constexpr double bend = 0.25;  // a link's middle lies up to this part of a cell off its line
constexpr double radius_variation = 0.2;  // +- around the asked radius, uniform
// A tube this wide, in voxels, is connected through voxel faces in every direction: sqrt(3)/2.
constexpr double least_radius = 0.8660254037844386;

constexpr std::int64_t cells_beyond = 4;  // of the network outside a reflecting lattice

struct Point {
  double x, y, z;
};

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return q - (a % b < 0 ? 1 : 0);
}

/// The grid of network nodes. Cells divide the lattice evenly, so that it can wrap.
class Network {
 public:
  Network(const Lattice& lattice, const VesselParameters& vessels, Purpose purpose,
          const Draws& draws)
      : lattice_(lattice), purpose_(purpose), draws_(draws) {
    const double spacing = vessels.spacing_um / lattice.spacing_um;
    const auto cells = [&](std::int64_t n) {
      return std::max<std::int64_t>(
          1, static_cast<std::int64_t>(static_cast<double>(n) / spacing + 0.5));
    };
    count_ = {cells(lattice.extent.x), cells(lattice.extent.y), cells(lattice.extent.z)};
    edge_ = {static_cast<double>(lattice.extent.x) / static_cast<double>(count_.x),
             static_cast<double>(lattice.extent.y) / static_cast<double>(count_.y),
             static_cast<double>(lattice.extent.z) / static_cast<double>(count_.z)};
    radius_ = 0.5 * vessels.diameter_um / lattice.spacing_um;
  }

  [[nodiscard]] double largest_radius() const {
    return std::max(least_radius, radius_ * (1.0 + radius_variation));
  }

  /// Cells whose links can touch the box.
  [[nodiscard]] Box cells_near(const Box& box) const {
    const auto cell = [&](std::int64_t v, double edge) {
      return static_cast<std::int64_t>(std::floor(static_cast<double>(v) / edge));
    };
    const auto m = static_cast<std::int64_t>(largest_radius()) + 1;
    // A link fills its two cells and, by its bend, part of the next.
    const Box near{{cell(box.lo.x - m, edge_.x) - 2, cell(box.lo.y - m, edge_.y) - 2,
                    cell(box.lo.z - m, edge_.z) - 2},
                   {cell(box.hi.x + m, edge_.x) + 2, cell(box.hi.y + m, edge_.y) + 2,
                    cell(box.hi.z + m, edge_.z) + 2}};
    const Index3 one{1, 1, 1};
    return lattice_.periodic ? near : intersection(near, {numbered().lo, numbered().hi - one});
  }

  [[nodiscard]] Point node(const Index3& cell) const {
    const Index3 image = image_of(cell);
    const Bits128 bits = draws_(purpose_, Entity::tissue_node, index(cell));
    // Multiples of 1/1024 voxel, placed in the lattice and then moved by whole extents: differences
    // to voxel positions are exact, so all periodic images of a tube hold the same voxels.
    const auto place = [](std::int64_t c, std::int64_t image_c, std::int64_t count,
                          std::int64_t extent, std::uint64_t bits21, double edge) {
      const double u = static_cast<double>(bits21 & 0x1fffff) * 0x1p-21;
      const double inside = (static_cast<double>(c - image_c * count) + u) * edge;
      return std::floor((inside - 0.5) * 1024.0) * 0x1p-10 + static_cast<double>(image_c * extent);
    };
    return {place(cell.x, image.x, count_.x, lattice_.extent.x, bits.first, edge_.x),
            place(cell.y, image.y, count_.y, lattice_.extent.y, bits.first >> 21, edge_.y),
            place(cell.z, image.z, count_.z, lattice_.extent.z, bits.first >> 42, edge_.z)};
  }

  /// A point near the middle of the link from `a` to `b` that starts at `cell` along `axis`. Like
  /// the nodes a multiple of 1/1024 voxel from the lattice's corner in every image.
  [[nodiscard]] Point middle(const Index3& cell, int axis, const Point& a, const Point& b) const {
    const Bits128 bits =
        draws_(purpose_, Entity::tissue_node, index(cell), static_cast<std::uint64_t>(axis) + 2);
    const auto at = [](double u, double v, std::uint64_t bits21, double edge) {
      const double off = static_cast<double>(bits21 & 0x1fffff) * 0x1p-20 - 1.0;
      return u + std::floor((0.5 * (v - u) + bend * edge * off) * 1024.0) * 0x1p-10;
    };
    return {at(a.x, b.x, bits.first, edge_.x), at(a.y, b.y, bits.first >> 21, edge_.y),
            at(a.z, b.z, bits.first >> 42, edge_.z)};
  }

  /// Radius of the link from the cell's node to that of the next cell along an axis; 0 = no link.
  [[nodiscard]] std::array<double, 3> links(const Index3& cell) const {
    const Bits128 bits = draws_(purpose_, Entity::tissue_node, index(cell), 1);
    std::array<double, 3> radius{};
    for (int axis = 0; axis < 3; ++axis) {
      const double keep = static_cast<double>((bits.first >> (21 * axis)) & 0x1fffff) * 0x1p-21;
      const double width =
          static_cast<double>((bits.second >> (21 * axis)) & 0x1fffff) * 0x1p-20 - 1.0;
      if (keep >= link_share) continue;
      radius[axis] = std::max(least_radius, radius_ * (1.0 + radius_variation * width));
    }
    return radius;
  }

 private:
  /// How many whole lattices the cell lies away from the lattice; 0 without wrapping.
  [[nodiscard]] Index3 image_of(const Index3& cell) const {
    if (!lattice_.periodic) return {0, 0, 0};
    return {floor_divide(cell.x, count_.x), floor_divide(cell.y, count_.y),
            floor_divide(cell.z, count_.z)};
  }

  /// Number of the cell, the same for its periodic images.
  [[nodiscard]] std::uint64_t index(const Index3& cell) const {
    const Index3 image = image_of(cell);
    const Index3 inside{cell.x - image.x * count_.x, cell.y - image.y * count_.y,
                        cell.z - image.z * count_.z};
    return static_cast<std::uint64_t>(offset_in(numbered(), inside));
  }

  /// Cells beyond a reflecting lattice count like those inside, so that the network has no edge
  /// there.
  [[nodiscard]] Box numbered() const {
    return Box{{0, 0, 0}, count_}.grown(lattice_.periodic ? 0 : cells_beyond);
  }

  const Lattice& lattice_;
  Purpose purpose_;
  const Draws& draws_;
  Index3 count_;
  Point edge_{};
  double radius_ = 0.0;
};

/// Voxels whose centre lies within `radius` of the segment a-b.
void carve_tube(TissueBox& tissue, const Point& a, const Point& b, double radius, TissueKind kind) {
  const auto low = [&](double p, double q) {
    return static_cast<std::int64_t>(std::floor(std::min(p, q) - radius));
  };
  const auto high = [&](double p, double q) {
    return static_cast<std::int64_t>(std::floor(std::max(p, q) + radius)) + 2;
  };
  const Box box = intersection(tissue.box, {{low(a.x, b.x), low(a.y, b.y), low(a.z, b.z)},
                                            {high(a.x, b.x), high(a.y, b.y), high(a.z, b.z)}});
  if (box.empty()) return;
  const Point d{b.x - a.x, b.y - a.y, b.z - a.z};
  const double length2 = d.x * d.x + d.y * d.y + d.z * d.z;
  const double scale = length2 > 0.0 ? 1.0 / length2 : 0.0;
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      std::uint8_t* row =
          &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, {box.lo.x, y, z}))];
      const double ry = static_cast<double>(y) - a.y, rz = static_cast<double>(z) - a.z;
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x, ++row) {
        const double rx = static_cast<double>(x) - a.x;
        const double t = std::min(1.0, std::max(0.0, (rx * d.x + ry * d.y + rz * d.z) * scale));
        const double ex = rx - t * d.x, ey = ry - t * d.y, ez = rz - t * d.z;
        const bool inside = ex * ex + ey * ey + ez * ez <= radius * radius;
        if (inside && *row == static_cast<std::uint8_t>(TissueKind::marrow)) {
          *row = static_cast<std::uint8_t>(kind);
        }
      }
    }
  }
}

}  // namespace

void carve_vessels(TissueBox& tissue, const Lattice& lattice, const VesselParameters& vessels,
                   TissueKind kind, const Draws& draws) {
  if (!(vessels.diameter_um > 0.0) || tissue.box.empty()) return;
  const Purpose purpose = kind == TissueKind::sinusoid ? Purpose::sinusoid : Purpose::arteriole;
  const Network network(lattice, vessels, purpose, draws);
  const Box cells = network.cells_near(tissue.box);
  for (std::int64_t z = cells.lo.z; z < cells.hi.z; ++z) {
    for (std::int64_t y = cells.lo.y; y < cells.hi.y; ++y) {
      for (std::int64_t x = cells.lo.x; x < cells.hi.x; ++x) {
        const std::array<double, 3> radius = network.links({x, y, z});
        const Point from = network.node({x, y, z});
        const std::array<Index3, 3> next = {{{x + 1, y, z}, {x, y + 1, z}, {x, y, z + 1}}};
        for (int axis = 0; axis < 3; ++axis) {
          if (!(radius[axis] > 0.0)) continue;
          const Point to = network.node(next[axis]);
          const Point middle = network.middle({x, y, z}, axis, from, to);
          carve_tube(tissue, from, middle, radius[axis], kind);
          carve_tube(tissue, middle, to, radius[axis], kind);
        }
      }
    }
  }
}

void carve_vessels(TissueBox& tissue, const Lattice& lattice, const TissueParameters& parameters,
                   const Draws& draws) {
  carve_vessels(tissue, lattice, parameters.arterioles, TissueKind::arteriole, draws);
  carve_vessels(tissue, lattice, parameters.sinusoids, TissueKind::sinusoid, draws);
}

}  // namespace marrow
