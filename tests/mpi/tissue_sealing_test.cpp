// SPDX-License-Identifier: BSD-3-Clause
// Marrow that bone, vessels and walls enclose is sealed: the same voxels for every number of ranks
// and every division, and after it one whole of marrow is left.
#include "parallel/tissue_sealing.hpp"

#include "parallel/tissue_setup.hpp"
#include "tests/mpi/tissue_divisions.hpp"

#include <gtest/gtest.h>
#include <mpi.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow::parallel {
namespace {

/// The number of each open voxel's part, from 1; 0 elsewhere. `whole` covers the lattice.
std::vector<int> flooded(const Lattice& lattice, const TissueBox& whole, bool through_niches) {
  std::vector<int> part(whole.kind.size());
  const auto open = [&](SiteIndex s) {
    const auto kind = static_cast<TissueKind>(whole.kind[s]);
    return kind == TissueKind::marrow || (through_niches && kind == TissueKind::niche);
  };
  int parts = 0;
  for (SiteIndex start = 0; start < part.size(); ++start) {
    if (part[start] != 0 || !open(start)) continue;
    part[start] = ++parts;
    std::vector<SiteIndex> front{start};
    while (!front.empty()) {
      const Index3 p = lattice.position(front.back());
      front.pop_back();
      for (const Index3& step : face_offsets) {
        const Index3 q = wrapped(lattice, p + step);
        if (!lattice.box().contains(q) || part[lattice.site(q)] != 0) continue;
        if (!open(lattice.site(q))) continue;
        part[lattice.site(q)] = parts;
        front.push_back(lattice.site(q));
      }
    }
  }
  return part;
}

/// The lattice from the ranks' own boxes, on every rank.
TissueBox gathered(const Communicator& comm, const Lattice& lattice, const Box& own,
                   const Tissue& mine) {
  TissueBox whole{lattice.box(), {}};
  std::vector<std::uint64_t> kinds(static_cast<std::size_t>(volume(lattice.extent)));
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x) {
        kinds[lattice.site({x, y, z})] = static_cast<std::uint64_t>(mine.box.at({x, y, z}));
      }
    }
  }
  comm.sum(std::span(kinds));
  for (const std::uint64_t kind : kinds) whole.kind.push_back(static_cast<std::uint8_t>(kind));
  return whole;
}

/// Plates so close that they enclose much marrow with the faces of a small lattice.
Parameters walled(const Index3& extent, Boundary boundary, std::uint64_t seed) {
  Parameters p = scenario(extent, boundary, seed);
  p.tissue.bone.volume_share = 0.4;
  p.tissue.bone.thickness_um = 100.0;
  p.tissue.bone.spacing_um = 250.0;
  return p;
}

void expect_one_whole(const Communicator& comm, const Parameters& p, const Box& own,
                      const Tissue& mine) {
  const Lattice lattice = p.lattice();
  const TissueBox whole = gathered(comm, lattice, own, mine);
  const auto before = flooded(lattice, whole, true);
  EXPECT_EQ(*std::max_element(before.begin(), before.end()), 1);
  EXPECT_EQ(mine.census.sealed, std::count(whole.kind.begin(), whole.kind.end(),
                                           static_cast<std::uint8_t>(TissueKind::sealed)));
  // A niche's hemmed-in neighbour may be cut off by other niches; some neighbour is in the main
  // part.
  const auto after = flooded(lattice, whole, false);
  std::vector<std::int64_t> size(after.size() + 1);
  for (const int part : after) size[static_cast<std::size_t>(part)] += part > 0 ? 1 : 0;
  const auto main = static_cast<int>(std::max_element(size.begin(), size.end()) - size.begin());
  for (const Niche& niche : mine.niches) {
    bool reached = false;
    for (const Index3& step : face_offsets) {
      const Index3 q = wrapped(lattice, lattice.position(niche.site) + step);
      reached = reached || (lattice.box().contains(q) && after[lattice.site(q)] == main);
    }
    EXPECT_TRUE(reached) << niche.site;
  }
}

