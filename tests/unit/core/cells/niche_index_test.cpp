// SPDX-License-Identifier: BSD-3-Clause
// Neighbourhoods of niches against a search over all pairs.
#include "core/cells/niche_index.hpp"

#include "core/random/mix.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace marrow {
namespace {

using Neighbours = std::map<std::uint32_t, std::uint64_t>;

NicheTable random_niches(const Lattice& lattice, std::size_t count) {
  std::set<SiteIndex> sites;
  for (std::uint64_t i = 0; sites.size() < count; ++i) {
    sites.insert(mix64(i + 5) % static_cast<std::uint64_t>(volume(lattice.extent)));
  }
  NicheTable table;
  for (const SiteIndex s : sites) table.push_back({s, NicheType::endosteal, 1});
  return table;
}

Neighbours neighbours_of(const NicheIndex& index, std::uint32_t niche) {
  Neighbours found;
  index.for_each_neighbour(niche, [&](std::uint32_t other, std::uint64_t weight) {
    const bool fresh = found.emplace(other, weight).second;
    EXPECT_TRUE(fresh) << "niche " << other << " visited twice";
  });
  return found;
}

double distance_um(const Lattice& lattice, const Niche& a, const Niche& b) {
  const auto along = [&](std::int64_t u, std::int64_t v, std::int64_t n) {
    const std::int64_t d = std::abs(u - v);
    return static_cast<double>(lattice.periodic ? std::min(d, n - d) : d);
  };
  const Index3 p = lattice.position(a.site);
  const Index3 q = lattice.position(b.site);
  const double dx = along(p.x, q.x, lattice.extent.x);
  const double dy = along(p.y, q.y, lattice.extent.y);
  const double dz = along(p.z, q.z, lattice.extent.z);
  return lattice.spacing_um * std::sqrt(dx * dx + dy * dy + dz * dz);
}

struct Case {
  Index3 extent;
  double spacing_um;
  double radius_um;
  std::size_t niches;
};

class Neighbourhood : public testing::TestWithParam<std::tuple<Case, bool>> {};

TEST_P(Neighbourhood, IsEveryOtherNicheWithinTheRadiusByItsWeight) {
  const auto& [c, periodic] = GetParam();
  const Lattice lattice{c.extent, periodic, c.spacing_um};
  const NicheTable table = random_niches(lattice, c.niches);
  StemCellParameters hspc;
  hspc.placement_radius_um = c.radius_um;
  const NicheIndex index(table, lattice, hspc);
  std::size_t pairs = 0;
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    const Neighbours found = neighbours_of(index, n);
    pairs += found.size();
    for (std::uint32_t other = 0; other < table.size(); ++other) {
      const double d = distance_um(lattice, table[n], table[other]);
      const bool near = other != n && d <= c.radius_um;
      const auto at = found.find(other);
      ASSERT_EQ(at != found.end(), near) << n << " and " << other << ", " << d << " um apart";
      if (!near) continue;
      const double weight = std::ldexp(std::exp(-d / hspc.placement_length_um), 24);
      EXPECT_GE(at->second, 1u);
      EXPECT_NEAR(static_cast<double>(at->second), weight, 1.0 + 1e-6 * weight);
    }
  }
  EXPECT_GT(pairs, table.size());
}

INSTANTIATE_TEST_SUITE_P(Boxes, Neighbourhood,
                         testing::Combine(testing::Values(Case{{80, 90, 100}, 10.0, 300.0, 300},
                                                          Case{{200, 60, 31}, 10.0, 300.0, 250},
                                                          Case{{61, 62, 63}, 10.0, 300.0, 200},
                                                          Case{{40, 40, 40}, 7.5, 55.0, 400},
                                                          Case{{20, 20, 20}, 10.0, 3000.0, 60},
                                                          Case{{33, 34, 7}, 10.0, 75.5, 300}),
                                          testing::Bool()));

TEST(NicheIndex, NicheAtExactlyTheRadiusIsANeighbour) {
  const Lattice lattice{{100, 1, 1}};
  const NicheTable table = {
      {10, NicheType::endosteal, 1}, {40, NicheType::endosteal, 1}, {71, NicheType::endosteal, 1}};
  const NicheIndex index(table, lattice, StemCellParameters());
  EXPECT_EQ(neighbours_of(index, 0).size(), 1u);
  EXPECT_TRUE(neighbours_of(index, 0).contains(1));
  EXPECT_EQ(neighbours_of(index, 1).size(), 1u);
  EXPECT_TRUE(neighbours_of(index, 2).empty());
}

TEST(NicheIndex, WeightIsNeverZeroWithinTheRadius) {
  const Lattice lattice{{400, 1, 1}};
  const NicheTable table = {{0, NicheType::endosteal, 1}, {350, NicheType::endosteal, 1}};
  StemCellParameters hspc;
  hspc.placement_radius_um = 4000.0;
  hspc.placement_length_um = 20.0;  // exp(-175)
  EXPECT_EQ(neighbours_of(NicheIndex(table, lattice, hspc), 0), (Neighbours{{1, 1}}));
}

TEST(NicheIndex, WeightsAreMutual) {
  const Lattice lattice{{50, 40, 60}, true, 10.0};
  const NicheTable table = random_niches(lattice, 150);
  StemCellParameters hspc;
  hspc.placement_radius_um = 180.0;
  const NicheIndex index(table, lattice, hspc);
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    for (const auto& [other, weight] : neighbours_of(index, n)) {
      EXPECT_EQ(neighbours_of(index, other).at(n), weight);
    }
  }
}

TEST(NicheIndex, VisitsInAnOrderThatDependsOnTheTableAlone) {
  const Lattice lattice{{90, 90, 90}};
  const NicheTable table = random_niches(lattice, 200);
  const NicheIndex a(table, lattice, StemCellParameters());
  const NicheIndex b(table, lattice, StemCellParameters());
  for (std::uint32_t n = 0; n < table.size(); ++n) {
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> second;
    a.for_each_neighbour(n, [&](std::uint32_t o, std::uint64_t) { first.push_back(o); });
    b.for_each_neighbour(n, [&](std::uint32_t o, std::uint64_t) { second.push_back(o); });
    EXPECT_EQ(first, second);
  }
}

TEST(NicheIndex, OfNoNichesOrOneIsEmpty) {
  const Lattice lattice{{30, 30, 30}};
  EXPECT_NO_THROW(NicheIndex({}, lattice, StemCellParameters()));
  const NicheIndex one({{5, NicheType::endosteal, 1}}, lattice, StemCellParameters());
  EXPECT_TRUE(neighbours_of(one, 0).empty());
}

}  // namespace
}  // namespace marrow
