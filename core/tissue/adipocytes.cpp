// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/adipocytes.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace marrow {
namespace {

// Diameters: the mean times 0.6 + 0.4*(u + u'), with uniform u, u' - a triangle from 0.6 to 1.4.
// The mean cube of that factor is 1 + 3*0.16*Var(u + u') = 1.08.
constexpr double least_factor = 0.6;
constexpr double spread = 0.4;
constexpr double mean_cube = 1.08;
// Spheres beyond the asked density appear only when marrow is lost; adipocytes are larger in
// aplasia (core/MODEL.md, "Tissue").
constexpr double aplastic_factor = 1.3;
constexpr double largest_factor = (least_factor + 2.0 * spread) * aplastic_factor;
constexpr double pi = 3.14159265358979323846;
constexpr std::int64_t cells_beyond = 4;  // of the sphere grid outside a reflecting lattice
constexpr std::uint64_t most_per_cell = 4096;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return q - (a % b < 0 ? 1 : 0);
}

/// Spheres at Poisson points that appear one after another: at fat share f the mean number of
/// spheres over a point is -ln(1 - f), so the share of covered points is f.
class SphereField {
 public:
  SphereField(const Lattice& lattice, const AdipocyteParameters& adipocytes, const Draws& draws)
      : lattice_(lattice), draws_(draws), diameter_(adipocytes.diameter_um / lattice.spacing_um) {
    const double sphere = pi / 6.0 * mean_cube * diameter_ * diameter_ * diameter_;
    normal_cover_ = adipocytes.density_per_mm3 * lattice.voxel_mm3() * sphere;
    cover_ = -det_log(1.0 / 255.0);  // the last level, 254/255
    normal_cover_ = std::min(normal_cover_, cover_);
    const double aplastic = sphere * aplastic_factor * aplastic_factor * aplastic_factor;
    normal_per_voxel_ = normal_cover_ / sphere;
    aplastic_per_voxel_ = (cover_ - normal_cover_) / aplastic;
    const auto cells = [&](std::int64_t n) {
      return std::max<std::int64_t>(
          1, static_cast<std::int64_t>(static_cast<double>(n) / (2.0 * diameter_)));
    };
    count_ = {cells(lattice.extent.x), cells(lattice.extent.y), cells(lattice.extent.z)};
  }

  [[nodiscard]] Box cells_near(const Box& box) const {
    const auto margin = static_cast<std::int64_t>(0.5 * largest_factor * diameter_) + 2;
    const Box wide = box.grown(margin);
    const auto cell = [](std::int64_t v, std::int64_t count, std::int64_t extent) {
      return floor_divide(v * count, extent);
    };
    const Index3& e = lattice_.extent;
    const Box near{{cell(wide.lo.x, count_.x, e.x), cell(wide.lo.y, count_.y, e.y),
                    cell(wide.lo.z, count_.z, e.z)},
                   {cell(wide.hi.x, count_.x, e.x) + 1, cell(wide.hi.y, count_.y, e.y) + 1,
                    cell(wide.hi.z, count_.z, e.z) + 1}};
    return lattice_.periodic ? near : intersection(near, numbered());
  }

  template <class Use>
  void for_each_sphere(const Index3& cell, Use&& use) const {
    const Index3 image{lattice_.periodic ? floor_divide(cell.x, count_.x) : 0,
                       lattice_.periodic ? floor_divide(cell.y, count_.y) : 0,
                       lattice_.periodic ? floor_divide(cell.z, count_.z) : 0};
    const std::uint64_t index = number(cell, image);
    const double size =
        static_cast<double>(volume(lattice_.extent)) / static_cast<double>(volume(count_));
    const Bits128 bits = draws_(Purpose::adipocyte, Entity::tissue_node, index);
    const std::uint64_t normal = poisson(normal_per_voxel_ * size, bits.first);
    const std::uint64_t aplastic = poisson(aplastic_per_voxel_ * size, bits.second);
    for (std::uint64_t i = 0; i < normal + aplastic; ++i) {
      use(sphere(cell, image, index, i + 1, i < normal));
    }
  }

 private:
  [[nodiscard]] Box numbered() const {
    return Box{{0, 0, 0}, count_}.grown(lattice_.periodic ? 0 : cells_beyond);
  }

  [[nodiscard]] std::uint64_t number(const Index3& cell, const Index3& image) const {
    return static_cast<std::uint64_t>(offset_in(
        numbered(),
        {cell.x - image.x * count_.x, cell.y - image.y * count_.y, cell.z - image.z * count_.z}));
  }

  /// By inversion; a cell is less than 4 diameters wide, so means stay below 400.
  static std::uint64_t poisson(double mean, std::uint64_t bits) {
    double left = uniform_unit(bits);
    double chance = det_exp(-mean);
    std::uint64_t n = 0;
    while (left >= chance && n < most_per_cell) {
      left -= chance;
      ++n;
      chance *= mean / static_cast<double>(n);
    }
    return n;
  }

