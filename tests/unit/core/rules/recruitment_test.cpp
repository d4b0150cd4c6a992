// SPDX-License-Identifier: BSD-3-Clause
// T cells that enter from the blood (MODEL.md, "Influx"): how many, at which sites, through which
// doors.
#include "core/rules/recruitment.hpp"

#include "tests/unit/core/rules/statistics.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace marrow {
namespace {

using test::five_sigma;

Model box_of(const Index3& size, std::uint64_t seed = 1) {
  Parameters p;
  p.domain.size_voxels = size;
  p.scenario.seed = seed;
  return Model(p, {}, 1.0, 0.0);
}

TEST(Arrivals, AverageTheirMeanAndAreNeverMoreThanOneOff) {
  const Model model = box_of({10, 10, 10});
  for (const double mean : {0.02, 0.3, 2.75, 40.5}) {
    const double whole = std::floor(mean);
    constexpr int steps = 100'000;
    double more = 0;
    for (std::uint64_t s = 0; s < steps; ++s) {
      const auto n = static_cast<double>(arrivals(model, mean, s));
      ASSERT_TRUE(n == whole || n == whole + 1) << n << " at a mean of " << mean;
      more += n - whole;
    }
    EXPECT_LT(std::abs(test::z_score(more, steps, mean - whole)), five_sigma) << mean;
  }
}

TEST(Arrivals, OfAWholeNumberAreThatNumber) {
  const Model model = box_of({10, 10, 10});
  for (std::uint64_t s = 0; s < 200; ++s) {
    EXPECT_EQ(arrivals(model, 0.0, s), 0);
    EXPECT_EQ(arrivals(model, 7.0, s), 7);
  }
}

TEST(Arrivals, DependOnSeedAndHourAlone) {
  const Model one = box_of({10, 10, 10}, 1);
  const Model larger = box_of({99, 10, 10}, 1);
  const Model other = box_of({10, 10, 10}, 2);
  int by_seed = 0;
  for (std::uint64_t s = 0; s < 1000; ++s) {
    EXPECT_EQ(arrivals(one, 0.5, s), arrivals(larger, 0.5, s));
    by_seed += arrivals(one, 0.5, s) != arrivals(other, 0.5, s) ? 1 : 0;
  }
  EXPECT_LT(std::abs(test::z_score(by_seed, 1000, 0.5)), five_sigma);
}

TEST(EntrySites, AreUniformOverTheLattice) {
  const Model model = box_of({5, 4, 3});
  std::array<double, 60> count{};
  for (std::uint64_t arrival = 0; arrival < 300; ++arrival) {
    for (std::uint32_t round = 0; round < 5; ++round) {
      for (const SiteIndex site : entry_sites(model, 17, arrival, round)) {
        ASSERT_LT(site, 60u);
        count[site] += 1;
      }
    }
  }
  EXPECT_LT(test::chi_square(count), test::chi_square_limit(59));
}

TEST(EntrySites, OfDifferentArrivalsRoundsAndHoursShareNoDraws) {
  // 2^45 sites: the chance of any chance meeting among these 64,000 is 6e-5.
  const Model model = box_of({32768, 32768, 32768});
  std::set<SiteIndex> seen;
  std::size_t drawn = 0;
  for (const std::uint64_t step : {0u, 1u, 720u}) {
    for (const std::uint64_t arrival :
         {0ull, 1ull, 2ull, 31ull, 32ull, 4095ull, 4096ull, 1000000ull}) {
      for (const std::uint32_t round : {0u, 1u, 2u, 31u, 32u, 63u, entry_rounds - 1}) {
        for (const SiteIndex site : entry_sites(model, step, arrival, round)) {
          seen.insert(site);
          ++drawn;
        }
      }
    }
  }
  EXPECT_EQ(seen.size(), drawn);
}

TEST(EntrySites, AreKeyedBySeed) {
  const Model one = box_of({200, 200, 200}, 1);
  EXPECT_EQ(entry_sites(one, 5, 6, 7), entry_sites(box_of({200, 200, 200}, 1), 5, 6, 7));
  EXPECT_NE(entry_sites(one, 5, 6, 7), entry_sites(box_of({200, 200, 200}, 2), 5, 6, 7));
}

/// A marrow box with one voxel of another kind.
struct Room {
  Lattice lattice;
  TissueBox tissue;

