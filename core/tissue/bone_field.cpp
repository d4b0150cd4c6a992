// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/bone_field.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {
namespace {

constexpr int waves_per_field = 128;
// Half width of the band of wave numbers, relative to its centre: narrow enough for one length
// scale, wide enough that the pattern does not repeat.
constexpr double band = 0.30;
// The fields vary over a wavelength; evaluating them this often per wavelength and interpolating in
// between changes them by less than 1 % of their standard deviation.
constexpr double nodes_per_wavelength = 20.0;
constexpr std::int64_t largest_step_voxels = 16;
// Levels are linear in sqrt(u), so that thin bone has as fine a threshold as thick bone.
constexpr double levels_per_unit = bone_levels / 4.0;

double fraction(double v) { return v - std::floor(v); }

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
  const std::int64_t q = a / b;
  return q - (a % b < 0 ? 1 : 0);
}

/// Along a wrapping axis only whole numbers of waves fit.
void make_periodic(double& x, double& y, double& z) {
  const double ax = std::fabs(x), ay = std::fabs(y), az = std::fabs(z);
  const double sx = x < 0 ? -1.0 : 1.0, sy = y < 0 ? -1.0 : 1.0, sz = z < 0 ? -1.0 : 1.0;
  x = std::floor(x + 0.5);
  y = std::floor(y + 0.5);
  z = std::floor(z + 0.5);
  if (x != 0.0 || y != 0.0 || z != 0.0) return;
  if (ax >= ay && ax >= az) {
    x = sx;
  } else if (ay >= az) {
    y = sy;
  } else {
    z = sz;
  }
}

int level_of(double f, double h, double roundness) {
  const double v = std::sqrt(f * f + roundness * (h * h)) * levels_per_unit;
  return v < bone_levels - 1 ? static_cast<int>(v) : bone_levels - 1;
}

}  // namespace

int bone_threshold(std::span<const std::int64_t> voxels_by_level, double share) {
  std::int64_t all = 0;
  for (const std::int64_t n : voxels_by_level) all += n;
  const auto wanted = static_cast<std::int64_t>(share * static_cast<double>(all) + 0.5);
  std::int64_t below = 0;
  std::int64_t least_error = wanted;
  int threshold = 0;
  for (std::size_t level = 0; level < voxels_by_level.size(); ++level) {
    below += voxels_by_level[level];
    const std::int64_t error = std::abs(below - wanted);
    if (error >= least_error) continue;
    least_error = error;
    threshold = static_cast<int>(level) + 1;
  }
  return threshold;
}

/// The coarse grid along one axis of a box: for each node the cosines and sines of all waves there
/// (wave-major), for each voxel the node below it and its place between the nodes.
struct BoneField::Axis {
  std::size_t count = 0;
  std::vector<double> cosine;
  std::vector<double> sine;
  std::vector<std::size_t> below;
  std::vector<double> weight;
};

/// Node values of f and h in one z-plane of the coarse grid.
struct BoneField::Plane {
  std::vector<double> f;
  std::vector<double> h;
};

BoneField::BoneField(const Lattice& lattice, const BoneTexture& texture, const Draws& draws)
    : lattice_(lattice), roundness_(texture.roundness) {
  const double wavelength = texture.wavelength_um / lattice.spacing_um;
  const auto step = std::clamp(static_cast<std::int64_t>(wavelength / nodes_per_wavelength),
                               std::int64_t{1}, largest_step_voxels);
  nodes_ = {(lattice.extent.x + step - 1) / step, (lattice.extent.y + step - 1) / step,
            (lattice.extent.z + step - 1) / step};
  for (std::uint64_t field = 0; field < 2; ++field) {
    // Directions and wave numbers are stratified over the hemisphere and the band (golden-ratio
    // sequences with random offsets): realisations then differ little in length scale and are
    // isotropic.
    const Bits128 turn = draws(Purpose::bone_wave, Entity::tissue_node, 0, field);
    const Bits128 shift = draws(Purpose::bone_wave, Entity::tissue_node, 1, field);
    for (int i = 0; i < waves_per_field; ++i) {
      const Bits128 bits =
          draws(Purpose::bone_wave, Entity::tissue_node, static_cast<std::uint64_t>(i) + 2, field);
      const double up = (i + uniform_unit(bits.second)) / waves_per_field;
      const double flat = std::sqrt(1.0 - up * up);
      const auto [sine, cosine] =
          sincos_turns(fraction(i * 0.6180339887498949 + uniform_unit(turn.first)));
      const double place = fraction(i * 0.7548776662466927 + uniform_unit(shift.first));
      const double number = (1.0 + band * (2.0 * place - 1.0)) / wavelength;
      Wave w{flat * cosine * number * static_cast<double>(lattice.extent.x),
             flat * sine * number * static_cast<double>(lattice.extent.y),
             up * number * static_cast<double>(lattice.extent.z), uniform_unit(bits.first)};
      if (lattice.periodic) make_periodic(w.x, w.y, w.z);
      waves_.push_back(w);
    }
  }
}

