// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/migration.hpp"

#include <array>
#include <stdexcept>
#include <utility>

namespace marrow {
namespace {

constexpr auto powers_of_six = [] {
  std::array<std::uint64_t, hops_per_word> p{};
  p[0] = 1;
  for (std::size_t i = 1; i < p.size(); ++i) p[i] = 6 * p[i - 1];
  return p;
}();

std::uint64_t direction_word(const Draws& draws, SiteIndex origin, const HopClock& clock) {
  return draws(Purpose::hop_directions, Entity::site, origin, clock.step,
               clock.substep / hops_per_word)
      .first;
}

struct Claim {
  std::uint64_t priority;
  SiteIndex origin;
  auto operator<=>(const Claim&) const = default;
};

Claim claim_of(const TCellSwarm::Slab& slab, std::uint32_t cell, const Draws& draws,
               const HopClock& clock) {
  const SiteIndex origin = slab.origin[cell];
  return {draws(Purpose::hop_priority, Entity::site, origin, clock.step, clock.substep).first,
          origin};
}

/// The slab and cell that moved to `at` earlier in this sub-step: in this slab or one beside it.
std::pair<std::size_t, std::uint32_t> holder_of(TCellSwarm& swarm, std::size_t slab,
                                                BrickIndex at) {
  auto& slabs = swarm.slabs();
  const std::size_t first = slab > 0 ? slab - 1 : 0;
  const std::size_t last = slab + 1 < slabs.size() ? slab + 1 : slab;
  const std::uint32_t guess = swarm.arrival(at);
  for (std::size_t s = first; s <= last; ++s) {
    if (guess < slabs[s].size() && slabs[s].at[guess] == at) return {s, guess};
  }
  for (std::size_t s = first; s <= last; ++s) {
    for (std::uint32_t i = 0; i < slabs[s].size(); ++i) {
      if (slabs[s].at[i] == at) return {s, i};
    }
  }
  throw std::logic_error("a voxel is taken by no T cell: broken occupancy");
}

/// `cell` wants a voxel that another T cell took in this sub-step: the larger claim gets it.
void contest(TCellSwarm& swarm, std::size_t slab, std::uint32_t cell, const Draws& draws,
             const HopClock& clock) {
  TCellSwarm::Slab& mine = swarm.slabs()[slab];
  const BrickIndex wanted = mine.target[cell];
  const auto [other_slab, other_cell] = holder_of(swarm, slab, wanted);
  TCellSwarm::Slab& theirs = swarm.slabs()[other_slab];
  if (claim_of(mine, cell, draws, clock) < claim_of(theirs, other_cell, draws, clock)) return;
  // The holder goes back to where it came from: nobody else could claim that voxel, it was occupied.
  std::swap(theirs.at[other_cell], theirs.target[other_cell]);
  swarm.bits().block(theirs.at[other_cell]);
  swarm.bits().open(mine.at[cell]);
  std::swap(mine.at[cell], mine.target[cell]);
  swarm.note_arrival(wanted, cell);
}

}  // namespace

std::uint64_t directions_at(const Draws& draws, SiteIndex origin, const HopClock& clock) {
  // Taking the high word of 6·w leaves the low word of 6·w, so m draws leave w·6^m modulo 2^64.
  return direction_word(draws, origin, clock) * powers_of_six[clock.substep % hops_per_word];
}

void refill_directions(TCellSwarm::Slab& slab, const Draws& draws, const HopClock& clock) {
  for (std::uint32_t i = 0; i < slab.size(); ++i) {
    slab.directions[i] = direction_word(draws, slab.origin[i], clock);
  }
}

void propose(TCellSwarm::Slab& slab, const VoxelBits& bits) {
  const std::uint32_t n = slab.size();
  const BrickIndex* at = slab.at.data();
  BrickIndex* target = slab.target.data();
  std::uint64_t* directions = slab.directions.data();
  for (std::uint32_t i = 0; i < n; ++i) {
    const auto product = static_cast<unsigned __int128>(directions[i]) * 6;
    directions[i] = static_cast<std::uint64_t>(product);
    const BrickIndex here = at[i];
    const BrickIndex there =
        bits.layout().neighbour(here, static_cast<unsigned>(static_cast<std::uint64_t>(product >> 64)));
    target[i] = bits.blocked(there) ? here : there;
  }
}

void commit(TCellSwarm& swarm, std::size_t slab_number, const Draws& draws,
            const HopClock& clock) {
  TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  VoxelBits& bits = swarm.bits();
  const std::uint32_t n = slab.size();
  for (std::uint32_t i = 0; i < n; ++i) {
    const BrickIndex here = slab.at[i];
    const BrickIndex there = slab.target[i];
    if (there == here) continue;
    if (bits.blocked(there)) {
      contest(swarm, slab_number, i, draws, clock);
      continue;
    }
    bits.block(there);
    bits.open(here);
    slab.at[i] = there;
    slab.target[i] = here;
    swarm.note_arrival(there, i);
  }
}

}  // namespace marrow
