// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/biopsy_counts.hpp"

#include "core/model/parameters.hpp"

#include <algorithm>
#include <cmath>
#include <map>

namespace marrow {

CoreStemCells stem_cells_in_core(const Lattice& lattice, std::span<const Pass> passes,
                                 const NicheTable& niches, std::span<const CellRecord> records,
                                 std::span<const Clone> clones) {
  CoreStemCells found;
  std::map<std::uint32_t, std::int64_t> by_clone;
  for (std::size_t i = 0; i < niches.size(); ++i) {
    if (records[i].state() != CellState::stem) continue;
    const Vector3 p = voxel_centre_um(lattice, lattice.position(niches[i].site));
    const auto holds = [&](const Pass& pass) { return pass.in_core(pass.coordinates(p)); };
    if (std::ranges::none_of(passes, holds)) continue;
    const std::uint32_t clone = records[i].clone();
    const std::uint32_t genotype = clones[clone].genotype;
    ++found.all;
    if ((genotype & hla_lost) != 0) ++found.hla_lacking;
    if ((genotype & gpi_negative) != 0) ++found.gpi_negative;
    if ((genotype & driver) != 0) ++found.driver;
    if ((genotype & monosomy_7) != 0) ++found.monosomy_7;
    if (clone != 0) ++by_clone[clone];
  }
  for (const auto& [clone, cells] : by_clone) {
    if (cells <= found.in_largest_clone) continue;
    found.largest_clone = clone;
    found.in_largest_clone = cells;
  }
  return found;
}

void BiopsyCounts::add(std::span<const SectionCell> cells) {
  for (const SectionCell& cell : cells) ++seen[static_cast<std::size_t>(cell.look)];
}

std::int64_t BiopsyCounts::cd34() const {
  return count(CellLook::stem) + count(CellLook::cd34_progenitor);
}

std::int64_t BiopsyCounts::cd8() const {
  return count(CellLook::attacking_tcell) + count(CellLook::other_cd8);
}

double BiopsyCounts::per_mm2(std::int64_t cells) const {
  const double marrow = areas.marrow();
  return marrow > 0.0 ? static_cast<double>(cells) / marrow : 0.0;
}

double BiopsyCounts::per_mm3(std::int64_t cells, CellLook look, double thickness_um) const {
  return per_mm2(cells) / (1e-3 * (thickness_um + cell_diameter_um(look)));
}

ShareInterval wilson_interval(std::int64_t k, std::int64_t n) {
  if (n <= 0) return {};
  constexpr double z = 1.959963984540054;
  const auto count = static_cast<double>(n);
  const double share = static_cast<double>(k) / count;
  const double scale = 1.0 + z * z / count;
  const double middle = (share + 0.5 * z * z / count) / scale;
  const double half =
      z / scale * std::sqrt(share * (1.0 - share) / count + 0.25 * z * z / (count * count));
  return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

BiopsySpread spread_of(std::span<const double> values, double apart, double threshold) {
  BiopsySpread spread;
  spread.n = values.size();
  if (values.empty()) return spread;
  const auto n = static_cast<double>(values.size());
  for (const double v : values) spread.mean += v / n;
  spread.least = *std::ranges::min_element(values);
  spread.most = *std::ranges::max_element(values);
  double squares = 0.0;
  std::int64_t far = 0, split = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - spread.mean) * (values[i] - spread.mean);
    if (values[i] < threshold) spread.below += 1.0 / n;
    for (std::size_t j = 0; j < i; ++j) {
      if (std::fabs(values[i] - values[j]) > apart) ++far;
      if ((values[i] < threshold) != (values[j] < threshold)) ++split;
    }
  }
  if (values.size() < 2) return spread;
  const double pairs = 0.5 * n * (n - 1.0);
  spread.sd = std::sqrt(squares / (n - 1.0));
  spread.pairs_apart = static_cast<double>(far) / pairs;
  spread.pairs_disagree = static_cast<double>(split) / pairs;
  return spread;
}

}  // namespace marrow
