// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/kernel_places.hpp"

#include <algorithm>
#include <set>

namespace marrow {
namespace {

Box voxels_of_block(const Lattice& lattice, std::uint64_t block) {
  const Lattice blocks{BlockGrid(lattice.extent).extent};
  const Index3 b = blocks.position(block);
  const Index3 lo{b.x * block_edge, b.y * block_edge, b.z * block_edge};
  return intersection({lo, lo + Index3{block_edge, block_edge, block_edge}}, lattice.box());
}

/// Draws voxels of a block until the cells are placed or it is plain that there is no room.
class BlockPlaces {
 public:
  BlockPlaces(const ModelState& state, const Lattice& lattice, const Draws& draws,
              const TissueBox& tissue, std::uint64_t block)
      : lattice_(lattice),
        draws_(draws),
        tissue_(tissue),
        step_(static_cast<std::uint64_t>(state.step)),
        block_(block),
        box_(voxels_of_block(lattice, block)) {}

  void place(std::int64_t cells, CellState kind, std::vector<TCell>& out) {
    const auto voxels = static_cast<std::uint64_t>(box_.volume());
    const std::uint64_t last_try = tries_ + 64 * static_cast<std::uint64_t>(cells) + 4096;
    while (cells > 0 && tries_ < last_try) {
      // The number of the try rides above the 36 bits of the block.
      const std::uint64_t key = block_ | ((tries_ & 0xfff) << 36);
      const auto substep = static_cast<std::uint32_t>(tries_ >> 12);
      ++tries_;
      const Bits128 draw = draws_(Purpose::kernel_place, Entity::block, key, step_, substep);
      const Index3 at =
          box_.lo + Lattice{box_.extent()}.position(uniform_below(draw.first, voxels));
      const SiteIndex site = lattice_.site(at);
      if (!enterable(tissue_.at(at)) || !taken_.insert(site).second) continue;
      out.push_back({site, CellRecord::make(kind, 0)});
      --cells;
    }
  }

 private:
  const Lattice& lattice_;
  const Draws& draws_;
  const TissueBox& tissue_;
  std::uint64_t step_;
  std::uint64_t block_;
  Box box_;
  std::uint64_t tries_ = 0;
  std::set<SiteIndex> taken_;
};

}  // namespace

std::vector<TCell> drawn_places(const ModelState& state, const Lattice& lattice, const Draws& draws,
                                const TissueBox& tissue) {
  std::vector<TCell> cells;
  for (std::size_t b = 0; b < state.blocks.effector.size(); ++b) {
    BlockPlaces places(state, lattice, draws, tissue, state.block_index[b]);
    places.place(state.blocks.effector[b], CellState::effector, cells);
    if (!state.blocks.exhausted.empty()) {
      places.place(state.blocks.exhausted[b], CellState::exhausted, cells);
    }
    if (!state.blocks.memory.empty())
      places.place(state.blocks.memory[b], CellState::memory, cells);
  }
  std::ranges::sort(cells, {}, &TCell::site);
  return cells;
}

}  // namespace marrow
