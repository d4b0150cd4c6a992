// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/sphere_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

namespace marrow {
namespace {

std::vector<std::uint64_t> window_of(const Index3& e, const std::function<bool(Index3)>& is_bone) {
  std::vector<std::uint64_t> bits((static_cast<std::size_t>(volume(e)) + 63) / 64);
  const Box box{{0, 0, 0}, e};
  for (std::int64_t z = 0; z < e.z; ++z) {
    for (std::int64_t y = 0; y < e.y; ++y) {
      for (std::int64_t x = 0; x < e.x; ++x) {
        const auto i = static_cast<std::size_t>(offset_in(box, {x, y, z}));
        if (is_bone({x, y, z})) bits[i / 64] |= std::uint64_t{1} << (i % 64);
      }
    }
  }
  return bits;
}

double mean_voxels(const SphereFit& fit) {
  return static_cast<double>(fit.diameter_256ths) / (256.0 * static_cast<double>(fit.points));
}

// Plates of 9 and gaps of 21 voxels, normal to each axis in turn.
TEST(SphereFit, ParallelPlates) {
  const Index3 e{60, 60, 60};  // plates at 11-19 and 41-49
  for (int axis = 0; axis < 3; ++axis) {
    const auto bone = window_of(e, [&](Index3 p) {
      const std::int64_t v = axis == 0 ? p.x : (axis == 1 ? p.y : p.z);
      return v % 30 >= 11 && v % 30 < 20;
    });
    EXPECT_NEAR(mean_voxels(fit_spheres(e, bone, Phase::bone)), 9.0, 0.51) << axis;
  }
  const Index3 whole{69, 40, 40};  // plates 0-8, 30-38, 60-68: two full gaps of 21
  const auto bone = window_of(whole, [](Index3 p) { return p.x % 30 < 9; });
  const SphereFit gaps = fit_spheres(whole, bone, Phase::rest);
  EXPECT_NEAR(mean_voxels(gaps), 21.0, 0.51);
}

TEST(SphereFit, EvenAndOddThicknessAverageOut) {
  double sum = 0;
  for (std::int64_t n = 8; n < 12; ++n) {
    const Index3 e{40, 30, 30};
    const auto bone = window_of(e, [&](Index3 p) { return p.x >= 14 && p.x < 14 + n; });
    const double measured = mean_voxels(fit_spheres(e, bone, Phase::bone));
    EXPECT_NEAR(measured, static_cast<double>(n), 0.51);
    sum += measured - static_cast<double>(n);
  }
  EXPECT_NEAR(sum / 4, 0.0, 0.05);
}

TEST(SphereFit, ObliquePlates) {
  // Normal (3, 4, 0)/5, period 30, thickness 10; the wide window leaves little to its corners,
  // where the spheres of a gap are bounded on one side only.
  const Index3 e{210, 210, 24};
  const auto bone = window_of(e, [](Index3 p) {
    const double s = (3.0 * static_cast<double>(p.x) + 4.0 * static_cast<double>(p.y)) / 5.0;
    return s - 30.0 * std::floor(s / 30.0) < 10.0;
  });
  EXPECT_NEAR(mean_voxels(fit_spheres(e, bone, Phase::bone)), 10.0, 0.9);
  EXPECT_NEAR(mean_voxels(fit_spheres(e, bone, Phase::rest)), 20.0, 0.9);
}

// Cylinders of diameter 18 on a square grid of pitch 48: the largest sphere between four of them
// has diameter 48*sqrt(2) - 18 = 49.9, the one between two neighbours 30; most of the gap lies in
// the large. A voxel grid sees a rod up to 1.5 voxels too thin where its axis runs between voxel
// centres.
TEST(SphereFit, CylinderArray) {
  const Index3 e{96, 96, 40};
  double thickness = 0, gap = 0;
  for (const double shift : {0.0, 0.25, 0.5, 0.75}) {
    const auto bone = window_of(e, [&](Index3 p) {
      const double x = static_cast<double>(p.x % 48) - 23.0 - shift;
      const double y = static_cast<double>(p.y % 48) - 23.0 - shift;
      return x * x + y * y <= 81.0;
    });
    const double here = mean_voxels(fit_spheres(e, bone, Phase::bone));
    EXPECT_NEAR(here, 18.0, 1.6) << shift;
    thickness += here / 4;
    gap += mean_voxels(fit_spheres(e, bone, Phase::rest)) / 4;
  }
  EXPECT_NEAR(thickness, 18.0, 1.0);
  EXPECT_LT(gap, 49.9 + 0.5);
  EXPECT_GT(gap, 44.0);
}

TEST(SphereFit, BallSeenFromEveryPointInIt) {
  const Index3 e{61, 61, 61};
  const auto bone = window_of(e, [](Index3 p) {
    const Index3 d = p - Index3{30, 30, 30};
    return d.x * d.x + d.y * d.y + d.z * d.z <= 400;
  });
  // Corners of a digital ball lie in smaller spheres, so the mean falls a little short of 41.
  EXPECT_NEAR(mean_voxels(fit_spheres(e, bone, Phase::bone)), 40.0, 1.2);
}

TEST(SphereFit, NothingToMeasure) {
  const Index3 e{20, 21, 22};
  const auto empty = window_of(e, [](Index3) { return false; });
  EXPECT_EQ(fit_spheres(e, empty, Phase::bone).points, 0);
  EXPECT_EQ(fit_spheres(e, empty, Phase::rest).points, 0);
}

}  // namespace
}  // namespace marrow
