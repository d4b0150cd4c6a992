// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/tissue_measure.hpp"

#include "core/tissue/sphere_fit.hpp"

#include <algorithm>

namespace marrow::parallel {
namespace {

constexpr std::int64_t window_edge = 256;
constexpr std::int64_t most_windows_per_axis = 2;

struct Interval {
  std::int64_t lo, hi;
};

std::vector<Interval> intervals(std::int64_t n) {
  const std::int64_t edge = std::min(n, window_edge);
  const std::int64_t count = std::clamp<std::int64_t>(n / window_edge, 1, most_windows_per_axis);
  std::vector<Interval> out;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t lo = n * (2 * i + 1) / (2 * count) - edge / 2;
    const std::int64_t start = std::clamp<std::int64_t>(lo, 0, n - edge);
    out.push_back({start, start + edge});
  }
  return out;
}

/// One bit per voxel of the window, set where this rank owns bone.
std::vector<std::uint64_t> bone_bits(const Box& window, const Box& own, const TissueBox& tissue) {
  std::vector<std::uint64_t> bits((static_cast<std::size_t>(window.volume()) + 63) / 64);
  const Box mine = intersection(window, own);
  for (std::int64_t z = mine.lo.z; z < mine.hi.z; ++z) {
    for (std::int64_t y = mine.lo.y; y < mine.hi.y; ++y) {
      for (std::int64_t x = mine.lo.x; x < mine.hi.x; ++x) {
        if (tissue.at({x, y, z}) != TissueKind::bone) continue;
        const auto i = static_cast<std::size_t>(offset_in(window, {x, y, z}));
        bits[i / 64] |= std::uint64_t{1} << (i % 64);
      }
    }
  }
  return bits;
}

}  // namespace

std::vector<Box> measuring_windows(const Index3& extent) {
  std::vector<Box> windows;
  for (const Interval& z : intervals(extent.z)) {
    for (const Interval& y : intervals(extent.y)) {
      for (const Interval& x : intervals(extent.x)) {
        windows.push_back({{x.lo, y.lo, z.lo}, {x.hi, y.hi, z.hi}});
      }
    }
  }
  return windows;
}

BoneMeasure measure_bone(const Communicator& comm, const Lattice& lattice, const Box& own,
                         const TissueBox& tissue) {
  SphereFit fit[2];  // bone, rest
  int task = 0;
  for (const Box& window : measuring_windows(lattice.extent)) {
    std::vector<std::uint64_t> bits = bone_bits(window, own, tissue);
    comm.sum(std::span(bits));  // each bit is set by one rank at most: the sum is their union
    for (const Phase phase : {Phase::bone, Phase::rest}) {
      if (task++ % comm.size() != comm.rank()) continue;
      const SphereFit here = fit_spheres(window.extent(), bits, phase);
      SphereFit& sum = fit[phase == Phase::bone ? 0 : 1];
      sum.points += here.points;
      sum.diameter_256ths += here.diameter_256ths;
    }
  }
  std::int64_t v[] = {fit[0].points, fit[0].diameter_256ths, fit[1].points, fit[1].diameter_256ths};
  comm.sum(std::span<std::int64_t>(v));
  const auto mean_um = [&](std::int64_t sum, std::int64_t points) {
    if (points == 0) return 0.0;
    return static_cast<double>(sum) / (256.0 * static_cast<double>(points)) * lattice.spacing_um;
  };
  return {mean_um(v[1], v[0]), mean_um(v[3], v[2])};
}

}  // namespace marrow::parallel
