// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/swarm.hpp"

#include <algorithm>

namespace marrow {
namespace {

constexpr std::int64_t brick_layers_of(std::int64_t voxels) {
  return (voxels + brick_edge - 1) / brick_edge;
}

/// Marks every voxel in contact with a niche.
void mark_near_niche(VoxelBits& bits, const TissueBox& tissue, const Index3& niche,
                     ContactRule rule) {
  const std::int64_t reach = contact_reach(rule);
  for (std::int64_t dz = -reach; dz <= reach; ++dz) {
    for (std::int64_t dy = -reach; dy <= reach; ++dy) {
      for (std::int64_t dx = -reach; dx <= reach; ++dx) {
        const Index3 p = niche + Index3{dx, dy, dz};
        if (!tissue.box.contains(p) || !enterable(tissue.at(p), rule)) continue;
        bits.mark_near_niche(bits.layout().index(p));
      }
    }
  }
}

void mark_tissue(VoxelBits& bits, const TissueBox& tissue, ContactRule rule) {
  const Box& box = tissue.box;
  const std::uint8_t* kind = tissue.kind.data();
  Index3 p;
  for (p.z = box.lo.z; p.z < box.hi.z; ++p.z) {
    for (p.y = box.lo.y; p.y < box.hi.y; ++p.y) {
      for (p.x = box.lo.x; p.x < box.hi.x; ++p.x, ++kind) {
        const auto what = static_cast<TissueKind>(*kind);
        if (enterable(what, rule)) bits.open(bits.layout().index(p));
        if (what == TissueKind::niche) mark_near_niche(bits, tissue, p, rule);
      }
    }
  }
}

}  // namespace

VoxelBits::VoxelBits(const Box& box) : layout_(box) {
  BitBrick closed;
  closed.rows.fill(~std::uint64_t{0});
  blocked_.assign(layout_.brick_count(), closed);
  near_niche_.assign(layout_.brick_count(), BitBrick{});
  brick_near_niche_.assign(layout_.brick_count() / 64 + 1, 0);
}

void TCellSwarm::Slab::push(BrickIndex where, std::uint64_t word, SiteIndex origin_site,
                            CellRecord rec) {
  at.push_back(where);
  target.push_back(where);
  directions.push_back(word);
  origin.push_back(origin_site);
  record.push_back(rec);
}

void TCellSwarm::Slab::reserve(std::size_t cells) {
  at.reserve(cells);
  target.reserve(cells);
  directions.reserve(cells);
  origin.reserve(cells);
  record.reserve(cells);
}

void TCellSwarm::Slab::erase(std::uint32_t cell) {
  const auto last_to = [cell](auto& values) {
    values[cell] = values.back();
    values.pop_back();
  };
  last_to(at);
  last_to(target);
  last_to(directions);
  last_to(origin);
  last_to(record);
}

TCellSwarm::TCellSwarm(const TissueBox& tissue, std::int64_t slab_voxels, ContactRule rule)
    : bits_(tissue.box.grown(1)), slab_voxels_(slab_voxels) {
  mark_tissue(bits_, tissue, rule);
  const Index3 extent = bits_.layout().box().extent();
  const std::int64_t layers_per_slab = brick_layers_of(slab_voxels);
  slab_stride_ = static_cast<BrickIndex>(layers_per_slab * 512 * brick_layers_of(extent.x) *
                                         brick_layers_of(extent.y));
  slabs_.resize(static_cast<std::size_t>((brick_layers_of(extent.z) + layers_per_slab - 1) /
                                         layers_per_slab));
}

std::size_t TCellSwarm::size() const {
  std::size_t n = 0;
  for (const Slab& slab : slabs_) n += slab.at.size() + slab.engaged.size();
  return n;
}

void TCellSwarm::add(const SwarmCell& cell) {
  const BrickIndex at = bits_.layout().index(cell.position);
  bits_.block(at);
  Slab& slab = slabs_[slab_of(at)];
  if (cell.record.state() == CellState::engaged) {
    slab.engaged.push_back({at, cell.origin, cell.record});
  } else {
    slab.push(at, 0, cell.origin, cell.record);
  }
}

template <class Leaves>
void TCellSwarm::remove_if(Leaves&& leaves) {
  for (Slab& slab : slabs_) {
    for (std::uint32_t i = slab.size(); i-- > 0;) {
      if (!leaves(slab.at[i])) continue;
      bits_.open(slab.at[i]);
      slab.erase(i);
    }
    std::erase_if(slab.engaged, [&](const EngagedCell& cell) {
      if (!leaves(cell.at)) return false;
      bits_.open(cell.at);
      return true;
    });
  }
}

void TCellSwarm::retain(const Box& box) {
  remove_if([&](BrickIndex at) { return !box.contains(bits_.layout().position(at)); });
}

void TCellSwarm::remove(std::span<const BrickIndex> voxels) {
  if (voxels.empty()) return;
  remove_if([&](BrickIndex at) { return std::ranges::binary_search(voxels, at); });
}

void TCellSwarm::begin_step(const Lattice& lattice) {
  const auto site = [&](BrickIndex at) {
    return lattice.site(wrapped(lattice, bits_.layout().position(at)));
  };
  for (Slab& slab : slabs_) {
    for (std::uint32_t i = 0; i < slab.size(); ++i) slab.origin[i] = site(slab.at[i]);
    for (EngagedCell& cell : slab.engaged) cell.origin = site(cell.at);
  }
}

void TCellSwarm::sort() {
  std::vector<std::uint64_t> order;
  for (Slab& slab : slabs_) {
    order.resize(slab.size());
    for (std::uint32_t i = 0; i < slab.size(); ++i) {
      order[i] = (static_cast<std::uint64_t>(slab.at[i]) << 32) | i;
    }
    std::ranges::sort(order);
    Slab sorted;
    sorted.reserve(slab.at.capacity());
    for (const std::uint64_t entry : order) {
      const auto i = static_cast<std::uint32_t>(entry);
      sorted.push(slab.at[i], slab.directions[i], slab.origin[i], slab.record[i]);
    }
    sorted.engaged = std::move(slab.engaged);
    slab = std::move(sorted);
  }
}

void TCellSwarm::regroup() {
  for (std::size_t s = 0; s < slabs_.size(); ++s) {
    Slab& slab = slabs_[s];
    const std::size_t first = s * slab_stride_;
    for (std::uint32_t i = slab.size(); i-- > 0;) {
      if (slab.at[i] - first < slab_stride_) continue;  // unsigned: also false below `first`
      Slab& home = slabs_[slab_of(slab.at[i])];
      home.push(slab.at[i], slab.directions[i], slab.origin[i], slab.record[i]);
      slab.erase(i);
    }
    std::erase_if(slab.engaged, [&](const EngagedCell& cell) {
      if (cell.at - first < slab_stride_) return false;
      slabs_[slab_of(cell.at)].engaged.push_back(cell);
      return true;
    });
  }
}

}  // namespace marrow