  Room(const Lattice& l, const Box& covered)
      : lattice(l),
        tissue{covered, std::vector<std::uint8_t>(static_cast<std::size_t>(covered.volume()))} {}

  Room& with(const Index3& p, TissueKind kind) {
    tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, p))] =
        static_cast<std::uint8_t>(kind);
    return *this;
  }
  [[nodiscard]] bool door(const Index3& p, Doors doors = Doors::beside_sinusoids) const {
    const TCellSwarm swarm(tissue, 16);
    return is_door(tissue, swarm.bits(), lattice, doors, p);
  }
};

Room room(bool periodic = false) {
  const Lattice lattice{{6, 6, 6}, periodic, 10.0};
  return Room(lattice, periodic ? lattice.box().grown(1) : lattice.box());
}

TEST(Doors, AreMarrowVoxelsThatFaceASinusoid) {
  EXPECT_FALSE(room().door({3, 3, 3}));
  for (const Index3& offset : face_offsets) {
    EXPECT_TRUE(room().with(Index3{3, 3, 3} + offset, TissueKind::sinusoid).door({3, 3, 3}));
  }
}

TEST(Doors, DoNotOpenOntoArteriolesBoneOrNiches) {
  for (const TissueKind kind : {TissueKind::arteriole, TissueKind::bone, TissueKind::niche}) {
    EXPECT_FALSE(room().with({3, 3, 2}, kind).door({3, 3, 3}));
  }
}

TEST(Doors, NeedAFaceNotAnEdgeOrACorner) {
  EXPECT_FALSE(room().with({2, 2, 3}, TissueKind::sinusoid).door({3, 3, 3}));
  EXPECT_FALSE(room().with({2, 2, 2}, TissueKind::sinusoid).door({3, 3, 3}));
  EXPECT_FALSE(room().with({5, 3, 3}, TissueKind::sinusoid).door({3, 3, 3}));
}

TEST(Doors, AreNotInsideClosedTissue) {
  for (const TissueKind kind :
       {TissueKind::sinusoid, TissueKind::arteriole, TissueKind::bone, TissueKind::niche}) {
    EXPECT_FALSE(
        room().with({3, 3, 2}, TissueKind::sinusoid).with({3, 3, 3}, kind).door({3, 3, 3}));
  }
}

TEST(Doors, AreShutWhileATCellStandsThere) {
  Room r = room();
  r.with({3, 3, 2}, TissueKind::sinusoid);
  TCellSwarm swarm(r.tissue, 16);
  EXPECT_TRUE(is_door(r.tissue, swarm.bits(), r.lattice, Doors::beside_sinusoids, {3, 3, 3}));
  swarm.add({{3, 3, 3}, 0, CellRecord::make(CellState::effector, 1)});
  EXPECT_FALSE(is_door(r.tissue, swarm.bits(), r.lattice, Doors::beside_sinusoids, {3, 3, 3}));
}

TEST(Doors, AreAllFreeVoxelsOfOpenTissue) {
  EXPECT_EQ(doors_of(TissueSource::open), Doors::everywhere);
  EXPECT_EQ(doors_of(TissueSource::image), Doors::beside_sinusoids);
  Room r = room();
  EXPECT_TRUE(r.door({3, 3, 3}, Doors::everywhere));
  r.with({3, 3, 3}, TissueKind::niche);
  EXPECT_FALSE(r.door({3, 3, 3}, Doors::everywhere));
  const TCellSwarm swarm(r.tissue, 16);
  EXPECT_EQ(count_doors(r.tissue, swarm.bits(), r.lattice, Doors::everywhere, r.lattice.box()),
            6 * 6 * 6 - 1);
}

TEST(Doors, ReachAcrossTheSeamOfAPeriodicBoxOnly) {
  EXPECT_TRUE(room(true).with({-1, 3, 3}, TissueKind::sinusoid).door({0, 3, 3}));
  // Ghost layers beyond a reflecting wall hold nothing, whatever their bytes say.
  const Lattice closed{{6, 6, 6}, false, 10.0};
  EXPECT_FALSE(
      Room(closed, closed.box().grown(1)).with({-1, 3, 3}, TissueKind::sinusoid).door({0, 3, 3}));
  EXPECT_FALSE(room().with({5, 3, 3}, TissueKind::sinusoid).door({0, 3, 3}));
}

}  // namespace
}  // namespace marrow
