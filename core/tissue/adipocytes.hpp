// SPDX-License-Identifier: BSD-3-Clause
// Where fat shows in pictures: a static map of overlapping spheres of many sizes, each with the fat
// level at which it appears. Fat itself is a number per block and never an obstacle
// (core/MODEL.md); this map only turns that number into a texture. A pure function of (seed, site),
// made on demand.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/random/draws.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace marrow {

/// A voxel with this value never shows as fat.
inline constexpr std::uint8_t never_fat = 255;

/// For each voxel of `box` (x-fastest) the least fat level, 1 .. 254, at which it shows as fat, or
/// never_fat. The share of voxels with a value <= n is n/255 on average, so that a block with fat
/// share f shows f of its marrow as fat. Bone and vessels are not looked at. The box may reach
/// beyond a periodic lattice.
std::vector<std::uint8_t> adipocyte_reveal(const Lattice& lattice,
                                           const AdipocyteParameters& adipocytes,
                                           const Draws& draws, const Box& box);

/// One sphere of the map: where, how large, and the fat level at which it appears. In voxels; the
/// centre of voxel i is at i.
struct Adipocyte {
  std::array<double, 3> centre{};
  double radius = 0.0;
  std::uint8_t reveal = never_fat;
};

/// Calls `use` for every sphere that may reach into `box`, and for some that do not.
void for_each_adipocyte(const Lattice& lattice, const AdipocyteParameters& adipocytes,
                        const Draws& draws, const Box& box,
                        const std::function<void(const Adipocyte&)>& use);

/// Does a marrow voxel with this reveal level show as fat where the fat share is `fat`?
bool shows_fat(std::uint8_t reveal, double fat);

}  // namespace marrow
