// SPDX-License-Identifier: BSD-3-Clause
// The geometry of a bone marrow biopsy: where in the box a needle goes, and the plane in which the
// core is cut. Lengths in um; voxel i of the lattice reaches from i to i + 1 spacings. Knows
// nothing of tissue.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/random/draws.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace marrow {

/// A place or a direction, in um.
struct Vector3 {
  double x = 0.0;
  double y = 0.0;
  double z = 0.0;

  friend constexpr bool operator==(const Vector3&, const Vector3&) = default;
  friend constexpr Vector3 operator+(const Vector3& a, const Vector3& b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
  }
  friend constexpr Vector3 operator-(const Vector3& a, const Vector3& b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
  }
  friend constexpr Vector3 operator*(double f, const Vector3& a) {
    return {f * a.x, f * a.y, f * a.z};
  }
};

constexpr double dot(const Vector3& a, const Vector3& b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}

/// The edges of the box in um.
Vector3 extent_um(const Lattice& lattice);
constexpr Vector3 voxel_centre_um(const Lattice& lattice, const Index3& p) {
  const double a = lattice.spacing_um;
  return {(static_cast<double>(p.x) + 0.5) * a, (static_cast<double>(p.y) + 0.5) * a,
          (static_cast<double>(p.z) + 0.5) * a};
}

/// What is asked for: a core around an axis.
struct Needle {
  Vector3 through_um;        // a point of the axis, inside the box
  Vector3 along{0, 1, 0};    // of any length but 0
  double width_um = 2000.0;  // inner diameter
  double length_um = 20000.0;
};

/// One straight stretch of a core inside the box and the plane of its section, which holds the
/// axis: s runs along it from 0 to length_um, t across from -width_um/2 to width_um/2, depth is the
/// distance from the plane.
struct Pass {
  Vector3 start_um;
  Vector3 along, across, normal;  // unit vectors, at right angles
  double length_um = 0.0;
  double width_um = 0.0;

  [[nodiscard]] constexpr Vector3 point(double s, double t, double depth = 0.0) const {
    return start_um + s * along + t * across + depth * normal;
  }
  /// (s, t, depth) of a point.
  [[nodiscard]] constexpr Vector3 coordinates(const Vector3& p) const {
    const Vector3 d = p - start_um;
    return {dot(d, along), dot(d, across), dot(d, normal)};
  }
  [[nodiscard]] constexpr bool in_core(const Vector3& stw) const {
    return stw.x >= 0.0 && stw.x < length_um &&
           4.0 * (stw.y * stw.y + stw.z * stw.z) < width_um * width_um;
  }
};

/// The part lo .. hi of the line p + x·direction (a unit vector) that lies in the box.
struct Stretch {
  double lo = 0.0;
  double hi = 0.0;
  [[nodiscard]] double length() const { return hi - lo; }
};
std::optional<Stretch> stretch_in_box(const Lattice& lattice, const Vector3& p,
                                      const Vector3& direction);

/// The unit vectors of a section whose axis is `along`: across is the box axis most nearly at right
/// angles to it (z before y before x), made exactly so.
Pass section_frame(const Vector3& along);

/// How a core that is longer than the box comes about: cut where the box ends, or completed by
/// further parallel passes, so that no place is cut twice.
enum class LongCore { cut, several_passes };

/// Two planes of one core are never nearer than this: several cells and an adipocyte apart.
inline constexpr double least_pass_distance_um = 100.0;

/// The stretches of a core, in the order in which they lie on the slide. The first goes through
/// needle.through_um, centred on it where the box has the room. Further ones are moved along the
/// normal of the section by equal steps. The sum of their lengths falls short of needle.length_um
/// when the box has no more room. Empty when the point lies outside the box.
std::vector<Pass> needle_passes(const Lattice& lattice, const Needle& needle, LongCore rule);

/// The room for the width of a core at this place: the box's stretch across.
double room_across_um(const Lattice& lattice, const Needle& needle);

/// Moves the point of a needle so that its whole width lies in the box: across, if it fits at all;
/// along the normal of the section where the box has room for two.
Needle fitted(const Lattice& lattice, Needle needle);

/// The share of a core's cylinder that lies in the box (of its volume, to about 1 %): below 1 at a
/// face or corner of the box.
double share_in_box(const Lattice& lattice, const Pass& pass);

/// The i-th of many needles of one size: a uniform place, parallel to an axis of the box along
/// which the core comes out longest, either way, its width inside the box. A function of (seed, i).
Needle random_needle(const Lattice& lattice, const Draws& draws, std::uint64_t i, double width_um,
                     double length_um);

}  // namespace marrow