  [[nodiscard]] Adipocyte sphere(const Index3& cell, const Index3& image, std::uint64_t index,
                                 std::uint64_t i, bool normal) const {
    const Bits128 place = draws_(Purpose::adipocyte, Entity::tissue_node, index, 2 * i);
    const Bits128 size = draws_(Purpose::adipocyte, Entity::tissue_node, index, 2 * i + 1);
    const auto part = [](std::uint64_t bits) {
      return static_cast<double>(bits & 0xffffffff) * 0x1p-32;
    };
    // Centres are multiples of 1/1024 voxel, so that periodic images are exact (see vessels.cpp).
    const auto at = [&](std::int64_t c, std::int64_t image_c, std::int64_t count,
                        std::int64_t extent, double u) {
      const double inside = (static_cast<double>(c - image_c * count) + u) *
                            (static_cast<double>(extent) / static_cast<double>(count));
      return std::floor((inside - 0.5) * 1024.0) * 0x1p-10 + static_cast<double>(image_c * extent);
    };
    const Index3& e = lattice_.extent;
    Adipocyte s;
    s.centre = {at(cell.x, image.x, count_.x, e.x, part(place.first)),
                at(cell.y, image.y, count_.y, e.y, part(place.first >> 32)),
                at(cell.z, image.z, count_.z, e.z, part(place.second))};
    const double factor = least_factor + spread * (part(size.first) + part(size.first >> 32));
    s.radius = 0.5 * diameter_ * factor * (normal ? 1.0 : aplastic_factor);
    const double u = part(size.second);
    const double cover = normal ? u * normal_cover_ : normal_cover_ + u * (cover_ - normal_cover_);
    s.reveal = static_cast<std::uint8_t>(
        std::min(254, 1 + static_cast<int>(255.0 * one_minus_exp(cover))));
    return s;
  }

  const Lattice& lattice_;
  const Draws& draws_;
  double diameter_;
  double normal_cover_ = 0.0, cover_ = 0.0;
  double normal_per_voxel_ = 0.0, aplastic_per_voxel_ = 0.0;
  Index3 count_;
};

void paint(const Adipocyte& s, const Box& box, std::vector<std::uint8_t>& reveal) {
  const auto low = [&](double c) { return static_cast<std::int64_t>(std::floor(c - s.radius)); };
  const auto high = [&](double c) {
    return static_cast<std::int64_t>(std::floor(c + s.radius)) + 2;
  };
  const Box near = intersection(box, {{low(s.centre[0]), low(s.centre[1]), low(s.centre[2])},
                                      {high(s.centre[0]), high(s.centre[1]), high(s.centre[2])}});
  for (std::int64_t z = near.lo.z; z < near.hi.z; ++z) {
    for (std::int64_t y = near.lo.y; y < near.hi.y; ++y) {
      const double dy = static_cast<double>(y) - s.centre[1],
                   dz = static_cast<double>(z) - s.centre[2];
      for (std::int64_t x = near.lo.x; x < near.hi.x; ++x) {
        const double dx = static_cast<double>(x) - s.centre[0];
        if (dx * dx + dy * dy + dz * dz > s.radius * s.radius) continue;
        std::uint8_t& value = reveal[static_cast<std::size_t>(offset_in(box, {x, y, z}))];
        value = std::min(value, s.reveal);
      }
    }
  }
}

}  // namespace

void for_each_adipocyte(const Lattice& lattice, const AdipocyteParameters& adipocytes,
                        const Draws& draws, const Box& box,
                        const std::function<void(const Adipocyte&)>& use) {
  if (box.empty() || !(adipocytes.diameter_um > 0.0)) return;
  const SphereField field(lattice, adipocytes, draws);
  const Box cells = field.cells_near(box);
  for (std::int64_t z = cells.lo.z; z < cells.hi.z; ++z) {
    for (std::int64_t y = cells.lo.y; y < cells.hi.y; ++y) {
      for (std::int64_t x = cells.lo.x; x < cells.hi.x; ++x) field.for_each_sphere({x, y, z}, use);
    }
  }
}

std::vector<std::uint8_t> adipocyte_reveal(const Lattice& lattice,
                                           const AdipocyteParameters& adipocytes,
                                           const Draws& draws, const Box& box) {
  std::vector<std::uint8_t> reveal(static_cast<std::size_t>(box.volume()), never_fat);
  for_each_adipocyte(lattice, adipocytes, draws, box,
                     [&](const Adipocyte& s) { paint(s, box, reveal); });
  return reveal;
}

bool shows_fat(std::uint8_t reveal, double fat) {
  return reveal != never_fat && static_cast<double>(reveal) <= 255.0 * fat;
}

}  // namespace marrow