TEST(Sealing, OneWholeOfMarrowForEveryDivision) {
  const Communicator comm(MPI_COMM_WORLD);
  std::int64_t sealed[2] = {0, 0};
  for (const Boundary boundary : {Boundary::reflecting, Boundary::periodic}) {
    for (const std::uint64_t seed : {1, 2, 3}) {
      const Parameters p = walled({67, 53, 71}, boundary, seed);
      const Tissue whole = alone(p, 0, nullptr);
      sealed[boundary == Boundary::periodic ? 1 : 0] += whole.census.sealed;
      EXPECT_DOUBLE_EQ(whole.report.sealed_share,
                       static_cast<double>(whole.census.sealed) / (67.0 * 53.0 * 71.0));
      const Tissue mine = build_tissue(comm, p, my_part(comm, p), 33, nullptr);
      expect_same(p, mine, whole);
      expect_one_whole(comm, p, my_part(comm, p), mine);
      // Slabs along each axis, in descending rank order, and one voxel thin at one end.
      for (const auto axis : {&Index3::x, &Index3::y, &Index3::z}) {
        Box slab = p.lattice().box();
        const std::int64_t n = slab.hi.*axis;
        const int place = comm.size() - 1 - comm.rank();
        slab.lo.*axis = place == 0 ? 0 : n - comm.size() + place;
        slab.hi.*axis = n - comm.size() + place + 1;
        expect_same(p, build_tissue(comm, p, slab, 2, nullptr), whole);
      }
    }
  }
  EXPECT_GT(sealed[0], 1000);  // otherwise nothing was tested
  EXPECT_GT(sealed[1], 0);
}

// Hollow boxes of bone: a small one, and one that a periodic lattice opens by its wrap.
TEST(Sealing, AClosedBoxInAnImage) {
  const Communicator comm(MPI_COMM_WORLD);
  const Index3 extent{61, 50, 47};
  ImportedTissue source{extent, std::vector<std::uint8_t>(61 * 50 * 47), true};
  const Box lattice{{0, 0, 0}, extent};
  const auto fill = [&](const Box& box, TissueKind kind) {
    for (std::int64_t i = 0; i < lattice.volume(); ++i) {
      if (!box.contains({i % 61, i / 61 % 50, i / (61 * 50)})) continue;
      source.kind[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(kind);
    }
  };
  fill({{20, 15, 14}, {43, 39, 37}}, TissueKind::bone);
  fill({{21, 16, 15}, {42, 38, 36}}, TissueKind::marrow);
  fill({{0, 0, 0}, {9, 8, 7}}, TissueKind::sinusoid);
  fill({{0, 0, 0}, {8, 7, 6}}, TissueKind::marrow);
  for (const Boundary boundary : {Boundary::reflecting, Boundary::periodic}) {
    const Parameters p = scenario(extent, boundary, 2);
    const Tissue whole = alone(p, 0, &source);
    const Tissue mine =
        build_tissue(comm, p, my_part(comm, p), 64, comm.is_root() ? &source : nullptr);
    expect_same(p, mine, whole);
    expect_one_whole(comm, p, my_part(comm, p), mine);
    const std::int64_t corner = boundary == Boundary::periodic ? 0 : 8 * 7 * 6;
    EXPECT_EQ(mine.census.sealed, 21 * 22 * 21 + corner);
    EXPECT_EQ(whole.box.at({21, 16, 15}), TissueKind::sealed);
    for (const Niche& niche : mine.niches) {
      EXPECT_FALSE((Box{{21, 16, 15}, {42, 38, 36}}.contains(p.lattice().position(niche.site))));
    }
  }
}

// Two halves that a plate divides: of equal ones the one with the lowest site stays open.
TEST(Sealing, OfEqualHalvesTheLowerStaysOpen) {
  const Communicator comm(MPI_COMM_WORLD);
  Parameters p = scenario({31, 20, 20}, Boundary::reflecting, 2);
  p.niches.density_per_mm3 = 0.0;
  ImportedTissue source{{31, 20, 20}, std::vector<std::uint8_t>(31 * 20 * 20), true};
  for (std::size_t i = 15; i < source.kind.size(); i += 31) source.kind[i] = 1;
  const Tissue mine =
      build_tissue(comm, p, my_part(comm, p), 1, comm.is_root() ? &source : nullptr);
  EXPECT_EQ(mine.census.sealed, 15 * 20 * 20);
  expect_same(p, mine, alone(p, 0, &source));
  EXPECT_EQ(alone(p, 0, &source).box.at({14, 3, 3}), TissueKind::marrow);
  p.domain.boundary = Boundary::periodic;
  EXPECT_EQ(
      build_tissue(comm, p, my_part(comm, p), 1, comm.is_root() ? &source : nullptr).census.sealed,
      0);
}

}  // namespace
}  // namespace marrow::parallel
