// SPDX-License-Identifier: BSD-3-Clause
// What the tests of tissue on several ranks share: uneven divisions of a lattice, the same tissue
// made by one rank alone, and the comparison of a rank's part with it.
#pragma once

#include "parallel/tissue_setup.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <cstdint>

namespace marrow::parallel {

inline Parameters scenario(const Index3& extent, Boundary boundary, std::uint64_t seed) {
  Parameters p;
  p.scenario.seed = seed;
  p.domain.size_voxels = extent;
  p.domain.boundary = boundary;
  return p;
}

/// Divides the lattice among `ranks` by repeated uneven cuts along the longest axis.
inline Box part_of(Box box, int ranks, int rank) {
  while (ranks > 1) {
    const int left = (ranks + 1) / 2;
    const Index3 e = box.extent();
    const auto axis =
        e.x >= e.y && e.x >= e.z ? &Index3::x : (e.y >= e.z ? &Index3::y : &Index3::z);
    const std::int64_t cut = box.lo.*axis + (e.*axis * left) / ranks + 1;
    if (rank < left) {
      box.hi.*axis = cut;
      ranks = left;
    } else {
      box.lo.*axis = cut;
      rank -= left;
      ranks -= left;
    }
  }
  return box;
}

inline Box my_part(const Communicator& comm, const Parameters& p) {
  return part_of(p.lattice().box(), comm.size(), comm.rank());
}

/// The same tissue made by one rank alone.
inline Tissue alone(const Parameters& p, std::int64_t halo, const ImportedTissue* imported) {
  const Communicator self(MPI_COMM_SELF);
  return build_tissue(self, p, p.lattice().box(), halo, imported);
}

inline void expect_same(const Parameters& p, const Tissue& mine, const Tissue& whole) {
  EXPECT_EQ(mine.hash, whole.hash);
  EXPECT_EQ(mine.niches, whole.niches);
  EXPECT_EQ(mine.census, whole.census);
  EXPECT_EQ(mine.report.bone_volume_share, whole.report.bone_volume_share);
  EXPECT_EQ(mine.report.bone_thickness_um, whole.report.bone_thickness_um);
  EXPECT_EQ(mine.report.bone_spacing_um, whole.report.bone_spacing_um);
  EXPECT_EQ(mine.report.enterable_share, whole.report.enterable_share);
  EXPECT_EQ(mine.report.niches_near_bone, whole.report.niches_near_bone);
  const Box& box = mine.box.box;
  const Index3 n = p.domain.size_voxels;
  const auto inside = [](std::int64_t v, std::int64_t m) { return ((v % m) + m) % m; };
  std::int64_t wrong = 0;
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) {
        const Index3 q{inside(x, n.x), inside(y, n.y), inside(z, n.z)};
        wrong += mine.box.at({x, y, z}) != whole.box.at(q) ? 1 : 0;
      }
    }
  }
  EXPECT_EQ(wrong, 0);
}

}  // namespace marrow::parallel
