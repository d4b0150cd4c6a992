// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/section_tissue.hpp"

#include "core/tissue/adipocytes.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

constexpr double pitch_um = 5.0;
constexpr double piece_um = 640.0;
constexpr double voxels_around = 2.0;  // that smoothing looks at

/// The voxels that may lie within `margin` of a rectangle of the plane, inside the lattice.
Box voxels_around_plane(const Lattice& lattice, const Pass& pass, double from, double to,
                        double margin) {
  Vector3 lo = pass.point(from, 0.0), hi = lo;
  for (const double s : {from, to}) {
    for (const double t : {-0.5 * pass.width_um, 0.5 * pass.width_um}) {
      const Vector3 p = pass.point(s, t);
      lo = {std::min(lo.x, p.x), std::min(lo.y, p.y), std::min(lo.z, p.z)};
      hi = {std::max(hi.x, p.x), std::max(hi.y, p.y), std::max(hi.z, p.z)};
    }
  }
  const auto low = [&](double v) {
    return static_cast<std::int64_t>(std::floor((v - margin) / lattice.spacing_um));
  };
  const auto high = [&](double v) {
    return static_cast<std::int64_t>(std::floor((v + margin) / lattice.spacing_um)) + 1;
  };
  return intersection(lattice.box(),
                      {{low(lo.x), low(lo.y), low(lo.z)}, {high(hi.x), high(hi.y), high(hi.z)}});
}

/// The fat cells that the plane cuts and the fat share reveals.
std::vector<FatProfile> cut_fat(const Lattice& lattice, const Pass& pass,
                                const AdipocyteParameters& adipocytes, const Draws& draws,
                                const FatShare& fat_share) {
  std::vector<FatProfile> profiles;
  const double reach = 2.0 * adipocytes.diameter_um;
  for_each_piece(lattice, pass, 0.0, [&](double from, double to, const Box& box) {
    const double first = from > 0.0 ? from : -reach;
    const double last = to < pass.length_um ? to : to + reach;
    for_each_adipocyte(lattice, adipocytes, draws, box.grown(1), [&](const Adipocyte& a) {
      const double spacing = lattice.spacing_um;
      const Vector3 centre{(a.centre[0] + 0.5) * spacing, (a.centre[1] + 0.5) * spacing,
                           (a.centre[2] + 0.5) * spacing};
      const Vector3 c = pass.coordinates(centre);
      const double r = a.radius * spacing;
      const double cut = r * r - c.z * c.z;
      if (c.x < first || c.x >= last || cut <= 0.0) return;
      if (std::fabs(c.y) > 0.5 * pass.width_um + r) return;
      if (!shows_fat(a.reveal, fat_share.at(centre))) return;
      profiles.push_back(
          {static_cast<float>(c.x), static_cast<float>(c.y), static_cast<float>(cut)});
    });
  });
  return profiles;
}

/// Weights of the three voxels around a coordinate (in voxels, centres at integers): the quadratic
/// B-spline.
struct Weights {
  std::int64_t first;
  std::array<double, 3> w;
};

Weights spline(double v) {
  const double middle = std::floor(v + 0.5);
  const double d = v - middle;
  return {static_cast<std::int64_t>(middle) - 1,
          {0.5 * (0.5 - d) * (0.5 - d), 0.75 - d * d, 0.5 * (0.5 + d) * (0.5 + d)}};
}

