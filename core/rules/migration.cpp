// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/migration.hpp"

#include "core/model/fault.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>
#include <utility>
#include <vector>

namespace marrow {
namespace {

constexpr auto powers_of_six = [] {
  std::array<std::uint64_t, hops_per_word> p{};
  p[0] = 1;
  for (std::size_t i = 1; i < p.size(); ++i) p[i] = 6 * p[i - 1];
  return p;
}();

std::uint64_t direction_word(const Draws& draws, SiteIndex origin, const HopClock& clock) {
  const std::uint32_t word = clock.substep / hops_per_word;
  return draws(Purpose::hop_directions, Entity::site, origin, clock.step,
               injected(Fault::repeated_directions) ? 0 : word)
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

/// The T cell that took a voxel in this sub-step.
struct Holder {
  BrickIndex at;
  std::uint32_t slab;
  std::uint32_t cell;
};

/// Who holds the contested voxels, by ascending voxel. Conflicts are rare, so nobody keeps an index
/// of arrivals: a pass over the slab's cells against a small filter finds them.
class Holders {
 public:
  explicit Holders(std::vector<BrickIndex> contested) {
    std::ranges::sort(contested);
    contested.erase(std::unique(contested.begin(), contested.end()), contested.end());
    for (const BrickIndex at : contested) {
      found_.push_back({at, nobody, 0});
      filter_[filter_bit(at) >> 6] |= std::uint64_t{1} << (filter_bit(at) & 63);
    }
    missing_ = found_.size();
  }

  void look_in(const TCellSwarm& swarm, std::size_t slab_number) {
    const TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
    for (std::uint32_t i = 0; i < slab.size() && missing_ > 0; ++i) {
      const std::uint32_t bit = filter_bit(slab.at[i]);
      if (((filter_[bit >> 6] >> (bit & 63)) & 1) == 0) continue;
      const auto place = std::ranges::lower_bound(found_, slab.at[i], {}, &Holder::at);
      if (place == found_.end() || place->at != slab.at[i]) continue;
      place->slab = static_cast<std::uint32_t>(slab_number);
      place->cell = i;
      --missing_;
    }
  }

  [[nodiscard]] bool complete() const { return missing_ == 0; }
  Holder& of(BrickIndex at) { return *std::ranges::lower_bound(found_, at, {}, &Holder::at); }

 private:
  static constexpr std::uint32_t nobody = 0xffffffffu;
  static std::uint32_t filter_bit(BrickIndex at) { return (at * 0x9e3779b1u) >> 18; }

  std::vector<Holder> found_;
  std::array<std::uint64_t, 256> filter_{};  // 2^14 bits: one in a hundred is a false alarm
  std::size_t missing_ = 0;
};

/// `cell` wants a voxel that another T cell took in this sub-step: the larger claim gets it.
void contest(TCellSwarm& swarm, std::size_t slab, std::uint32_t cell, Holder& holder,
             const Draws& draws, const HopClock& clock) {
  TCellSwarm::Slab& mine = swarm.slabs()[slab];
  TCellSwarm::Slab& theirs = swarm.slabs()[holder.slab];
  if (injected(Fault::first_come)) return;
  if (claim_of(mine, cell, draws, clock) < claim_of(theirs, holder.cell, draws, clock)) return;
  // The holder goes back to where it came from: nobody else could claim that voxel, it was
  // occupied.
  std::swap(theirs.at[holder.cell], theirs.target[holder.cell]);
  swarm.bits().block(theirs.at[holder.cell]);
  swarm.bits().open(mine.at[cell]);
  std::swap(mine.at[cell], mine.target[cell]);
  holder.slab = static_cast<std::uint32_t>(slab);
  holder.cell = cell;
}

/// Settles the claims of a slab's cells to voxels that were already taken in this sub-step.
void settle_conflicts(TCellSwarm& swarm, std::size_t slab, std::span<const std::uint32_t> cells,
                      const Draws& draws, const HopClock& clock) {
  std::vector<BrickIndex> contested;
  for (const std::uint32_t cell : cells) contested.push_back(swarm.slabs()[slab].target[cell]);
  Holders holders(std::move(contested));
  holders.look_in(swarm, slab);
  if (!holders.complete() && slab > 0) holders.look_in(swarm, slab - 1);
  if (!holders.complete() && slab + 1 < swarm.slabs().size()) holders.look_in(swarm, slab + 1);
  if (!holders.complete()) {
    throw std::logic_error("a voxel is taken by no T cell: broken occupancy");
  }
  for (const std::uint32_t cell : cells) {
    contest(swarm, slab, cell, holders.of(swarm.slabs()[slab].target[cell]), draws, clock);
  }
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
    auto direction = static_cast<unsigned>(static_cast<std::uint64_t>(product >> 64));
    if (injected(Fault::biased_direction) && direction == 0) direction = directions[i] % 8 == 0;
    const BrickIndex here = at[i];
    const BrickIndex there = bits.layout().neighbour(here, direction);
    target[i] = bits.blocked(there) ? here : there;
  }
}

void propose_uphill(TCellSwarm::Slab& slab, const VoxelBits& bits, const ChemotaxisMap& map,
                    const Draws& draws, const HopClock& clock) {
  for (std::uint32_t i = 0; i < slab.size(); ++i) {
    const auto product = static_cast<unsigned __int128>(slab.directions[i]) * 6;
    slab.directions[i] = static_cast<std::uint64_t>(product);
    auto direction = static_cast<unsigned>(static_cast<std::uint64_t>(product >> 64));
    const BrickIndex here = slab.at[i];
    // Directions come in pairs along an axis, the lower one towards smaller coordinates.
    const int bias = map.at(bits.layout().position(here))[direction / 2];
    const bool down = bias != 0 && (bias > 0) == (direction % 2 == 0);
    if (down) {
      const Bits128 draw =
          draws(Purpose::chemotaxis, Entity::site, slab.origin[i], clock.step, clock.substep);
      if (static_cast<int>(draw.first >> 49) < (bias < 0 ? -bias : bias)) direction ^= 1u;
    }
    const BrickIndex there = bits.layout().neighbour(here, direction);
    slab.target[i] = bits.blocked(there) ? here : there;
  }
}

void commit(TCellSwarm& swarm, std::size_t slab_number, const Draws& draws, const HopClock& clock) {
  TCellSwarm::Slab& slab = swarm.slabs()[slab_number];
  VoxelBits& bits = swarm.bits();
  const std::uint32_t n = slab.size();
  BrickIndex* at = slab.at.data();
  BrickIndex* target = slab.target.data();
  slab.conflicts.clear();
  for (std::uint32_t i = 0; i < n; ++i) {
    const BrickIndex here = at[i];
    const BrickIndex there = target[i];
    if (there == here) continue;
    if (bits.blocked(there)) {
      slab.conflicts.push_back(i);
      continue;
    }
    bits.block(there);
    bits.open(here);
    at[i] = there;
    target[i] = here;
  }
  if (!slab.conflicts.empty()) settle_conflicts(swarm, slab_number, slab.conflicts, draws, clock);
}

}  // namespace marrow
