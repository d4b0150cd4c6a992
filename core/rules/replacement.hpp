// SPDX-License-Identifier: BSD-3-Clause
// Turnover of stem cells by single events in a full marrow (core/MODEL.md, "Verification
// switches"): the Moran process by birth-death or death-birth, and the voter model. One event after
// the other, so each is exact; replicas do not see each other. Instead of the hourly acts of
// rules/stem_cells.hpp.
#pragma once

#include "core/cells/niche_graph.hpp"
#include "core/cells/state.hpp"
#include "core/model/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// Relative fitness that the rules accept: beyond it integer weights would lose precision or
/// overflow.
inline constexpr double least_fitness = 0.01;
inline constexpr double most_fitness = 100.0;

/// (homeostatic rate + growth)/homeostatic rate of a clone.
double relative_fitness(const Clone& clone, const StemCellParameters& hspc);

/// The weight of each clone in the choice that the scenario's rule makes by fitness, in units of
/// 2^-32: the fitness of a parent, its inverse of a cell that may die.
std::vector<std::uint64_t> replacement_weights(const CloneTable& clones,
                                               const StemCellParameters& hspc);

struct ReplacementCount {
  std::int64_t settled = 0;  // daughters that replaced a cell
  std::int64_t lost = 0;     // daughters of mothers without a neighbour
};

/// The events of hour `step` in one replica; draws are keyed by (replica, step, event).
/// `cells`: its stem cells by place, every niche filled; `weights`: by clone.
ReplacementCount replace_stem_cells(std::span<CellRecord> cells, const NicheGraph& graph,
                                    std::span<const std::uint64_t> weights, const Model& model,
                                    std::uint64_t replica, std::uint64_t step);

}  // namespace marrow