/// The weight of the voxels of a kind around a point; voxels beyond the box repeat its outermost.
float share_of(const TissueBox& tissue, const Weights& x, const Weights& y, const Weights& z,
               TissueKind kind) {
  const Box& b = tissue.box;
  double sum = 0.0;
  for (std::int64_t k = 0; k < 3; ++k) {
    for (std::int64_t j = 0; j < 3; ++j) {
      const double w = z.w[static_cast<std::size_t>(k)] * y.w[static_cast<std::size_t>(j)];
      if (w == 0.0) continue;
      for (std::int64_t i = 0; i < 3; ++i) {
        const Index3 p{std::clamp(x.first + i, b.lo.x, b.hi.x - 1),
                       std::clamp(y.first + j, b.lo.y, b.hi.y - 1),
                       std::clamp(z.first + k, b.lo.z, b.hi.z - 1)};
        if (tissue.at(p) == kind) sum += w * x.w[static_cast<std::size_t>(i)];
      }
    }
  }
  return static_cast<float>(sum);
}

}  // namespace

void for_each_piece(const Lattice& lattice, const Pass& pass, double margin_um,
                    const std::function<void(double, double, const Box&)>& use) {
  for (double from = 0.0; from < pass.length_um; from += piece_um) {
    const double to = std::min(pass.length_um, from + piece_um);
    use(from, to, voxels_around_plane(lattice, pass, from, to, margin_um));
  }
}

SectionTissue::SectionTissue(const Lattice& lattice, const Pass& pass,
                             const AdipocyteParameters& adipocytes, const Draws& draws,
                             const FatShare& fat_share, const TissueSupply& supply)
    : pass_(pass),
      columns_(static_cast<std::int64_t>(std::ceil(pass.length_um / pitch_um)) + 1),
      rows_(static_cast<std::int64_t>(std::ceil(pass.width_um / pitch_um)) + 1),
      grid_(static_cast<std::size_t>(columns_ * rows_)),
      fat_(cut_fat(lattice, pass, adipocytes, draws, fat_share), pass.length_um, pass.width_um) {
  const double margin = (voxels_around + 1.0) * lattice.spacing_um + pitch_um;
  std::int64_t column = 0;
  for_each_piece(lattice, pass, margin, [&](double, double to, const Box& box) {
    const TissueBox tissue = supply(box);
    const bool last = to >= pass.length_um;
    while (column < columns_ && (last || static_cast<double>(column) * pitch_um < to)) {
      sample(lattice, tissue, column++);
    }
  });
  measure_bone_depth();
}

void SectionTissue::sample(const Lattice& lattice, const TissueBox& tissue, std::int64_t column) {
  const Vector3 extent = extent_um(lattice);
  for (std::int64_t row = 0; row < rows_; ++row) {
    const Vector3 p = pass_.point(static_cast<double>(column) * pitch_um,
                                  static_cast<double>(row) * pitch_um - 0.5 * pass_.width_um);
    Shares& here = grid_[static_cast<std::size_t>(column + columns_ * row)];
    constexpr double touch = 1e-6;
    const bool inside = p.x >= -touch && p.y >= -touch && p.z >= -touch &&
                        p.x <= extent.x + touch && p.y <= extent.y + touch &&
                        p.z <= extent.z + touch;
    here.inside = inside ? 1.0F : 0.0F;
    if (tissue.box.empty()) continue;
    const Vector3 v{p.x / lattice.spacing_um - 0.5, p.y / lattice.spacing_um - 0.5,
                    p.z / lattice.spacing_um - 0.5};
    const Weights x = spline(v.x), y = spline(v.y), z = spline(v.z);
    here.bone = share_of(tissue, x, y, z, TissueKind::bone);
    here.arteriole = share_of(tissue, x, y, z, TissueKind::arteriole);
    here.sinusoid = share_of(tissue, x, y, z, TissueKind::sinusoid);
  }
}

