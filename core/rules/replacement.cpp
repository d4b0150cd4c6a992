// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/replacement.hpp"

#include "core/model/fault.hpp"
#include "core/random/weight_tree.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace marrow {
namespace {

constexpr double weight_of_one = 0x1p32;

/// One replica during one hour.
class Events {
 public:
  Events(std::span<CellRecord> cells, const NicheGraph& graph,
         std::span<const std::uint64_t> weights)
      : cells_(cells), graph_(graph), weights_(weights) {
    neutral_ = std::ranges::adjacent_find(weights, std::ranges::not_equal_to{}) == weights.end();
    if (!neutral_) {
      tree_.assign(cells.size(), [&](std::size_t place) { return weight(place); });
    }
  }

  /// A parent chosen by fitness replaces a neighbour.
  void birth_death(const Bits128& bits) {
    const std::size_t parent = chosen_by_weight(bits.first);
    const auto around = graph_.neighbours(parent);
    if (around.empty()) {
      ++count_.lost;
      return;
    }
    settle(parent, around[uniform_below(bits.second, around.size())]);
  }

  /// A cell dies, by weight or uniformly; a neighbour fills the niche, uniformly or by weight.
  void death_birth(const Bits128& bits, FitnessActsOn fitness) {
    const bool by_death = fitness == FitnessActsOn::death;
    const std::size_t dying = by_death ? chosen_by_weight(bits.first) : chosen(bits.first);
    const auto around = graph_.neighbours(dying);
    if (around.empty()) return;  // nobody could follow: the cell stays
    settle(by_death ? around[uniform_below(bits.second, around.size())]
                    : competitor(around, bits.second),
           dying);
  }

  /// A cell takes the state of a neighbour.
  void voter(const Bits128& bits) {
    const std::size_t place = chosen(bits.first);
    const auto around = graph_.neighbours(place);
    if (!around.empty()) settle(around[uniform_below(bits.second, around.size())], place);
  }

  [[nodiscard]] const ReplacementCount& count() const { return count_; }

 private:
  [[nodiscard]] std::uint64_t weight(std::size_t place) const {
    return weights_[cells_[place].clone()];
  }
  [[nodiscard]] std::size_t chosen(std::uint64_t bits) const {
    return uniform_below(bits, cells_.size());
  }
  /// Equal weights give the same choice without the tree.
  [[nodiscard]] std::size_t chosen_by_weight(std::uint64_t bits) const {
    if (injected(Fault::blind_to_fitness)) return chosen(bits);
    return neutral_ ? chosen(bits) : tree_.find(uniform_below(bits, tree_.total()));
  }
  [[nodiscard]] std::size_t competitor(std::span<const std::uint32_t> around,
                                       std::uint64_t bits) const {
    std::uint64_t total = 0;
    for (const std::uint32_t other : around) total += weight(other);
    std::uint64_t point = uniform_below(bits, total);
    for (const std::uint32_t other : around) {
      if (point < weight(other)) return other;
      point -= weight(other);
    }
    return around.back();
  }

  void settle(std::size_t parent, std::size_t place) {
    ++count_.settled;
    if (!neutral_ && weight(parent) != weight(place)) {
      tree_.change(place, weight(place), weight(parent));
    }
    cells_[place] = cells_[parent];
  }

  std::span<CellRecord> cells_;
  const NicheGraph& graph_;
  std::span<const std::uint64_t> weights_;
  bool neutral_ = true;
  WeightTree tree_;
  ReplacementCount count_;
};

bool all_alike(std::span<const CellRecord> cells) {
  return std::ranges::all_of(cells, [&](CellRecord cell) { return cell == cells.front(); });
}

}  // namespace

double relative_fitness(const Clone& clone, const StemCellParameters& hspc) {
  return (hspc.homeostatic_rate_per_h + clone.growth_per_h) / hspc.homeostatic_rate_per_h;
}

std::vector<std::uint64_t> replacement_weights(const CloneTable& clones,
                                               const StemCellParameters& hspc) {
  const bool death = hspc.fitness_acts_on == FitnessActsOn::death;
  std::vector<std::uint64_t> weights;
  weights.reserve(clones.size());
  for (const Clone& clone : clones) {
    const double fitness = relative_fitness(clone, hspc);
    weights.push_back(static_cast<std::uint64_t>(
        std::floor((death ? 1.0 / fitness : fitness) * weight_of_one + 0.5)));
  }
  return weights;
}

ReplacementCount replace_stem_cells(std::span<CellRecord> cells, const NicheGraph& graph,
                                    std::span<const std::uint64_t> weights, const Model& model,
                                    std::uint64_t replica, std::uint64_t step) {
  const StemCellParameters& hspc = model.parameters.hspc;
  // Where one clone has taken all, events go on and change nothing.
  if (all_alike(cells) && !graph.has_hermits()) return {hspc.events_per_hour, 0};
  Events events(cells, graph, weights);
  for (std::int64_t e = 0; e < hspc.events_per_hour; ++e) {
    const Bits128 bits = model.draws(Purpose::replacement, Entity::replica, replica, step,
                                     static_cast<std::uint32_t>(e));
    if (hspc.update == StemCellUpdate::moran_birth_death) {
      events.birth_death(bits);
    } else if (hspc.update == StemCellUpdate::moran_death_birth) {
      events.death_birth(bits, hspc.fitness_acts_on);
    } else {
      events.voter(bits);
    }
  }
  return events.count();
}

}  // namespace marrow
