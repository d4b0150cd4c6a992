// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/decomposition.hpp"

#include "core/model/failure.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace marrow::parallel {
namespace {

/// Weights of the blocks with the cuts that bisection makes.
class Bisection {
 public:
  Bisection(const Lattice& lattice, std::span<const std::int64_t> weight)
      : lattice_(lattice), grid_(lattice.extent), weight_(weight) {}

  void divide(const Box& blocks, int first_rank, int ranks, std::vector<Box>& boxes) const {
    if (ranks == 1) {
      boxes[static_cast<std::size_t>(first_rank)] = voxels_of(blocks);
      return;
    }
    const int lower_ranks = ranks / 2;
    const int axis = widest_axis(blocks);
    const auto [lower, upper] = cut(blocks, axis, lower_ranks, ranks);
    divide(lower, first_rank, lower_ranks, boxes);
    divide(upper, first_rank + lower_ranks, ranks - lower_ranks, boxes);
  }

 private:
  static std::int64_t& along(Index3& p, int axis) {
    return axis == 0 ? p.x : axis == 1 ? p.y : p.z;
  }

  static int widest_axis(const Box& blocks) {
    const Index3 e = blocks.extent();
    // z first on ties: slabs of z are contiguous in memory and in files.
    if (e.z >= e.y && e.z >= e.x) return 2;
    return e.y >= e.x ? 1 : 0;
  }

  [[nodiscard]] std::vector<std::int64_t> layer_weights(const Box& blocks, int axis) const {
    Index3 e = blocks.extent();
    std::vector<std::int64_t> layers(static_cast<std::size_t>(along(e, axis)), 0);
    Index3 b;
    for (b.z = blocks.lo.z; b.z < blocks.hi.z; ++b.z) {
      for (b.y = blocks.lo.y; b.y < blocks.hi.y; ++b.y) {
        for (b.x = blocks.lo.x; b.x < blocks.hi.x; ++b.x) {
          Index3 offset = b - blocks.lo;
          layers[static_cast<std::size_t>(along(offset, axis))] += weight_of(b);
        }
      }
    }
    return layers;
  }

  [[nodiscard]] std::int64_t weight_of(const Index3& block) const {
    // The constant keeps a region without work divisible.
    if (!weight_.empty()) return 1 + weight_[static_cast<std::size_t>(grid_.index(block))];
    return voxels_of({block, block + Index3{1, 1, 1}}).volume();
  }

  /// The cut whose two sides come nearest to the ranks' shares and still hold a block per rank.
  [[nodiscard]] std::pair<Box, Box> cut(const Box& blocks, int axis, int lower_ranks,
                                        int ranks) const {
    const std::vector<std::int64_t> layers = layer_weights(blocks, axis);
    std::int64_t total = 0;
    for (const std::int64_t w : layers) total += w;
    const auto count = static_cast<std::int64_t>(layers.size());
    const std::int64_t per_layer = blocks.volume() / count;
    const auto layers_for = [per_layer](int n) { return (n + per_layer - 1) / per_layer; };
    std::int64_t best = -1;
    __int128 best_miss = 0;
    std::int64_t below = 0;
    for (std::int64_t k = 1; k < count; ++k) {
      below += layers[static_cast<std::size_t>(k - 1)];
      if (k < layers_for(lower_ranks) || count - k < layers_for(ranks - lower_ranks)) continue;
      __int128 miss =
          static_cast<__int128>(below) * ranks - static_cast<__int128>(total) * lower_ranks;
      if (miss < 0) miss = -miss;
      if (best < 0 || miss < best_miss) {
        best = k;
        best_miss = miss;
      }
    }
    if (best < 0) return {blocks, Box{}};
    Box lower = blocks;
    Box upper = blocks;
    along(lower.hi, axis) = along(lower.lo, axis) + best;
    along(upper.lo, axis) = along(lower.hi, axis);
    return {lower, upper};
  }

  [[nodiscard]] Box voxels_of(const Box& blocks) const {
    const auto edge = [](const Index3& b) {
      return Index3{b.x * block_edge, b.y * block_edge, b.z * block_edge};
    };
    return intersection({edge(blocks.lo), edge(blocks.hi)}, lattice_.box());
  }

