// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/sphere_fit.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace marrow {
namespace {

constexpr std::int64_t point_step = 5;   // measure every 5th voxel along each axis
constexpr std::int64_t cell_edge = 8;    // cells of the search hierarchy
constexpr std::int64_t lane_count = 32;  // lines that are transformed together, for the cache
constexpr std::uint16_t unreached = 65535;

using Squares = std::vector<std::uint16_t>;

/// Squared distance transform of n values in place: out(i) = min_j (in(j) + (i-j)^2), saturating.
/// Lower envelope of parabolas in integers (Meijster, Roerdink, Hesselink 2000).
void transform_line(std::uint16_t* line, std::int64_t n, std::vector<std::int64_t>& apex,
                    std::vector<std::int64_t>& from, std::vector<std::int64_t>& in) {
  std::int64_t top = -1;
  for (std::int64_t u = 0; u < n; ++u) {
    in[u] = line[u];
    if (line[u] == unreached) continue;
    const auto value = [&](std::int64_t x, std::int64_t i) { return (x - i) * (x - i) + in[i]; };
    while (top >= 0 && value(from[top], apex[top]) > value(from[top], u)) --top;
    if (top < 0) {
      top = 0;
      apex[0] = u;
      from[0] = 0;
      continue;
    }
    const std::int64_t i = apex[top];
    const std::int64_t start = 1 + (u * u - i * i + in[u] - in[i]) / (2 * (u - i));
    if (start < n) {
      ++top;
      apex[top] = u;
      from[top] = start;
    }
  }
  if (top < 0) return;
  for (std::int64_t x = n - 1; x >= 0; --x) {
    const std::int64_t d = (x - apex[top]) * (x - apex[top]) + in[apex[top]];
    line[x] = static_cast<std::uint16_t>(std::min<std::int64_t>(d, unreached));
    if (x == from[top] && top > 0) --top;
  }
}

/// Transforms all lines along an axis of stride `stride` and length n; `lanes` lines that start at
/// consecutive addresses from `base`.
struct LineTransform {
  std::vector<std::uint16_t> buffer;
  std::vector<std::int64_t> apex, from, in;

  void run(std::uint16_t* base, std::int64_t n, std::int64_t stride, std::int64_t lanes) {
    buffer.resize(static_cast<std::size_t>(n * lanes));
    apex.resize(static_cast<std::size_t>(n));
    from.resize(static_cast<std::size_t>(n));
    in.resize(static_cast<std::size_t>(n));
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t l = 0; l < lanes; ++l) buffer[l * n + i] = base[i * stride + l];
    }
    for (std::int64_t l = 0; l < lanes; ++l) transform_line(&buffer[l * n], n, apex, from, in);
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t l = 0; l < lanes; ++l) base[i * stride + l] = buffer[l * n + i];
    }
  }
};

/// Squared distance of each voxel of the phase to the nearest voxel outside it; 0 outside the
/// phase.
Squares squared_distances(const Index3& window, std::span<const std::uint64_t> bone, Phase phase) {
  Squares d(static_cast<std::size_t>(volume(window)));
  for (std::size_t i = 0; i < d.size(); ++i) {
    const bool is_bone = ((bone[i >> 6] >> (i & 63)) & 1) != 0;
    d[i] = is_bone == (phase == Phase::bone) ? unreached : std::uint16_t{0};
  }
  LineTransform lines;
  for (std::int64_t row = 0; row < window.y * window.z; ++row) {
    lines.run(&d[row * window.x], window.x, 1, 1);
  }
  for (std::int64_t z = 0; z < window.z; ++z) {
    for (std::int64_t x = 0; x < window.x; x += lane_count) {
      lines.run(&d[z * window.x * window.y + x], window.y, window.x,
                std::min(lane_count, window.x - x));
    }
  }
  for (std::int64_t xy = 0; xy < window.x * window.y; xy += lane_count) {
    lines.run(&d[xy], window.z, window.x * window.y,
              std::min(lane_count, window.x * window.y - xy));
  }
  return d;
}

/// The largest squared distance in each cell of cell_edge^3 voxels.
struct CellMaxima {
  Index3 extent;
  Squares largest;

  CellMaxima(const Index3& window, const Squares& d)
      : extent{(window.x + cell_edge - 1) / cell_edge, (window.y + cell_edge - 1) / cell_edge,
               (window.z + cell_edge - 1) / cell_edge},
        largest(static_cast<std::size_t>(volume(extent))) {
    std::size_t i = 0;
    for (std::int64_t z = 0; z < window.z; ++z) {
      for (std::int64_t y = 0; y < window.y; ++y) {
        std::uint16_t* row = &largest[extent.x * (y / cell_edge + extent.y * (z / cell_edge))];
        for (std::int64_t x = 0; x < window.x; ++x, ++i) {
          if (d[i] != unreached) row[x / cell_edge] = std::max(row[x / cell_edge], d[i]);
        }
      }
    }
  }
};

std::int64_t squared(std::int64_t v) { return v * v; }

