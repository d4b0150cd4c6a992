// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/survivors.hpp"

#include "core/cells/niche_index.hpp"

#include <cstdint>

namespace marrow {

std::optional<double> survivor_clustering(const NicheTable& niches, const Lattice& lattice,
                                          std::span<const CellRecord> records) {
  StemCellParameters reach;
  reach.placement_radius_um = survivor_distance_um;
  const NicheIndex index(niches, lattice, reach);
  const auto alive = [&](std::uint32_t niche) { return records[niche].state() == CellState::stem; };
  std::int64_t cells = 0;
  std::int64_t pairs = 0;
  std::int64_t all_pairs = 0;
  for (std::uint32_t niche = 0; niche < niches.size(); ++niche) {
    const bool here = alive(niche);
    cells += here ? 1 : 0;
    index.for_each_neighbour(niche, [&](std::uint32_t other, std::uint64_t) {
      ++all_pairs;
      pairs += here && alive(other) ? 1 : 0;
    });
  }
  if (cells < 2 || all_pairs == 0) return std::nullopt;
  const auto n = static_cast<double>(cells);
  const auto k = static_cast<double>(niches.size());
  return static_cast<double>(pairs) / (n * (n - 1.0)) * (k * (k - 1.0)) /
         static_cast<double>(all_pairs);
}

}  // namespace marrow
