// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/needle.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace marrow {
namespace {

constexpr double Vector3::*axes[3] = {&Vector3::x, &Vector3::y, &Vector3::z};

Vector3 unit(const Vector3& v) { return (1.0 / std::sqrt(dot(v, v))) * v; }

Vector3 cross(const Vector3& a, const Vector3& b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}

/// The middle of `wanted` on the stretch, moved as little as need be to lie in it.
Stretch placed(const Stretch& room, double wanted) {
  if (wanted >= room.length()) return room;
  const double lo = std::clamp(-0.5 * wanted, room.lo, room.hi - wanted);
  return {lo, lo + wanted};
}

}  // namespace

Vector3 extent_um(const Lattice& lattice) {
  const double a = lattice.spacing_um;
  return {static_cast<double>(lattice.extent.x) * a, static_cast<double>(lattice.extent.y) * a,
          static_cast<double>(lattice.extent.z) * a};
}

std::optional<Stretch> stretch_in_box(const Lattice& lattice, const Vector3& p,
                                      const Vector3& direction) {
  const Vector3 box = extent_um(lattice);
  constexpr double far = std::numeric_limits<double>::max();
  Stretch inside{-far, far};
  for (const auto axis : axes) {
    if (direction.*axis == 0.0) {
      if (p.*axis < 0.0 || p.*axis > box.*axis) return std::nullopt;
      continue;
    }
    const double a = (0.0 - p.*axis) / direction.*axis;
    const double b = (box.*axis - p.*axis) / direction.*axis;
    inside.lo = std::max(inside.lo, std::min(a, b));
    inside.hi = std::min(inside.hi, std::max(a, b));
  }
  if (inside.lo >= inside.hi) return std::nullopt;
  return inside;
}

Pass section_frame(const Vector3& along) {
  Pass pass;
  pass.along = unit(along);
  Vector3 across{0, 0, 1};
  for (const Vector3& axis : {Vector3{0, 1, 0}, Vector3{1, 0, 0}}) {
    if (std::fabs(dot(axis, pass.along)) < std::fabs(dot(across, pass.along)) - 1e-9) across = axis;
  }
  pass.across = unit(across - dot(across, pass.along) * pass.along);
  pass.normal = cross(pass.along, pass.across);
  return pass;
}

std::vector<Pass> needle_passes(const Lattice& lattice, const Needle& needle, LongCore rule) {
  Pass frame = section_frame(needle.along);
  frame.width_um = needle.width_um;
  const auto axis = stretch_in_box(lattice, needle.through_um, frame.along);
  const auto depth = stretch_in_box(lattice, needle.through_um, frame.normal);
  if (!axis || !depth) return {};
  std::vector<Pass> passes;
  const auto add = [&](double offset, double left) {
    const Vector3 through = needle.through_um + offset * frame.normal;
    const auto room = stretch_in_box(lattice, through, frame.along);
    if (!room || room->length() < least_pass_distance_um) return 0.0;
    const Stretch here = placed(*room, left);
    Pass pass = frame;
    pass.start_um = through + here.lo * frame.along;
    pass.length_um = here.length();
    passes.push_back(pass);
    return pass.length_um;
  };
  double left = needle.length_um - add(0.0, needle.length_um);
  if (rule == LongCore::cut) return passes;
  const double wanted = std::ceil(needle.length_um / axis->length());
  const double step = std::max(least_pass_distance_um, depth->length() / wanted);
  const auto room = static_cast<int>(depth->length() / step + 1e-9);
  for (int k = 1; k < room && left > 0.0; ++k) {
    double offset = k * step;
    if (offset > depth->hi) offset -= depth->length();
    left -= add(offset, left);
  }
  return passes;
}

double room_across_um(const Lattice& lattice, const Needle& needle) {
  const auto room = stretch_in_box(lattice, needle.through_um, section_frame(needle.along).across);
  return room ? room->length() : 0.0;
}

Needle fitted(const Lattice& lattice, Needle needle) {
  const Pass frame = section_frame(needle.along);
  const auto fit = [&](const Vector3& way, double least_room_um) {
    const auto room = stretch_in_box(lattice, needle.through_um, way);
    if (!room || room->length() < least_room_um) return;
    const Stretch place = placed(*room, needle.width_um);
    needle.through_um = needle.through_um + 0.5 * (place.lo + place.hi) * way;
  };
  fit(frame.across, needle.width_um);
  // In a box that is hardly thicker than the needle all sections would become the same one.
  fit(frame.normal, 2.0 * needle.width_um);
  return needle;
}

double share_in_box(const Lattice& lattice, const Pass& pass) {
  constexpr int steps = 40;  // along each axis: the share is right to about one percent
  const Vector3 box = extent_um(lattice);
  std::int64_t points = 0, inside = 0;
  for (int i = 0; i < steps; ++i) {
    for (int j = 0; j < steps; ++j) {
      const double t = (j + 0.5) / steps - 0.5, depth = (i + 0.5) / steps - 0.5;
      if (t * t + depth * depth >= 0.25) continue;
      for (int k = 0; k < steps; ++k) {
        const Vector3 p = pass.point((k + 0.5) / steps * pass.length_um, t * pass.width_um,
                                     depth * pass.width_um);
        ++points;
        inside += std::ranges::all_of(
            axes, [&](const auto axis) { return p.*axis >= 0.0 && p.*axis <= box.*axis; });
      }
    }
  }
  return static_cast<double>(inside) / static_cast<double>(points);
}

Needle random_needle(const Lattice& lattice, const Draws& draws, std::uint64_t i, double width_um,
                     double length_um) {
  const Bits128 place = draws(Purpose::biopsy_place, Entity::patient, i, 0);
  const Bits128 more = draws(Purpose::biopsy_place, Entity::patient, i, 1);
  const Vector3 box = extent_um(lattice);
  Needle needle;
  needle.through_um = {uniform_unit(place.first) * box.x, uniform_unit(place.second) * box.y,
                       uniform_unit(more.first) * box.z};
  // The axes along which the core comes out longest.
  const double longest = std::min(length_um, std::max({box.x, box.y, box.z}));
  std::vector<double Vector3::*> ways;
  for (const auto axis : axes) {
    if (box.*axis >= longest) ways.push_back(axis);
  }
  const std::uint64_t way = uniform_below(more.second, 2 * ways.size());
  needle.along = {0, 0, 0};
  needle.along.*ways[way / 2] = way % 2 == 0 ? 1.0 : -1.0;
  needle.width_um = width_um;
  needle.length_um = length_um;
  return fitted(lattice, needle);
}

}  // namespace marrow