/// Largest squared radius of a sphere of the phase that contains p.
class LargestSphere {
 public:
  LargestSphere(const Index3& window, const Squares& d)
      : window_{{0, 0, 0}, window}, d_(d), cells_(window, d) {
    for (const std::uint16_t v : cells_.largest) reach2_ = std::max<std::int64_t>(reach2_, v);
    while (reach_ * reach_ < reach2_) ++reach_;
  }

  [[nodiscard]] std::int64_t at(const Index3& p) const {
    std::int64_t best = climb(p);
    const Index3 lo{std::max<std::int64_t>(0, (p.x - reach_) / cell_edge),
                    std::max<std::int64_t>(0, (p.y - reach_) / cell_edge),
                    std::max<std::int64_t>(0, (p.z - reach_) / cell_edge)};
    const Index3 hi{std::min(cells_.extent.x, (p.x + reach_) / cell_edge + 1),
                    std::min(cells_.extent.y, (p.y + reach_) / cell_edge + 1),
                    std::min(cells_.extent.z, (p.z + reach_) / cell_edge + 1)};
    for (std::int64_t cz = lo.z; cz < hi.z; ++cz) {
      for (std::int64_t cy = lo.y; cy < hi.y; ++cy) {
        for (std::int64_t cx = lo.x; cx < hi.x; ++cx) {
          const std::int64_t m = cells_.largest[cx + cells_.extent.x * (cy + cells_.extent.y * cz)];
          if (m <= best) continue;
          const Box cell = intersection(
              window_, {{cx * cell_edge, cy * cell_edge, cz * cell_edge},
                        {(cx + 1) * cell_edge, (cy + 1) * cell_edge, (cz + 1) * cell_edge}});
          if (gap2(cell, p) < m) best = search(cell, p, best);
        }
      }
    }
    return best;
  }

 private:
  static std::int64_t gap2(const Box& b, const Index3& p) {
    const auto gap = [](std::int64_t lo, std::int64_t hi, std::int64_t v) {
      return v < lo ? lo - v : (v >= hi ? v - hi + 1 : 0);
    };
    return squared(gap(b.lo.x, b.hi.x, p.x)) + squared(gap(b.lo.y, b.hi.y, p.y)) +
           squared(gap(b.lo.z, b.hi.z, p.z));
  }

  /// A good first guess: uphill in the distance map from p, while the sphere still contains p.
  [[nodiscard]] std::int64_t climb(const Index3& p) const {
    Index3 c = p;
    std::int64_t best = d_[static_cast<std::size_t>(offset_in(window_, c))];
    for (bool moved = true; moved;) {
      moved = false;
      for (const Index3& step : face_offsets) {
        const Index3 q = c + step;
        if (!window_.contains(q)) continue;
        const std::int64_t v = d_[static_cast<std::size_t>(offset_in(window_, q))];
        if (v <= best || v == unreached ||
            squared(q.x - p.x) + squared(q.y - p.y) + squared(q.z - p.z) >= v)
          continue;
        best = v;
        c = q;
        moved = true;
        break;
      }
    }
    return best;
  }

  [[nodiscard]] std::int64_t search(const Box& cell, const Index3& p, std::int64_t best) const {
    for (std::int64_t z = cell.lo.z; z < cell.hi.z; ++z) {
      for (std::int64_t y = cell.lo.y; y < cell.hi.y; ++y) {
        const std::int64_t yz2 = squared(y - p.y) + squared(z - p.z);
        const std::uint16_t* row = &d_[static_cast<std::size_t>(offset_in(window_, {0, y, z}))];
        for (std::int64_t x = cell.lo.x; x < cell.hi.x; ++x) {
          if (row[x] > best && row[x] != unreached && yz2 + squared(x - p.x) < row[x])
            best = row[x];
        }
      }
    }
    return best;
  }

  Box window_;
  const Squares& d_;
  CellMaxima cells_;
  std::int64_t reach2_ = 0;
  std::int64_t reach_ = 0;
};

/// A sphere around a voxel's centre whose nearest foreign centre is r away has its surface between
/// r - 1 and r: an even number of voxels n gives r = n/2, an odd one (n + 1)/2. Half a voxel off
/// the diameter 2r is right on average.
std::int64_t diameter_256ths(std::int64_t radius2) {
  const double d = 2.0 * std::sqrt(static_cast<double>(radius2)) - 0.5;
  return static_cast<std::int64_t>(d * 256.0 + 0.5);
}

}  // namespace

SphereFit fit_spheres(const Index3& window, std::span<const std::uint64_t> bone, Phase phase) {
  const Squares d = squared_distances(window, bone, phase);
  SphereFit fit;
  if (std::find(d.begin(), d.end(), std::uint16_t{0}) == d.end()) return fit;
  const LargestSphere sphere(window, d);
  const Box box{{0, 0, 0}, window};
  for (std::int64_t z = 0; z < window.z; z += point_step) {
    for (std::int64_t y = 0; y < window.y; y += point_step) {
      for (std::int64_t x = 0; x < window.x; x += point_step) {
        const std::uint16_t here = d[static_cast<std::size_t>(offset_in(box, {x, y, z}))];
        if (here == 0 || here == unreached) continue;
        ++fit.points;
        fit.diameter_256ths += diameter_256ths(sphere.at({x, y, z}));
      }
    }
  }
  return fit;
}

}  // namespace marrow
