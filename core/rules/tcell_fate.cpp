// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/tcell_fate.hpp"

#include "core/math/elementary.hpp"
#include "core/model/fault.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace marrow {
namespace {

/// The cuts of the two words that decide a T cell's hour: death by the first, the rest by the
/// second.
struct FateCuts {
  Threshold death;
  FateEnds end;
};

FateCuts cuts_of(const FateChances& p) { return {Threshold::of(p.death), ends_after(0, p)}; }

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

/// What becomes of the T cells around `own`; ghosts one voxel outside count for their daughters.
class Fates {
 public:
  Fates(const TCellSwarm& swarm, const Model& model, const Levels& levels,
        const Suppression& suppression, std::uint64_t step)
      : bits_(swarm.bits()),
        model_(model),
        levels_(levels),
        suppression_(suppression),
        step_(step),
        effector_(cuts_of(fate_chances(CellState::effector, model, levels, 1.0))),
        engaged_(cuts_of(fate_chances(CellState::engaged, model, levels, 1.0))),
        exhausted_(cuts_of(fate_chances(CellState::exhausted, model, levels, 1.0))),
        memory_(cuts_of(fate_chances(CellState::memory, model, levels, 1.0))) {}

  /// The T cell's record after this hour; an empty one when it dies. A daughter's claim is noted.
  CellRecord decide(BrickIndex at, CellRecord record) {
    const Index3 position = wrapped(model_.lattice, bits_.layout().position(at));
    const SiteIndex site = model_.lattice.site(position);
    const Bits128 fate = model_.draws(Purpose::tcell_fate, Entity::site, site, step_);
    const FateCuts& cut = cuts_at(position, record.state());
    if (injected(Fault::immortal_tcell) && fate.first % 8 == 0) return record;
    if (cut.death.happens(fate.first)) return {};
    if (fate.second >= cut.end.activation) return record;
    if (fate.second < cut.end.division) {
      note_birth(at, site, record.clone());
      return record;
    }
    if (fate.second < cut.end.exhaustion) return record.with_state(CellState::exhausted, 0);
    if (fate.second < cut.end.memory) return record.with_state(CellState::memory, 0);
    return record.with_state(CellState::effector, 0);
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
  const FateCuts& cuts_at(const Index3& position, CellState kind) {
    if (kind == CellState::engaged) return engaged_;
    if (kind == CellState::exhausted) return exhausted_;
    if (suppression_.freedom.empty()) return kind == CellState::memory ? memory_ : effector_;
    here_ = cuts_of(fate_chances(kind, model_, levels_, suppression_.at(position)));
    return here_;
  }

  void note_birth(BrickIndex at, SiteIndex site, std::uint32_t clonotype) {
    const Bits128 place = model_.draws(Purpose::daughter_face, Entity::site, site, step_);
    const BrickIndex there = free_face(bits_, at, place.first);
    if (there == at) return;
    births_.push_back(
        {there, place.second, site, CellRecord::make(CellState::effector, clonotype)});
  }

  const VoxelBits& bits_;
  const Model& model_;
  const Levels& levels_;
  const Suppression& suppression_;
  std::uint64_t step_;
  FateCuts effector_;
  FateCuts engaged_;
  FateCuts exhausted_;
  FateCuts memory_;
  FateCuts here_;
  std::vector<Birth> births_;
};

/// Decides for every T cell that matters: those of `own` take their new records, the dead are
/// named.
std::vector<BrickIndex> decide(TCellSwarm& swarm, const Box& own, Fates& fates,
                               TCellTurnover& turnover) {
  const Box relevant = own.grown(1);
  const BrickLayout& layout = swarm.bits().layout();
  std::vector<BrickIndex> dead;
  swarm.update([&](BrickIndex at, CellRecord record) {
    const Index3 position = layout.position(at);
    if (!relevant.contains(position)) return record;
    const CellRecord next = fates.decide(at, record);
    if (next.state() == CellState::none) {
      dead.push_back(at);
      return record;
    }
    if (next.state() != record.state() && own.contains(position)) {
      turnover.exhausted += next.state() == CellState::exhausted ? 1 : 0;
      turnover.memory += next.state() == CellState::memory ? 1 : 0;
      turnover.reactivated += next.state() == CellState::effector ? 1 : 0;
    }
    return next;
  });
  std::ranges::sort(dead);
  return dead;
}

}  // namespace

FateEnds ends_after(std::uint64_t begin, const FateChances& p) {
  FateEnds end;
  end.division = interval_end(begin, p.division);
  end.exhaustion = interval_end(end.division, p.exhaustion);
  end.memory = interval_end(end.exhaustion, p.memory);
  end.activation = interval_end(end.memory, p.activation);
  return end;
}

FateChances fate_chances(CellState kind, const Model& model, const Levels& levels, double freedom) {
  const TCellParameters& t = model.parameters.tcells;
  const Modifiers& drugs = levels.modifiers;
  const double stimulus =
      levels.antigen > 0.0 ? levels.antigen / (levels.antigen + t.antigen_half) : 0.0;
  const double room = std::max(0.0, 1.0 - levels.attack);
  const double growth = stimulus * room * drugs.tcell_division * freedom;
  double death_per_h = t.death_rate_per_h;
  FateChances p;
  if (kind == CellState::memory) {
    death_per_h = t.memory ? t.memory->death_rate_per_h : 0.0;
    p.activation = t.memory ? one_minus_exp(t.memory->activation_rate_per_h * growth) : 0.0;
  } else if (t.memory && kind != CellState::exhausted) {
    const double contraction = t.memory->contraction_rate_per_h * (1.0 - stimulus);
    death_per_h = t.death_rate_per_h * stimulus + contraction * (1.0 - t.memory->share);
    if (kind == CellState::effector) p.memory = one_minus_exp(contraction * t.memory->share);
  }
  p.death = one_minus_exp(death_per_h + drugs.tcell_loss_per_h);
  if (kind != CellState::effector) return p;
  p.division = one_minus_exp(t.division_rate_per_h * growth);
  if (t.exhaustion) {
    constexpr double ln2 = 0x1.62e42fefa39efp-1;
    p.exhaustion = one_minus_exp(ln2 / t.exhaustion->half_time_h * stimulus);
  }
  return p;
}

TCellTurnover turn_over_tcells(TCellSwarm& swarm, const Box& own, const Model& model,
                               const Levels& levels, const Suppression& suppression,
                               std::uint64_t step) {
  Fates fates(swarm, model, levels, suppression, step);
  TCellTurnover turnover;
  const std::vector<BrickIndex> dead = decide(swarm, own, fates, turnover);
  const std::vector<Birth> births = fates.winners();
  swarm.retain(own);
  const std::size_t before = swarm.size();
  swarm.remove(dead);
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
