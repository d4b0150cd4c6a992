// SPDX-License-Identifier: BSD-3-Clause
// The bricked layout of voxels that decides the speed of the T-cell walk: 8^3 voxels form a brick,
// a brick's bits fill whole cache lines, and a walker leaves its brick only once in eight hops.
// Knows nothing of what the bits mean.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/failure.hpp"

#include <array>
#include <cstdint>
#include <limits>

namespace marrow {

/// Position of a voxel in a bricked box: brick number << 9 | z,y,x within the brick (3 bits each).
using BrickIndex = std::uint32_t;

inline constexpr std::int64_t brick_edge = 8;

class BrickLayout {
 public:
  /// Covers `box` (any origin); throws when it holds more voxels than 32 bits can count.
  explicit BrickLayout(const Box& box) : box_(box) {
    const auto bricks = [](std::int64_t n) { return (n + brick_edge - 1) / brick_edge; };
    const Index3 e = box.extent();
    bricks_ = {bricks(e.x), bricks(e.y), bricks(e.z)};
    if (volume(bricks_) > std::numeric_limits<BrickIndex>::max() / 512) {
      throw Failure(ExitCode::scenario,
                    "one rank's box holds more than 4.2e9 voxels: use more ranks");
    }
    const std::int64_t brick_stride[3] = {512, 512 * bricks_.x, 512 * bricks_.x * bricks_.y};
    for (unsigned axis = 0; axis < 3; ++axis) {
      const std::int64_t unit = std::int64_t{1} << (3 * axis);
      for (std::int64_t c = 0; c < brick_edge; ++c) {
        const std::int64_t down = c > 0 ? -unit : 7 * unit - brick_stride[axis];
        const std::int64_t up = c < 7 ? unit : brick_stride[axis] - 7 * unit;
        hop_[2 * axis][static_cast<std::size_t>(c)] = static_cast<BrickIndex>(down);
        hop_[2 * axis + 1][static_cast<std::size_t>(c)] = static_cast<BrickIndex>(up);
      }
    }
  }

  [[nodiscard]] const Box& box() const { return box_; }
  [[nodiscard]] std::size_t brick_count() const {
    return static_cast<std::size_t>(volume(bricks_));
  }

  /// p must lie in the box.
  [[nodiscard]] BrickIndex index(const Index3& p) const {
    const Index3 q = p - box_.lo;
    const std::int64_t brick = (q.x >> 3) + bricks_.x * ((q.y >> 3) + bricks_.y * (q.z >> 3));
    return static_cast<BrickIndex>((brick << 9) | ((q.z & 7) << 6) | ((q.y & 7) << 3) | (q.x & 7));
  }

  [[nodiscard]] Index3 position(BrickIndex i) const {
    const std::int64_t brick = i >> 9;
    const Index3 b{brick % bricks_.x, (brick / bricks_.x) % bricks_.y,
                   brick / (bricks_.x * bricks_.y)};
    return box_.lo + Index3{8 * b.x + (i & 7), 8 * b.y + ((i >> 3) & 7), 8 * b.z + ((i >> 6) & 7)};
  }

  /// The face neighbour in direction 0..5 (order of face_offsets). The neighbour must lie in the
  /// box.
  [[nodiscard]] BrickIndex neighbour(BrickIndex i, unsigned direction) const {
    return i + hop_[direction][(i >> (3 * (direction >> 1))) & 7];
  }

 private:
  Box box_;
  Index3 bricks_;
  std::array<std::array<BrickIndex, 8>, 6> hop_{};
};

/// One bit of each voxel of one brick: one cache line.
struct alignas(64) BitBrick {
  std::array<std::uint64_t, 8> rows{};

  [[nodiscard]] bool test(BrickIndex i) const {
    return ((rows[(i >> 6) & 7] >> (i & 63)) & 1) != 0;
  }
  void set(BrickIndex i) { rows[(i >> 6) & 7] |= std::uint64_t{1} << (i & 63); }
  void reset(BrickIndex i) { rows[(i >> 6) & 7] &= ~(std::uint64_t{1} << (i & 63)); }
};

}  // namespace marrow
