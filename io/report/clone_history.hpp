// SPDX-License-Identifier: BSD-3-Clause
// Stem cells by clone over time as nested bands (a Muller plot): daily totals of each founder's
// line from the series, divided among its clones by the moments at which single cells are known.
// Pure; draws nothing.
#pragma once

#include "core/model/parameters.hpp"
#include "io/report/moments.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace marrow::io {

/// A clone, or a founder's line without the clones that are shown by themselves.
struct CloneGroup {
  std::string name;            // "hla_lacking", "piga_c12"
  std::uint32_t genotype = 0;  // GenotypeBit mask
  std::int64_t parent = -1;    // group from which it arose; -1: none
  double birth_d = 0.0;        // day of birth; 0 for those that were there at the start
  std::int64_t clones = 1;     // how many clones it stands for
  std::vector<double> cells;   // own stem cells, one per day asked for
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
  std::size_t moments = 0;  // at which the clones inside the lines are known; 0: lines only
};

/// `line_cells[f][i]`: live stem cells of founder line f (0: normal) on days[i]. At most
/// `most_shown` clones, the largest ones, get a group of their own; they need at least three
/// moments.
CloneHistory clone_history(std::span<const double> days,
                           const std::vector<std::vector<double>>& line_cells,
                           const Parameters& parameters, const CloneRecords& records,
                           std::size_t most_shown);

}  // namespace marrow::io
