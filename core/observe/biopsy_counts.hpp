// SPDX-License-Identifier: BSD-3-Clause
// What a biopsy counts, and how much several of one patient differ.
#pragma once

#include "core/cells/clones.hpp"
#include "core/cells/record.hpp"
#include "core/observe/needle.hpp"
#include "core/observe/section_cells.hpp"
#include "core/observe/section_tissue.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// The live stem cells in a core: the whole cylinder, as a clone test takes it, not the section.
struct CoreStemCells {
  std::int64_t all = 0;
  std::int64_t hla_lacking = 0;
  std::int64_t gpi_negative = 0;
  std::int64_t driver = 0;
  std::int64_t monosomy_7 = 0;
  std::uint32_t largest_clone = 0;  // other than the normal one; 0: there is none
  std::int64_t in_largest_clone = 0;
};

/// Each stem cell once, however many passes see it.
CoreStemCells stem_cells_in_core(const Lattice& lattice, std::span<const Pass> passes,
                                 const NicheTable& niches, std::span<const CellRecord> records,
                                 std::span<const Clone> clones);

/// One biopsy.
struct BiopsyCounts {
  double length_um = 0;
  double share_in_box = 1;  // of the cylinder's volume
  SectionAreas areas;
  std::array<std::int64_t, cell_looks> seen{};  // cells that the section shows, by look
  CoreStemCells core;

  void add(std::span<const SectionCell> cells);
  [[nodiscard]] std::int64_t count(CellLook look) const {
    return seen[static_cast<std::size_t>(look)];
  }
  /// CD34 stains stem cells and progenitors, CD8 T cells of the attack and others.
  [[nodiscard]] std::int64_t cd34() const;
  [[nodiscard]] std::int64_t cd8() const;
  /// Per mm2 of marrow (bone is not marrow); 0 without marrow.
  [[nodiscard]] double per_mm2(std::int64_t cells) const;
  /// Cells per mm3 from cells per mm2 of a section (Abercrombie).
  [[nodiscard]] double per_mm3(std::int64_t cells, CellLook look, double thickness_um) const;
};

/// An interval for a share, from k of n cells (Wilson, J Am Stat Assoc 1927;22:209), 95 %. 0 .. 1
/// for n = 0.
struct ShareInterval {
  double lo = 0.0;
  double hi = 1.0;
};
ShareInterval wilson_interval(std::int64_t k, std::int64_t n);

/// How values of several biopsies scatter. `pairs_apart`: share of pairs that differ by more than
/// the limit; `pairs_disagree`: share of pairs of which one lies below `threshold` and the other
/// not. SD and shares are 0 for fewer than two values.
struct BiopsySpread {
  std::size_t n = 0;
  double mean = 0, sd = 0, least = 0, most = 0;
  double below = 0;  // share of values below the threshold
  double pairs_apart = 0, pairs_disagree = 0;
};
BiopsySpread spread_of(std::span<const double> values, double apart, double threshold);

}  // namespace marrow