  const Lattice& lattice_;
  BlockGrid grid_;
  std::span<const std::int64_t> weight_;
};

/// One box per rank; none if some rank would have no block.
std::vector<Box> boxes_for(const Lattice& lattice, std::span<const std::int64_t> weight,
                           int ranks) {
  const BlockGrid grid(lattice.extent);
  if (ranks > grid.count()) return {};
  std::vector<Box> boxes(static_cast<std::size_t>(ranks));
  Bisection(lattice, weight).divide(grid.box(), 0, ranks, boxes);
  if (std::ranges::any_of(boxes, [](const Box& b) { return b.empty(); })) boxes.clear();
  return boxes;
}

std::string product(const Index3& n) {
  return std::to_string(n.x) + " x " + std::to_string(n.y) + " x " + std::to_string(n.z);
}

/// "64 (4 x 4 x 4 boxes), 32 (4 x 4 x 2), 16 (4 x 2 x 2)": the block grid, its widest axis halved
/// again and again; the three largest with at most `ranks` boxes.
std::string even_divisions(Index3 boxes, std::int64_t ranks) {
  constexpr int most = 3;
  std::string text;
  for (int named = 0; named < most;) {
    const std::int64_t count = boxes.x * boxes.y * boxes.z;
    if (count <= ranks) {
      text += (named == 0 ? "" : ", ") + std::to_string(count) + " (" + product(boxes) +
              (named == 0 ? " boxes)" : ")");
      ++named;
    }
    if (count == 1) break;
    std::int64_t& widest = boxes.z >= boxes.y && boxes.z >= boxes.x ? boxes.z
                           : boxes.y >= boxes.x                     ? boxes.y
                                                                    : boxes.x;
    widest = (widest + 1) / 2;
  }
  return text;
}

}  // namespace

Decomposition::Decomposition(const Lattice& lattice, int ranks,
                             std::span<const std::int64_t> block_weight)
    : lattice_(lattice) {
  boxes_ = boxes_for(lattice, block_weight, ranks);
  if (!boxes_.empty()) return;
  std::int64_t usable = std::min<std::int64_t>(BlockGrid(lattice.extent).count(), ranks - 1);
  while (boxes_for(lattice, block_weight, static_cast<int>(usable)).empty()) --usable;
  const Index3 blocks = BlockGrid(lattice.extent).extent;
  throw Failure(ExitCode::command_line,
                std::to_string(ranks) + " ranks are too many for a lattice of " + product(blocks) +
                    " blocks of 16^3 voxels, of which each rank needs one: use at most " +
                    std::to_string(usable) + (usable == 1 ? " rank" : " ranks") +
                    "; even divisions are " + even_divisions(blocks, usable));
}

int Decomposition::owner_of(const Index3& voxel) const {
  for (std::size_t r = 0; r < boxes_.size(); ++r) {
    if (boxes_[r].contains(voxel)) return static_cast<int>(r);
  }
  throw Failure(ExitCode::internal_error, "a voxel outside the lattice has no owner");
}

std::int64_t Decomposition::thinnest() const {
  std::int64_t least = 0;
  for (const Box& box : boxes_) {
    const Index3 e = box.extent();
    const Index3 whole = lattice_.extent;
    for (const auto& [part, all] : {std::pair{e.x, whole.x}, {e.y, whole.y}, {e.z, whole.z}}) {
      if ((part < all || lattice_.periodic) && (least == 0 || part < least)) least = part;
    }
  }
  return least;
}

std::vector<std::uint64_t> blocks_of(const Lattice& lattice, const Box& box) {
  const BlockGrid grid(lattice.extent);
  const Index3 lo = BlockGrid::block_of(box.lo);
  const Index3 last = BlockGrid::block_of(box.hi - Index3{1, 1, 1});
  std::vector<std::uint64_t> blocks;
  if (box.empty()) return blocks;
  for (std::int64_t z = lo.z; z <= last.z; ++z) {
    for (std::int64_t y = lo.y; y <= last.y; ++y) {
      for (std::int64_t x = lo.x; x <= last.x; ++x) {
        blocks.push_back(static_cast<std::uint64_t>(grid.index({x, y, z})));
      }
    }
  }
  return blocks;
}

}  // namespace marrow::parallel
