// SPDX-License-Identifier: BSD-3-Clause
// The tissue that pictures show is the tissue of the run.
#include "core/tissue/procedural.hpp"
#include "tests/mpi/tissue_divisions.hpp"

#include <gtest/gtest.h>

namespace marrow::parallel {
namespace {

TissueKind as_shown(TissueKind kind) {
  return kind == TissueKind::niche || kind == TissueKind::sealed ? TissueKind::marrow : kind;
}

void expect_same_tissue(const Parameters& p) {
  const Communicator world(MPI_COMM_WORLD);
  const Box own = my_part(world, p);
  const TissueBox run = build_tissue(world, p, own, 0, nullptr).box;
  const TissueBox shown = ProceduralTissue(p).in(own);
  std::int64_t bone = 0;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x) {
        const Index3 at{x, y, z};
        ASSERT_EQ(as_shown(run.at(at)), shown.at(at)) << x << " " << y << " " << z;
        bone += run.at(at) == TissueKind::bone ? 1 : 0;
      }
    }
  }
  EXPECT_GT(world.sum(bone), 0);
}

TEST(ProceduralTissueTest, ReflectingTissueIsThatOfTheRun) {
  expect_same_tissue(scenario({80, 64, 72}, Boundary::reflecting, 3));
}

TEST(ProceduralTissueTest, PeriodicTissueIsThatOfTheRun) {
  expect_same_tissue(scenario({64, 80, 64}, Boundary::periodic, 4));
}

TEST(ProceduralTissueTest, OpenTissueHasNoBone) {
  Parameters p = scenario({16, 16, 16}, Boundary::reflecting, 5);
  p.tissue.source = TissueSource::open;
  for (const std::uint8_t kind : ProceduralTissue(p).in(p.lattice().box()).kind) {
    EXPECT_EQ(kind, static_cast<std::uint8_t>(TissueKind::marrow));
  }
}

}  // namespace
}  // namespace marrow::parallel
