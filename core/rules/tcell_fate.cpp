// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/tcell_fate.hpp"

#include "core/math/elementary.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace marrow {
namespace {

struct FateChances {
  Threshold death;
  Threshold division;
};

FateChances fate_chances(const Model& model, const Levels& levels) {
  const TCellParameters& t = model.parameters.tcells;
  const double stimulus =
      levels.antigen > 0.0 ? levels.antigen / (levels.antigen + t.antigen_half) : 0.0;
  const double room = std::max(0.0, 1.0 - levels.attack);
  return {Threshold::of(one_minus_exp(t.death_rate_per_h)),
          Threshold::of(one_minus_exp(t.division_rate_per_h * stimulus * room *
                                      model.modifiers.tcell_division))};
}

/// A daughter's claim to a voxel.
struct Birth {
  BrickIndex at;
  std::uint64_t priority;
  SiteIndex mother;
  CellRecord record;
};

/// One of the free face voxels of `at`, or `at` itself when there is none.
BrickIndex free_face(const VoxelBits& bits, BrickIndex at, std::uint64_t random) {
  BrickIndex open[6];
  std::uint64_t n = 0;
  for (unsigned d = 0; d < 6; ++d) {
    const BrickIndex there = bits.layout().neighbour(at, d);
    if (!bits.blocked(there)) open[n++] = there;
  }
  return n == 0 ? at : open[uniform_below(random, n)];
}

class Fates {
 public:
  Fates(const TCellSwarm& swarm, const Model& model, const Levels& levels, std::uint64_t step)
      : bits_(swarm.bits()), model_(model), chances_(fate_chances(model, levels)), step_(step) {}

  /// Whether the T cell at this voxel dies; if it divides instead, its daughter's claim is noted.
  bool dies(BrickIndex at, CellRecord record) {
    const SiteIndex site =
        model_.lattice.site(wrapped(model_.lattice, bits_.layout().position(at)));
    const Bits128 fate = model_.draws(Purpose::tcell_fate, Entity::site, site, step_);
    if (chances_.death.happens(fate.first)) return true;
    if (record.state() != CellState::effector || !chances_.division.happens(fate.second)) {
      return false;
    }
    const Bits128 place = model_.draws(Purpose::daughter_face, Entity::site, site, step_);
    const BrickIndex there = free_face(bits_, at, place.first);
    if (there != at) {
      births_.push_back(
          {there, place.second, site, CellRecord::make(CellState::effector, record.clone())});
    }
    return false;
  }

  /// The winning claim of each voxel.
  std::vector<Birth> winners() {
    const auto key = [](const Birth& b) { return std::tie(b.at, b.priority, b.mother); };
    std::ranges::sort(births_, [&](const Birth& a, const Birth& b) { return key(b) < key(a); });
    const auto same_voxel = [](const Birth& a, const Birth& b) { return a.at == b.at; };
    births_.erase(std::unique(births_.begin(), births_.end(), same_voxel), births_.end());
    return std::move(births_);
  }

 private:
  const VoxelBits& bits_;
  const Model& model_;
  FateChances chances_;
  std::uint64_t step_;
  std::vector<Birth> births_;
};

/// Voxels of the T cells that die. Ghosts more than one voxel outside `own` cannot matter.
std::vector<BrickIndex> decide(const TCellSwarm& swarm, const Box& own, Fates& fates) {
  const Box relevant = own.grown(1);
  const BrickLayout& layout = swarm.bits().layout();
  std::vector<BrickIndex> dead;
  swarm.for_each_voxel([&](BrickIndex at, CellRecord record) {
    if (relevant.contains(layout.position(at)) && fates.dies(at, record)) dead.push_back(at);
  });
  std::ranges::sort(dead);
  return dead;
}

}  // namespace

TCellTurnover turn_over_tcells(TCellSwarm& swarm, const Box& own, const Model& model,
                               const Levels& levels, std::uint64_t step) {
  Fates fates(swarm, model, levels, step);
  const std::vector<BrickIndex> dead = decide(swarm, own, fates);
  const std::vector<Birth> births = fates.winners();
  swarm.retain(own);
  const std::size_t before = swarm.size();
  swarm.remove(dead);
  TCellTurnover turnover;
  turnover.deaths = static_cast<std::int64_t>(before - swarm.size());
  for (const Birth& birth : births) {
    const Index3 position = swarm.bits().layout().position(birth.at);
    if (!own.contains(position)) continue;
    swarm.add({position, model.lattice.site(position), birth.record});
    ++turnover.divisions;
  }
  return turnover;
}

}  // namespace marrow
