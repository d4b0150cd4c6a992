// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/census.hpp"

#include <array>
#include <limits>
#include <utility>

namespace marrow {

Census census_of_niches(const ModelState& state) {
  Census census;
  for (const CellRecord cell : state.niches) {
    switch (cell.state()) {
      case CellState::stem:
        ++census.stem;
        census.antigen += state.clones[cell.clone()].presentation;
        break;
      case CellState::apoptotic:
        ++census.apoptotic;
        break;
      case CellState::lost:
        ++census.lost;
        break;
      default:
        ++census.vacant;
    }
  }
  return census;
}

std::vector<std::int64_t> census_of_founders(const ModelState& state, std::size_t founders) {
  std::vector<std::int64_t> cells(founders + 1, 0);
  for (const CellRecord cell : state.niches) {
    if (cell.state() == CellState::stem) ++cells[state.clones[cell.clone()].founder];
  }
  return cells;
}

std::vector<MutantGroup> mutant_groups(const CloneParameters& clones) {
  const std::vector<MutationClass> classes = clones.active_mutations();
  std::vector<MutantGroup> groups;
  for (std::size_t line = 0; line <= clones.founders.size(); ++line) {
    const std::uint32_t own = line == 0 ? 0U : clones.founders[line - 1].genotype;
    std::array<bool, genotype_classes> reached{};
    reached[own] = true;
    // Bits are only ever added, so one pass from the smallest mask finds all.
    for (std::uint32_t genotype = own; genotype < reached.size(); ++genotype) {
      if (!reached[genotype]) continue;
      if (genotype != own) groups.push_back({line, genotype});
      for (const MutationClass& c : classes) reached[genotype | c.genotype] = true;
    }
  }
  return groups;
}

std::string mutant_group_name(const MutantGroup& group, const CloneParameters& clones) {
  constexpr std::array<std::pair<std::uint32_t, const char*>, 4> bits = {
      {{hla_lost, "hla_lacking_"},
       {gpi_negative, "gpi_negative_"},
       {driver, "driver_"},
       {monosomy_7, "monosomy_7_"}}};
  std::string name;
  for (const auto& [bit, word] : bits) {
    if ((group.genotype & bit) != 0) name += word;
  }
  return name + "in_" + (group.line == 0 ? "normal" : clones.founders[group.line - 1].name);
}

std::vector<std::int64_t> census_of_mutants(const ModelState& state,
                                            const std::vector<MutantGroup>& groups) {
  std::vector<std::int64_t> cells(groups.size(), 0);
  if (groups.empty()) return cells;
  constexpr std::size_t none = std::numeric_limits<std::size_t>::max();
  std::vector<std::size_t> place((groups.back().line + 1) * genotype_classes, none);
  const auto key = [](std::size_t line, std::uint32_t genotype) {
    return line * genotype_classes + genotype;
  };
  for (std::size_t g = 0; g < groups.size(); ++g)
    place[key(groups[g].line, groups[g].genotype)] = g;
  for (const CellRecord cell : state.niches) {
    if (cell.state() != CellState::stem) continue;
    const Clone& clone = state.clones[cell.clone()];
    const std::size_t at = key(clone.founder, clone.genotype);
    if (at < place.size() && place[at] != none) ++cells[place[at]];
  }
  return cells;
}

}  // namespace marrow
