// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/placement.hpp"

#include "core/model/failure.hpp"
#include "core/model/fault.hpp"
#include "core/rules/mutation.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

namespace marrow {
namespace {

/// A daughter or a travelling cell that looks for a niche. Its source niche names it: a cell does
/// at most one act per step.
struct Claim {
  std::uint64_t priority;
  std::uint32_t source;
  StemAct act;
};

struct LocalClaim {
  std::uint32_t niche;
  Claim claim;
};

struct Settlement {
  std::uint32_t niche;
  Claim claim;
};

bool stronger(const Claim& a, const Claim& b) {
  return std::tie(a.priority, a.source) > std::tie(b.priority, b.source);
}

class Placement {
 public:
  Placement(const ModelState& state, const Model& model, const NicheIndex& neighbourhoods)
      : state_(state),
        model_(model),
        neighbourhoods_(neighbourhoods),
        step_(static_cast<std::uint64_t>(state.step)),
        leaves_(Threshold::of(model.parameters.hspc.blood_share)) {}

  void seek(const StemEvent& event) {
    if (event.act == StemAct::divide) {
      seek_nearby(event);
    } else if (event.act == StemAct::relocate) {
      enter_blood({0, event.niche, event.act});
    }
  }

  /// Who settles where, ascending by niche; whoever is not named found no niche.
  std::vector<Settlement> settle() {
    settle_nearby();
    settle_from_blood();
    std::ranges::sort(settled_, {}, &Settlement::niche);
    return std::move(settled_);
  }

 private:
  [[nodiscard]] bool vacant(std::uint32_t niche) const {
    return state_.niches[niche].state() == CellState::none;
  }

  void seek_nearby(const StemEvent& event) {
    const Bits128 draw = model_.draws(Purpose::placement, Entity::niche, event.niche, step_);
    const Claim claim{
        model_.draws(Purpose::placement_priority, Entity::niche, event.niche, step_).first,
        event.niche, event.act};
    std::uint64_t total = 0;
    if (!leaves_.happens(draw.first)) {
      neighbourhoods_.for_each_neighbour(event.niche, [&](std::uint32_t n, std::uint64_t weight) {
        if (vacant(n)) total += weight;
      });
    }
    if (total == 0) {
      enter_blood(claim);
      return;
    }
    std::uint64_t rest = uniform_below(draw.second, total);
    bool chosen = false;
    neighbourhoods_.for_each_neighbour(event.niche, [&](std::uint32_t n, std::uint64_t weight) {
      if (chosen || !vacant(n)) return;
      if (rest < weight) {
        local_.push_back({n, claim});
        chosen = true;
      } else {
        rest -= weight;
      }
    });
  }

  void enter_blood(Claim claim) {
    claim.priority =
        model_.draws(Purpose::blood_priority, Entity::niche, claim.source, step_).first;
    blood_.push_back(claim);
  }

  void settle_nearby() {
    std::ranges::sort(local_, [](const LocalClaim& a, const LocalClaim& b) {
      return a.niche != b.niche ? a.niche < b.niche : stronger(a.claim, b.claim);
    });
    for (std::size_t i = 0; i < local_.size(); ++i) {
      const bool wins = i == 0 || local_[i - 1].niche != local_[i].niche;
      if (wins) {
        settled_.push_back({local_[i].niche, local_[i].claim});
      } else {
        enter_blood(local_[i].claim);
      }
    }
  }

  /// Claimants in order of priority meet the remaining vacant niches in keyed order.
  void settle_from_blood() {
    if (blood_.empty()) return;
    std::vector<std::pair<std::uint64_t, std::uint32_t>> open;
    std::size_t taken = 0;  // settled_ is ascending by niche here
    for (std::uint32_t n = 0; n < state_.niches.size(); ++n) {
      if (taken < settled_.size() && settled_[taken].niche == n) {
        ++taken;
      } else if (vacant(n)) {
        open.emplace_back(model_.draws(Purpose::vacancy_order, Entity::niche, n, step_).first, n);
      }
    }
    const std::size_t pairs = std::min(open.size(), blood_.size());
    std::ranges::partial_sort(open, open.begin() + static_cast<std::ptrdiff_t>(pairs));
    std::ranges::sort(blood_, stronger);
    for (std::size_t i = 0; i < pairs; ++i) settled_.push_back({open[i].second, blood_[i]});
  }

  const ModelState& state_;
  const Model& model_;
  const NicheIndex& neighbourhoods_;
  std::uint64_t step_;
  Threshold leaves_;
  std::vector<LocalClaim> local_;
  std::vector<Claim> blood_;
  std::vector<Settlement> settled_;
};

std::int64_t& counter(ModelState& state, Counter which) {
  return state.counters[static_cast<std::size_t>(which)];
}

void count_events(ModelState& state, std::span<const StemEvent> events,
                  std::span<const Settlement> settled) {
  std::int64_t divisions = 0;
  std::int64_t daughters = 0;
  for (const StemEvent& e : events) divisions += e.act == StemAct::divide ? 1 : 0;
  for (const Settlement& s : settled) daughters += s.claim.act == StemAct::divide ? 1 : 0;
  counter(state, Counter::stem_divisions) += divisions;
  counter(state, Counter::stem_daughters_lost) += divisions - daughters;
  counter(state, Counter::stem_relocations) += std::ssize(settled) - daughters;
}

}  // namespace

void apply_stem_events(ModelState& state, const Model& model, const NicheIndex& neighbourhoods,
                       std::span<const StemEvent> events) {
  Placement placement(state, model, neighbourhoods);
  for (const StemEvent& event : events) placement.seek(event);
  const std::vector<Settlement> settled = placement.settle();
  count_events(state, events, settled);

  std::vector<CellRecord> arriving;  // read before any niche is written
  for (const Settlement& s : settled) arriving.push_back(state.niches[s.claim.source]);
  for (const StemEvent& event : events) {
    CellRecord& cell = state.niches[event.niche];
    if (event.act == StemAct::hit) {
      // One more than its time, because this step's clocks are still to come.
      const auto clock = static_cast<std::uint32_t>(model.parameters.hspc.apoptosis_h) + 1;
      cell = cell.with_state(CellState::apoptotic, clock);
      counter(state, Counter::stem_killed) += injected(Fault::kill_counted_twice) ? 2 : 1;
    } else if (event.act == StemAct::differentiate) {
      cell = CellRecord();
      ++counter(state, Counter::stem_differentiations);
    }
  }
  for (std::size_t i = 0; i < settled.size(); ++i) {
    const auto& [niche, claim] = settled[i];
    if (injected(Fault::lost_daughter) && niche % 8 == 0) continue;
    if (claim.act == StemAct::relocate) {
      state.niches[claim.source] = CellRecord();
      state.niches[niche] = arriving[i];
    } else {
      const std::uint32_t clone =
          daughter_clone(state, model, arriving[i].clone(), claim.source, niche);
      state.niches[niche] = CellRecord::make(CellState::stem, clone);
      if (injected(Fault::mutant_mother)) state.niches[claim.source] = state.niches[niche];
    }
  }
}

}  // namespace marrow