BoneField::Axis BoneField::axis_along(std::int64_t Index3::*axis, const Box& box) const {
  const std::int64_t n = lattice_.extent.*axis;
  const std::int64_t m = nodes_.*axis;
  const std::int64_t lo = box.lo.*axis, hi = box.hi.*axis;
  const std::int64_t first = floor_divide(lo * m, n);
  Axis a;
  a.count = static_cast<std::size_t>(floor_divide((hi - 1) * m, n) - first + 2);
  for (std::int64_t v = lo; v < hi; ++v) {
    const std::int64_t node = floor_divide(v * m, n);
    a.below.push_back(static_cast<std::size_t>(node - first));
    a.weight.push_back(static_cast<double>(v * m - node * n) / static_cast<double>(n));
  }
  a.cosine.resize(waves_.size() * a.count);
  a.sine.resize(waves_.size() * a.count);
  for (std::size_t w = 0; w < waves_.size(); ++w) {
    const Wave& wave = waves_[w];
    const double turns = axis == &Index3::x ? wave.x : (axis == &Index3::y ? wave.y : wave.z);
    const double phase = axis == &Index3::x ? wave.phase_turns : 0.0;
    for (std::size_t i = 0; i < a.count; ++i) {
      std::int64_t node = first + static_cast<std::int64_t>(i);
      if (lattice_.periodic) node -= floor_divide(node, m) * m;
      const auto [s, c] =
          sincos_turns(turns * (static_cast<double>(node) / static_cast<double>(m)) + phase);
      a.cosine[w * a.count + i] = c;
      a.sine[w * a.count + i] = s;
    }
  }
  return a;
}

void BoneField::fill_plane(const Axis& x, const Axis& y, const Axis& z, std::size_t node,
                           Plane& plane) const {
  const double amplitude = std::sqrt(2.0 / waves_per_field);
  plane.f.assign(x.count * y.count, 0.0);
  plane.h.assign(x.count * y.count, 0.0);
  for (std::size_t j = 0; j < y.count; ++j) {
    for (std::size_t w = 0; w < waves_.size(); ++w) {
      const double cy = y.cosine[w * y.count + j], sy = y.sine[w * y.count + j];
      const double cz = z.cosine[w * z.count + node], sz = z.sine[w * z.count + node];
      const double a = amplitude * (cy * cz - sy * sz);
      const double b = amplitude * (sy * cz + cy * sz);
      const double* cx = &x.cosine[w * x.count];
      const double* sx = &x.sine[w * x.count];
      double* row = (w < waves_per_field ? plane.f : plane.h).data() + j * x.count;
      for (std::size_t i = 0; i < x.count; ++i) row[i] += a * cx[i] - b * sx[i];
    }
  }
}

/// Calls row(y, z, levels) for every x-row of the box, in ascending order.
template <class Row>
void BoneField::for_each_row(const Box& box, Row&& row) const {
  if (box.empty()) return;
  const Axis x = axis_along(&Index3::x, box);
  const Axis y = axis_along(&Index3::y, box);
  const Axis z = axis_along(&Index3::z, box);
  const auto mix = [](const std::vector<double>& a, const std::vector<double>& b, std::size_t at,
                      double t, std::vector<double>& out, std::size_t to) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = a[at + i] + t * (b[to + i] - a[at + i]);
  };
  Plane low, high;
  Plane here{std::vector<double>(x.count * y.count), std::vector<double>(x.count * y.count)};
  std::vector<double> f(x.count), h(x.count);
  std::vector<int> levels(x.below.size());
  std::size_t filled = z.count;  // node of `low`; none yet
  for (std::size_t k = 0; k < z.below.size(); ++k) {
    if (z.below[k] != filled) {
      if (filled != z.count && z.below[k] == filled + 1) {
        std::swap(low, high);
      } else {
        fill_plane(x, y, z, z.below[k], low);
      }
      fill_plane(x, y, z, z.below[k] + 1, high);
      filled = z.below[k];
    }
    mix(low.f, high.f, 0, z.weight[k], here.f, 0);
    mix(low.h, high.h, 0, z.weight[k], here.h, 0);
    for (std::size_t j = 0; j < y.below.size(); ++j) {
      const std::size_t at = y.below[j] * x.count;
      mix(here.f, here.f, at, y.weight[j], f, at + x.count);
      mix(here.h, here.h, at, y.weight[j], h, at + x.count);
      for (std::size_t i = 0; i < levels.size(); ++i) {
        const std::size_t n = x.below[i];
        const double t = x.weight[i];
        levels[i] =
            level_of(f[n] + t * (f[n + 1] - f[n]), h[n] + t * (h[n + 1] - h[n]), roundness_);
      }
      row(static_cast<std::int64_t>(j), static_cast<std::int64_t>(k), std::span<const int>(levels));
    }
  }
}

void BoneField::count_levels(const Box& box, std::span<std::int64_t> voxels_by_level) const {
  for_each_row(box, [&](std::int64_t, std::int64_t, std::span<const int> levels) {
    for (const int level : levels) ++voxels_by_level[static_cast<std::size_t>(level)];
  });
}

void BoneField::carve(TissueBox& tissue, int threshold) const {
  const Index3 e = tissue.box.extent();
  for_each_row(tissue.box, [&](std::int64_t y, std::int64_t z, std::span<const int> levels) {
    std::uint8_t* kind = &tissue.kind[static_cast<std::size_t>(e.x * (y + e.y * z))];
    for (std::size_t i = 0; i < levels.size(); ++i) {
      if (levels[i] < threshold) kind[i] = static_cast<std::uint8_t>(TissueKind::bone);
    }
  });
}

}  // namespace marrow
