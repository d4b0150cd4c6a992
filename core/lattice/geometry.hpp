// SPDX-License-Identifier: BSD-3-Clause
// Integer geometry of the lattice: positions, boxes, and the 64-bit global index of a voxel.
// Knows nothing of ranks, files or what a voxel holds.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>

namespace marrow {

/// A voxel position or an extent, in voxels.
struct Index3 {
  std::int64_t x = 0;
  std::int64_t y = 0;
  std::int64_t z = 0;

  friend constexpr bool operator==(const Index3&, const Index3&) = default;
  friend constexpr Index3 operator+(const Index3& a, const Index3& b) {
    return {a.x + b.x, a.y + b.y, a.z + b.z};
  }
  friend constexpr Index3 operator-(const Index3& a, const Index3& b) {
    return {a.x - b.x, a.y - b.y, a.z - b.z};
  }
};

/// Product of the components: the number of voxels of an extent.
constexpr std::int64_t volume(const Index3& extent) { return extent.x * extent.y * extent.z; }

/// A half-open box of voxels: lo <= p < hi.
struct Box {
  Index3 lo;
  Index3 hi;

  friend constexpr bool operator==(const Box&, const Box&) = default;

  [[nodiscard]] constexpr Index3 extent() const { return hi - lo; }
  [[nodiscard]] constexpr bool empty() const {
    return hi.x <= lo.x || hi.y <= lo.y || hi.z <= lo.z;
  }
  [[nodiscard]] constexpr std::int64_t volume() const {
    return empty() ? 0 : marrow::volume(extent());
  }
  [[nodiscard]] constexpr bool contains(const Index3& p) const {
    return p.x >= lo.x && p.x < hi.x && p.y >= lo.y && p.y < hi.y && p.z >= lo.z && p.z < hi.z;
  }
  [[nodiscard]] constexpr Box grown(std::int64_t layers) const {
    return {{lo.x - layers, lo.y - layers, lo.z - layers},
            {hi.x + layers, hi.y + layers, hi.z + layers}};
  }
  [[nodiscard]] constexpr Box shifted(const Index3& by) const { return {lo + by, hi + by}; }
};

constexpr Box intersection(const Box& a, const Box& b) {
  return {{std::max(a.lo.x, b.lo.x), std::max(a.lo.y, b.lo.y), std::max(a.lo.z, b.lo.z)},
          {std::min(a.hi.x, b.hi.x), std::min(a.hi.y, b.hi.y), std::min(a.hi.z, b.hi.z)}};
}

/// Position of p in a dense x-fastest array that covers `box`. p must lie in the box.
constexpr std::int64_t offset_in(const Box& box, const Index3& p) {
  const Index3 e = box.extent();
  return (p.x - box.lo.x) + e.x * ((p.y - box.lo.y) + e.y * (p.z - box.lo.z));
}

/// Global index of a voxel: x + nx*(y + ny*z). Identifies the voxel in draws, digests and files.
using SiteIndex = std::uint64_t;

/// The largest lattice, in voxels: a site index occupies 48 bits of a draw's counter.
inline constexpr std::int64_t max_sites = std::int64_t{1} << 48;

/// The whole lattice: its extent in voxels and which axes wrap around.
struct Lattice {
  Index3 extent;
  bool periodic = false;
  double spacing_um = 10.0;

  [[nodiscard]] constexpr Box box() const { return {{0, 0, 0}, extent}; }
  [[nodiscard]] constexpr SiteIndex site(const Index3& p) const {
    return static_cast<SiteIndex>(offset_in(box(), p));
  }
  [[nodiscard]] constexpr Index3 position(SiteIndex site) const {
    const auto s = static_cast<std::int64_t>(site);
    return {s % extent.x, (s / extent.x) % extent.y, s / (extent.x * extent.y)};
  }
  [[nodiscard]] constexpr double voxel_mm3() const {
    const double mm = spacing_um * 1e-3;
    return mm * mm * mm;
  }
  [[nodiscard]] constexpr double volume_mm3() const {
    return static_cast<double>(volume(extent)) * voxel_mm3();
  }
};

/// Edge of a block in voxels: the unit of decomposition and of every coarse quantity.
inline constexpr std::int64_t block_edge = 16;

/// The grid of 16^3-voxel blocks that covers a lattice; last blocks may be partial.
struct BlockGrid {
  Index3 extent;  // in blocks

  explicit constexpr BlockGrid(const Index3& voxels)
      : extent{(voxels.x + block_edge - 1) / block_edge, (voxels.y + block_edge - 1) / block_edge,
               (voxels.z + block_edge - 1) / block_edge} {}

  [[nodiscard]] constexpr Box box() const { return {{0, 0, 0}, extent}; }
  [[nodiscard]] constexpr std::int64_t count() const { return volume(extent); }
  [[nodiscard]] constexpr std::int64_t index(const Index3& block) const {
    return offset_in(box(), block);
  }
  [[nodiscard]] static constexpr Index3 block_of(const Index3& voxel) {
    return {voxel.x / block_edge, voxel.y / block_edge, voxel.z / block_edge};
  }
};

/// The six face neighbours, in the order that a direction number 0..5 names them.
inline constexpr std::array<Index3, 6> face_offsets = {
    {{-1, 0, 0}, {1, 0, 0}, {0, -1, 0}, {0, 1, 0}, {0, 0, -1}, {0, 0, 1}}};

/// Brings p into the lattice along wrapping axes; p may lie at most one extent outside.
constexpr Index3 wrapped(const Lattice& lattice, Index3 p) {
  if (!lattice.periodic) return p;
  const auto wrap = [](std::int64_t v, std::int64_t n) {
    return v < 0 ? v + n : (v >= n ? v - n : v);
  };
  return {wrap(p.x, lattice.extent.x), wrap(p.y, lattice.extent.y), wrap(p.z, lattice.extent.z)};
}

}  // namespace marrow