/// Two sweeps of a chamfer distance (steps 1 and 1.4) over the points of the grid.
void SectionTissue::measure_bone_depth() {
  const auto depth = [&](std::int64_t i, std::int64_t j) -> float& {
    return grid_[static_cast<std::size_t>(i + columns_ * j)].bone_depth_um;
  };
  constexpr auto pitch = static_cast<float>(pitch_um);
  for (Shares& point : grid_) point.bone_depth_um = point.bone > 0.5F ? 1e9F : 0.0F;
  const auto sweep = [&](std::int64_t i, std::int64_t j, std::int64_t back) {
    const auto from = [&](std::int64_t di, std::int64_t dj, float step) {
      if (i + di < 0 || i + di >= columns_ || j + dj < 0 || j + dj >= rows_) return;
      depth(i, j) = std::min(depth(i, j), depth(i + di, j + dj) + step);
    };
    from(-back, 0, pitch);
    from(0, -back, pitch);
    from(-back, -back, 1.4F * pitch);
    from(back, -back, 1.4F * pitch);
  };
  for (std::int64_t j = 0; j < rows_; ++j) {
    for (std::int64_t i = 0; i < columns_; ++i) sweep(i, j, 1);
  }
  for (std::int64_t j = rows_ - 1; j >= 0; --j) {
    for (std::int64_t i = columns_ - 1; i >= 0; --i) sweep(i, j, -1);
  }
}

SectionTissue::Shares SectionTissue::shares(double s, double t) const {
  const double u = std::clamp(s / pitch_um, 0.0, static_cast<double>(columns_ - 1));
  const double v =
      std::clamp((t + 0.5 * pass_.width_um) / pitch_um, 0.0, static_cast<double>(rows_ - 1));
  const auto i = std::min(static_cast<std::int64_t>(u), columns_ - 2);
  const auto j = std::min(static_cast<std::int64_t>(v), rows_ - 2);
  const auto a = static_cast<float>(u - static_cast<double>(i));
  const auto b = static_cast<float>(v - static_cast<double>(j));
  const Shares* low = &grid_[static_cast<std::size_t>(i + columns_ * j)];
  const Shares* high = low + columns_;
  const auto mix = [&](float Shares::*f) {
    const float below = low[0].*f + a * (low[1].*f - low[0].*f);
    const float above = high[0].*f + a * (high[1].*f - high[0].*f);
    return below + b * (above - below);
  };
  return {mix(&Shares::inside), mix(&Shares::bone), mix(&Shares::arteriole), mix(&Shares::sinusoid),
          mix(&Shares::bone_depth_um)};
}

SectionPlace SectionTissue::structure(const Shares& here) {
  if (here.inside <= 0.5F) return SectionPlace::outside;
  if (here.bone > 0.5F) return SectionPlace::bone;
  if (here.arteriole > vessel_edge) return SectionPlace::arteriole;
  if (here.sinusoid > vessel_edge) return SectionPlace::sinusoid;
  return SectionPlace::hematopoietic;
}

SectionPlace SectionTissue::at(double s, double t) const {
  const SectionPlace place = structure(shares(s, t));
  if (place != SectionPlace::hematopoietic) return place;
  return fat_.inside(s, t) ? SectionPlace::fat : place;
}

SectionAreas& SectionAreas::operator+=(const SectionAreas& other) {
  bone += other.bone;
  vessel += other.vessel;
  fat += other.fat;
  hematopoietic += other.hematopoietic;
  return *this;
}

SectionAreas measure_areas(const SectionTissue& tissue) {
  const Pass& pass = tissue.pass();
  std::array<std::int64_t, 6> points{};
  for (double s = 0.5 * pitch_um; s < pass.length_um; s += pitch_um) {
    for (double t = 0.5 * (pitch_um - pass.width_um); t < 0.5 * pass.width_um; t += pitch_um) {
      ++points[static_cast<std::size_t>(tissue.at(s, t))];
    }
  }
  const auto area = [&](SectionPlace place) {
    return static_cast<double>(points[static_cast<std::size_t>(place)]) * (pitch_um * 1e-3) *
           (pitch_um * 1e-3);
  };
  return {area(SectionPlace::bone), area(SectionPlace::arteriole) + area(SectionPlace::sinusoid),
          area(SectionPlace::fat), area(SectionPlace::hematopoietic)};
}

}  // namespace marrow
