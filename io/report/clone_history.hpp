// SPDX-License-Identifier: BSD-3-Clause
// Stem cells by clone over time as nested bands (a Muller plot): the samples of each founder's line
// and of each genotype in it from the series, which are exact, divided among single clones by the
// moments at which single cells are known.
// Pure; draws nothing.
#pragma once

#include "core/model/parameters.hpp"
#include "io/report/moments.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

/// A clone, or the cells of one genotype in a founder's line without the clones that are shown by
/// themselves.
struct CloneGroup {
  std::string name;                       // "hla_lacking", "piga_c12"
  std::optional<std::uint32_t> genotype;  // GenotypeBit mask; none: several, and not told apart
  std::int64_t parent = -1;               // group from which it arose; -1: none
  double birth_d = 0.0;                   // day of birth; 0 for those that were there at the start
  std::int64_t clones = 1;                // how many clones it stands for
  std::vector<double> cells;              // own stem cells, one per day asked for
};

/// A band of the stack, from below: a group's cells, or half of them where its offspring lie
/// between the halves.
struct CloneBand {
  std::size_t group = 0;
  double part = 1.0;  // of the group's cells
};

struct CloneHistory {
  std::vector<CloneGroup> groups;  // parents before their offspring
  std::vector<CloneBand> bands;
  std::size_t moments = 0;  // at which single clones are known; 0: genotypes only
};

/// Moments further apart than this say nothing of the clones between them.
inline constexpr double longest_gap_d = 366.0;

/// What the series tells, on each day asked for. `lines[f]`: live stem cells of founder line f (0:
/// normal) with all descendants. `mutants[g]`: of these, the cells of the g-th of mutant_groups();
/// empty when the series lacks them, so that genotypes cannot be told apart.
struct LineCells {
  std::vector<std::vector<double>> lines;
  std::vector<std::vector<double>> mutants;
};

/// At most `most_shown` clones, the largest ones, get a group of their own; they need at least
/// three moments and are shown between moments that are near each other; elsewhere, and before the
/// first moment and after the last, their cells are in the group of their genotype.
CloneHistory clone_history(std::span<const double> days, const LineCells& cells,
                           const Parameters& parameters, const CloneRecords& records,
                           std::size_t most_shown);

}  // namespace marrow::io
