// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/bone_field.hpp"

#include "core/tissue/bone_texture.hpp"
#include "core/tissue/sphere_fit.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

namespace marrow {
namespace {

TissueBox marrow_box(const Box& box) {
  return {box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
}

const BoneTexture texture{1162.0, 0.034};

TEST(BoneField, EveryBoxHoldsTheSameVoxels) {
  const Lattice lattice{{97, 61, 83}, false, 10.0};
  const BoneField field(lattice, texture, Draws(7));
  TissueBox whole = marrow_box(lattice.box());
  field.carve(whole, 9000);
  for (const Box& part : {Box{{0, 0, 0}, {97, 61, 1}}, Box{{13, 7, 5}, {14, 61, 83}},
                          Box{{50, 20, 30}, {97, 33, 71}}, Box{{96, 60, 82}, {97, 61, 83}}}) {
    TissueBox box = marrow_box(part);
    field.carve(box, 9000);
    for (std::int64_t z = part.lo.z; z < part.hi.z; ++z) {
      for (std::int64_t y = part.lo.y; y < part.hi.y; ++y) {
        for (std::int64_t x = part.lo.x; x < part.hi.x; ++x) {
          ASSERT_EQ(box.at({x, y, z}), whole.at({x, y, z})) << x << ' ' << y << ' ' << z;
        }
      }
    }
  }
}

TEST(BoneField, LevelCountsAddUpOverBoxes) {
  const Lattice lattice{{41, 37, 29}, false, 10.0};
  const BoneField field(lattice, texture, Draws(3));
  std::vector<std::int64_t> whole(bone_levels), parts(bone_levels);
  field.count_levels(lattice.box(), whole);
  field.count_levels({{0, 0, 0}, {41, 37, 11}}, parts);
  field.count_levels({{0, 0, 11}, {17, 37, 29}}, parts);
  field.count_levels({{17, 0, 11}, {41, 37, 29}}, parts);
  EXPECT_EQ(whole, parts);
  EXPECT_EQ(std::accumulate(whole.begin(), whole.end(), std::int64_t{0}), volume(lattice.extent));
}

TEST(BoneField, PeriodicImagesAreEqualAndTheSeamIsSmooth) {
  const Lattice lattice{{130, 61, 83}, true, 10.0};
  const BoneField field(lattice, texture, Draws(11));
  TissueBox wide = marrow_box(lattice.box().grown(70));
  field.carve(wide, 9000);
  std::int64_t changes_at_seam = 0, changes_inside = 0;
  for (std::int64_t z = 0; z < 83; ++z) {
    for (std::int64_t y = 0; y < 61; ++y) {
      for (const std::int64_t x : {-70, -3, -1, 130, 133, 199}) {
        const std::int64_t inside = ((x % 130) + 130) % 130;
        ASSERT_EQ(wide.at({x, y, z}), wide.at({inside, y, z}));
        ASSERT_EQ(wide.at({x, y - 61, z}), wide.at({inside, y, z}));
      }
      changes_at_seam += wide.at({129, y, z}) != wide.at({130, y, z}) ? 1 : 0;
      changes_inside += wide.at({64, y, z}) != wide.at({65, y, z}) ? 1 : 0;
    }
  }
  EXPECT_LT(changes_at_seam, 83 * 61 / 10);  // a cut through unrelated tissue changes about 1 in 3
  EXPECT_LT(changes_inside, 83 * 61 / 10);
}

TEST(BoneThreshold, NearestShare) {
  const std::vector<std::int64_t> counts = {10, 0, 30, 60};
  EXPECT_EQ(bone_threshold(counts, 0.0), 0);
  EXPECT_EQ(bone_threshold(counts, 0.10), 1);
  EXPECT_EQ(bone_threshold(counts, 0.20), 1);
  EXPECT_EQ(bone_threshold(counts, 0.30), 3);
  EXPECT_EQ(bone_threshold(counts, 1.0), 4);
}

TEST(BoneTextureFit, MeetsWhatIsFeasibleAndSharesTheErrorElsewhere) {
  const BoneParameters usual{0.18, 140.0, 700.0};
  const BoneParameters expected = expected_bone(bone_texture(usual), usual.volume_share);
  EXPECT_NEAR(expected.thickness_um, 140.0, 0.01);
  EXPECT_NEAR(expected.spacing_um, 700.0, 0.01);
  const BoneParameters thin{0.25, 100.0, 1000.0};  // far below what plates of this share can have
  const BoneParameters nearest = expected_bone(bone_texture(thin), thin.volume_share);
  EXPECT_GT(nearest.thickness_um, 100.0);
  EXPECT_LT(nearest.spacing_um, 1000.0);
  EXPECT_NEAR(nearest.thickness_um / 100.0, 1000.0 / nearest.spacing_um, 1e-9);
}

struct Measured {
  double share, thickness_um, spacing_um;
};

Measured measure(const BoneParameters& asked, std::uint64_t seed, const Lattice& lattice) {
  const BoneField field(lattice, bone_texture(asked), Draws(seed));
  std::vector<std::int64_t> counts(bone_levels);
  field.count_levels(lattice.box(), counts);
  TissueBox tissue = marrow_box(lattice.box());
  field.carve(tissue, bone_threshold(counts, asked.volume_share));
  std::vector<std::uint64_t> bits((tissue.kind.size() + 63) / 64);
  std::int64_t bone = 0;
  for (std::size_t i = 0; i < tissue.kind.size(); ++i) {
    if (tissue.kind[i] == 0) continue;
    bits[i / 64] |= std::uint64_t{1} << (i % 64);
    ++bone;
  }
  const auto um = [&](const SphereFit& f) {
    return static_cast<double>(f.diameter_256ths) / (256.0 * static_cast<double>(f.points)) *
           lattice.spacing_um;
  };
  return {static_cast<double>(bone) / static_cast<double>(tissue.kind.size()),
          um(fit_spheres(lattice.extent, bits, Phase::bone)),
          um(fit_spheres(lattice.extent, bits, Phase::rest))};
}

// At 20 um per voxel a 2.6 mm box takes 130^3 voxels. Measured on these seeds: Tb.Th 0.947-1.036 of
// the asked (means 0.995, 1.009), Tb.Sp 0.939-0.974 (means 0.955, 0.969: the faces cut the largest
// spheres).
TEST(BoneTextureFit, AchievedFiguresOverSeeds) {
  for (const BoneParameters& asked :
       {BoneParameters{0.18, 140.0, 700.0}, BoneParameters{0.12, 140.0, 800.0}}) {
    double thickness = 0, spacing = 0;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
      const Measured m = measure(asked, seed, {{130, 130, 130}, false, 20.0});
      EXPECT_NEAR(m.share, asked.volume_share, 0.0005) << seed;
      EXPECT_NEAR(m.thickness_um / asked.thickness_um, 1.0, 0.10) << seed;
      EXPECT_NEAR(m.spacing_um / asked.spacing_um, 1.0, 0.10) << seed;
      thickness += m.thickness_um / (5 * asked.thickness_um);
      spacing += m.spacing_um / (5 * asked.spacing_um);
    }
    EXPECT_NEAR(thickness, 1.0, 0.04);
    EXPECT_NEAR(spacing, 1.0, 0.06);
  }
}

}  // namespace
}  // namespace marrow
