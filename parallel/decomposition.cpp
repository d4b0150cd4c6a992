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

}  // namespace

Decomposition::Decomposition(const Lattice& lattice, int ranks,
                             std::span<const std::int64_t> block_weight)
    : lattice_(lattice), boxes_(static_cast<std::size_t>(ranks)) {
  const BlockGrid grid(lattice.extent);
  if (ranks > grid.count()) {
    throw Failure(ExitCode::command_line, std::to_string(ranks) + " ranks for a lattice of " +
                                              std::to_string(grid.count()) +
                                              " blocks of 16^3 voxels: use at most " +
                                              std::to_string(grid.count()) + " ranks");
  }
  Bisection(lattice, block_weight).divide(grid.box(), 0, ranks, boxes_);
  if (std::ranges::any_of(boxes_, [](const Box& b) { return b.empty(); })) {
    throw Failure(
        ExitCode::command_line,
        std::to_string(ranks) + " ranks cannot each have a block of this lattice: use fewer");
  }
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
