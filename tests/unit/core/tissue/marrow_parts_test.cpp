// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/marrow_parts.hpp"

#include "core/random/mix.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

namespace marrow {
namespace {

TissueBox noise(const Box& box, std::uint64_t open_of_1024, std::uint64_t seed) {
  TissueBox tissue{box, std::vector<std::uint8_t>(static_cast<std::size_t>(box.volume()))};
  for (std::size_t i = 0; i < tissue.kind.size(); ++i) {
    const std::uint64_t bits = mix64(seed * 1000003 + i);
    // All that is not marrow closes: kinds 1 to 4.
    if (bits % 1024 >= open_of_1024)
      tissue.kind[i] = static_cast<std::uint8_t>(1 + bits / 1024 % 4);
  }
  return tissue;
}

/// The lowest site of each voxel's part, by flood fill of `within` from every voxel.
std::vector<SiteIndex> flooded(const TissueBox& tissue, const Box& within, const Lattice& lattice,
                               bool wrap) {
  std::vector<SiteIndex> name(static_cast<std::size_t>(within.volume()), no_part);
  const auto place = [&](const Index3& p) {
    return static_cast<std::size_t>(offset_in(within, p));
  };
  for (std::int64_t z = within.lo.z; z < within.hi.z; ++z) {
    for (std::int64_t y = within.lo.y; y < within.hi.y; ++y) {
      for (std::int64_t x = within.lo.x; x < within.hi.x; ++x) {
        const Index3 start{x, y, z};
        if (name[place(start)] != no_part || !enterable(tissue.at(start))) continue;
        std::vector<Index3> front{start};
        name[place(start)] = lattice.site(start);
        while (!front.empty()) {
          const Index3 p = front.back();
          front.pop_back();
          for (const Index3& step : face_offsets) {
            const Index3 q = wrap ? wrapped(lattice, p + step) : p + step;
            if (!within.contains(q) || !enterable(tissue.at(q))) continue;
            if (name[place(q)] != no_part) continue;
            name[place(q)] = lattice.site(start);
            front.push_back(q);
          }
        }
      }
    }
  }
  return name;
}

std::vector<MarrowPart> counted(const std::vector<SiteIndex>& names) {
  std::map<SiteIndex, std::int64_t> voxels;
  for (const SiteIndex name : names) {
    if (name != no_part) ++voxels[name];
  }
  std::vector<MarrowPart> parts;
  for (const auto& [name, count] : voxels) parts.push_back({name, count});
  return parts;
}

/// Two to eight boxes from one cut per axis.
std::vector<Box> divided(const Box& box, const Index3& cut) {
  std::vector<Box> boxes{box};
  for (const auto axis : {&Index3::x, &Index3::y, &Index3::z}) {
    std::vector<Box> next;
    for (const Box& b : boxes) {
      Box low = b, high = b;
      low.hi.*axis = high.lo.*axis = cut.*axis;
      for (const Box& part : {low, high}) {
        if (!part.empty()) next.push_back(part);
      }
    }
    boxes = next;
  }
  return boxes;
}

TEST(MarrowParts, AsFloodFillFindsThem) {
  const Lattice lattice{{29, 23, 19}, false, 10.0};
  for (const std::uint64_t open : {0, 60, 300, 330, 400, 700, 1024}) {
    const TissueBox tissue = noise(lattice.box(), open, open + 1);
    for (const Box& own : {lattice.box(), Box{{3, 5, 2}, {20, 17, 18}}, Box{{4, 4, 4}, {5, 9, 5}},
                           Box{{7, 0, 0}, {8, 23, 19}}}) {
      const MarrowParts parts(tissue, own, lattice);
      const auto expected = flooded(tissue, own, lattice, false);
      EXPECT_EQ(parts.names(own), expected);
      EXPECT_EQ(parts.parts(), counted(expected));
    }
  }
}

TEST(MarrowParts, NamesOfARegion) {
  const Lattice lattice{{29, 23, 19}, false, 10.0};
  const TissueBox tissue = noise(lattice.box(), 400, 3);
  const Box own{{3, 5, 2}, {20, 17, 18}}, region{{9, 6, 7}, {11, 15, 18}};
  const MarrowParts parts(tissue, own, lattice);
  const auto whole = parts.names(own), some = parts.names(region);
  ASSERT_EQ(std::ssize(some), region.volume());
  for (std::int64_t i = 0; i < region.volume(); ++i) {
    const Index3 p = region.lo + Index3{i % 2, i / 2 % 9, i / 18};
    EXPECT_EQ(some[static_cast<std::size_t>(i)],
              whole[static_cast<std::size_t>(offset_in(own, p))]);
  }
}

TEST(MarrowParts, RowsLongerThanOneRecord) {
  const Lattice lattice{{200000, 2, 1}, false, 10.0};
  TissueBox tissue{lattice.box(), std::vector<std::uint8_t>(400000, 1)};
  std::fill_n(tissue.kind.begin() + 10, 180000, std::uint8_t{0});
  tissue.kind[199999] = tissue.kind[399999] = 0;
  const MarrowParts parts(tissue, lattice.box(), lattice);
  EXPECT_EQ(parts.parts(), (std::vector<MarrowPart>{{10, 180000}, {199999, 2}}));
  EXPECT_EQ(parts.names(lattice.box())[180009], 10U);
  EXPECT_EQ(parts.names(lattice.box())[180010], no_part);
}

TEST(MarrowParts, SharesThoseAtFacesAndTheLargestOfTheRest) {
  const Lattice lattice{{9, 9, 9}, false, 10.0};
  TissueBox tissue{lattice.box(), std::vector<std::uint8_t>(729, 1)};
  const auto open = [&](const Index3& p) { tissue.kind[lattice.site(p)] = 0; };
  const std::vector<Index3> at_faces = {{0, 4, 4}, {8, 4, 4}, {4, 0, 4},
                                        {4, 8, 4}, {4, 4, 0}, {4, 4, 8}};
  for (const Index3& p : at_faces) open(p);
  open({2, 2, 2});
  open({6, 6, 6});
  open({6, 6, 7});
  const auto shared = MarrowParts(tissue, lattice.box(), lattice).parts_to_share();
  EXPECT_EQ(shared.size(), 7U);
  for (const Index3& p : at_faces) {
    EXPECT_EQ(std::count(shared.begin(), shared.end(), MarrowPart{lattice.site(p), 1}), 1);
  }
  EXPECT_EQ(std::count(shared.begin(), shared.end(), MarrowPart{lattice.site({6, 6, 6}), 2}), 1);
}

/// Contacts of the parts that `name` gives every site of the lattice.
std::vector<PartContact> all_contacts(const Lattice& lattice, const std::vector<SiteIndex>& name) {
  std::vector<PartContact> contacts;
  for (SiteIndex s = 0; s < name.size(); ++s) {
    for (const Index3& step : face_offsets) {
      const Index3 q = wrapped(lattice, lattice.position(s) + step);
      if (!lattice.box().contains(q)) continue;
      const SiteIndex other = name[lattice.site(q)];
      if (name[s] != no_part && other != no_part && other != name[s]) {
        contacts.push_back({name[s], other});
      }
    }
  }
  return contacts;
}

/// The tissue after its lattice was sealed box by box.
TissueBox sealed_in_boxes(const TissueBox& tissue, const Lattice& lattice,
                          const std::vector<Box>& boxes) {
  std::vector<MarrowParts> parts;
  std::vector<MarrowPart> shared;
  std::vector<SiteIndex> name(tissue.kind.size());
  for (const Box& box : boxes) {
    parts.emplace_back(tissue, box, lattice);
    const auto share = parts.back().parts_to_share();
    shared.insert(shared.end(), share.begin(), share.end());
    const auto names = parts.back().names(box);
    const Index3 e = box.extent();
    for (std::int64_t i = 0; i < box.volume(); ++i) {
      const Index3 p = box.lo + Index3{i % e.x, i / e.x % e.y, i / (e.x * e.y)};
      name[lattice.site(p)] = names[static_cast<std::size_t>(i)];
    }
  }
  const auto reached = largest_whole(shared, all_contacts(lattice, name));
  TissueBox sealed = tissue;
  std::int64_t count = 0;
  for (const MarrowParts& p : parts) count += p.seal(reached, sealed);
  EXPECT_EQ(count, std::count(sealed.kind.begin(), sealed.kind.end(),
                              static_cast<std::uint8_t>(TissueKind::sealed)));
  return sealed;
}

TEST(MarrowParts, ADividedLatticeIsSealedAsAFloodFillOfTheWholeSays) {
  for (const bool wrap : {false, true}) {
    const Lattice lattice{{17, 23, 19}, wrap, 10.0};
    for (const std::uint64_t open : {0, 60, 310, 335, 360, 700}) {
      const TissueBox tissue = noise(lattice.box(), open, open + 7);
      const auto name = flooded(tissue, lattice.box(), lattice, wrap);
      SiteIndex main = no_part;
      std::int64_t most = 0;
      for (const MarrowPart& whole : counted(name)) {
        if (whole.voxels <= most) continue;
        most = whole.voxels;
        main = whole.name;
      }
      TissueBox expected = tissue;
      for (std::size_t i = 0; i < name.size(); ++i) {
        if (name[i] == no_part || name[i] == main) continue;
        expected.kind[i] = static_cast<std::uint8_t>(TissueKind::sealed);
      }
      for (const Index3& cut : {Index3{17, 23, 19}, Index3{1, 11, 18}, Index3{8, 23, 5}}) {
        const TissueBox sealed = sealed_in_boxes(tissue, lattice, divided(lattice.box(), cut));
        EXPECT_EQ(sealed.kind, expected.kind);
      }
    }
  }
}

TEST(LargestWhole, AddsPartsAndPrefersTheLowestSite) {
  const std::vector<MarrowPart> parts = {{40, 5}, {7, 3}, {30, 2}, {11, 4}, {90, 1}};
  EXPECT_EQ(largest_whole(parts, {}), (std::vector<SiteIndex>{40}));
  const std::vector<PartContact> tie = {{30, 7}};
  EXPECT_EQ(largest_whole(parts, tie), (std::vector<SiteIndex>{7, 30}));
  const std::vector<PartContact> chain = {{90, 11}, {90, 30}, {30, 90}};
  EXPECT_EQ(largest_whole(parts, chain), (std::vector<SiteIndex>{11, 30, 90}));
  EXPECT_TRUE(largest_whole({}, {}).empty());
}

}  // namespace
}  // namespace marrow
