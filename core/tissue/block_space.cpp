// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/block_space.hpp"

namespace marrow {
namespace {

Box blocks_in(const Box& voxels) {
  const auto up = [](std::int64_t v) { return (v + block_edge - 1) / block_edge; };
  return {BlockGrid::block_of(voxels.lo), {up(voxels.hi.x), up(voxels.hi.y), up(voxels.hi.z)}};
}

void count_voxel(BlockSpace& space, const TissueBox& tissue, const Lattice& lattice,
                 const Index3& p) {
  if (!enterable(tissue.at(p))) return;
  const Index3 block = BlockGrid::block_of(p);
  const std::size_t here = space.offset(block);
  ++space.enterable[here];
  for (std::size_t face = 0; face < face_offsets.size(); ++face) {
    const Index3 q = p + face_offsets[face];
    // Beyond a periodic face lies another block, though the block of q's image may be the same.
    const bool leaves = !lattice.box().contains(q) || BlockGrid::block_of(q) != block;
    if (leaves && tissue.box.contains(q) && enterable(tissue.at(q))) ++space.openings[face][here];
  }
}

}  // namespace

BlockSpace count_block_space(const TissueBox& tissue, const Lattice& lattice,
                             const Box& own_voxels) {
  BlockSpace space;
  space.own = blocks_in(own_voxels);
  space.covered = space.own.grown(1);
  const auto blocks = static_cast<std::size_t>(space.covered.volume());
  space.enterable.assign(blocks, 0);
  for (auto& face : space.openings) face.assign(blocks, 0);
  Index3 p;
  for (p.z = own_voxels.lo.z; p.z < own_voxels.hi.z; ++p.z) {
    for (p.y = own_voxels.lo.y; p.y < own_voxels.hi.y; ++p.y) {
      for (p.x = own_voxels.lo.x; p.x < own_voxels.hi.x; ++p.x) {
        count_voxel(space, tissue, lattice, p);
      }
    }
  }
  return space;
}

}  // namespace marrow
