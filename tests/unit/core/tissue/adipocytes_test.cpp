// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/adipocytes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>

namespace marrow {
namespace {

const AdipocyteParameters usual{50.0, 6000.0};

TEST(Adipocytes, ShownShareFollowsTheFatLevel) {
  const Lattice lattice{{100, 100, 100}, false, 10.0};
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const auto reveal = adipocyte_reveal(lattice, usual, Draws(seed), lattice.box());
    for (const double fat : {0.1, 0.3, 0.5, 0.7, 0.9}) {
      const auto shown = std::count_if(reveal.begin(), reveal.end(),
                                       [&](std::uint8_t r) { return shows_fat(r, fat); });
      EXPECT_NEAR(static_cast<double>(shown) / 1e6, fat, 0.02) << "seed " << seed;
    }
    EXPECT_EQ(std::count(reveal.begin(), reveal.end(), 0), 0);
  }
}

TEST(Adipocytes, EveryBoxAndImageIsTheSame) {
  for (const bool periodic : {false, true}) {
    const Lattice lattice{{37, 29, 31}, periodic, 10.0};
    const auto whole = adipocyte_reveal(lattice, usual, Draws(4), lattice.box());
    const Box part = periodic ? Box{{-9, 20, 25}, {12, 40, 50}} : Box{{9, 20, 25}, {12, 29, 31}};
    const auto box = adipocyte_reveal(lattice, usual, Draws(4), part);
    for (std::int64_t z = part.lo.z; z < part.hi.z; ++z) {
      for (std::int64_t y = part.lo.y; y < part.hi.y; ++y) {
        for (std::int64_t x = part.lo.x; x < part.hi.x; ++x) {
          const Index3 inside = wrapped(lattice, {x, y, z});
          ASSERT_EQ(box[static_cast<std::size_t>(offset_in(part, {x, y, z}))],
                    whole[static_cast<std::size_t>(offset_in(lattice.box(), inside))]);
        }
      }
    }
  }
}

TEST(Adipocytes, NeverWithoutDiameter) {
  const Lattice lattice{{10, 10, 10}, false, 10.0};
  for (const std::uint8_t r : adipocyte_reveal(lattice, {0.0, 6000.0}, Draws(1), lattice.box())) {
    EXPECT_EQ(r, never_fat);
  }
  EXPECT_FALSE(shows_fat(never_fat, 1.0));
  EXPECT_FALSE(shows_fat(1, 0.0));
  EXPECT_TRUE(shows_fat(254, 1.0));
}

}  // namespace
}  // namespace marrow
