// SPDX-License-Identifier: BSD-3-Clause
// Which niches lie near a niche, and how likely a daughter is to settle there: bins over the niche
// table and integer weights by squared distance. The one door to neighbourhoods of niches.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace marrow {

class NicheIndex {
 public:
  /// Neighbourhood radius and weight exp(-d/length) from the placement parameters.
  NicheIndex(const NicheTable& niches, const Lattice& lattice, const StemCellParameters& hspc);

  /// Calls visit(niche, weight) for every other niche within the placement radius, in an order that
  /// depends on the table alone. Weights are at least 1.
  template <class Visit>
  void for_each_neighbour(std::uint32_t niche, Visit&& visit) const {
    const Index3 here = positions_[niche];
    std::array<std::int64_t, 3> xs{};
    std::array<std::int64_t, 3> ys{};
    std::array<std::int64_t, 3> zs{};
    const int nx = bins_along(here.x, extent_.x, bins_.x, xs);
    const int ny = bins_along(here.y, extent_.y, bins_.y, ys);
    const int nz = bins_along(here.z, extent_.z, bins_.z, zs);
    for (int k = 0; k < nz; ++k) {
      for (int j = 0; j < ny; ++j) {
        for (int i = 0; i < nx; ++i) {
          const auto bin = static_cast<std::size_t>(xs[i] + bins_.x * (ys[j] + bins_.y * zs[k]));
          for (std::uint32_t s = bin_first_[bin]; s < bin_first_[bin + 1]; ++s) {
            const std::uint32_t other = members_[s];
            const std::uint64_t weight =
                other == niche ? 0 : weight_between(here, positions_[other]);
            if (weight > 0) visit(other, weight);
          }
        }
      }
    }
  }

 private:
  /// The bins along one axis that a neighbourhood can touch: its own and one on each side, once
  /// each.
  [[nodiscard]] int bins_along(std::int64_t at, std::int64_t extent, std::int64_t bins,
                               std::array<std::int64_t, 3>& out) const;
  [[nodiscard]] std::uint64_t weight_between(const Index3& a, const Index3& b) const;

  Index3 extent_;
  bool periodic_;
  Index3 bins_;
  std::vector<Index3> positions_;
  std::vector<std::uint32_t> bin_first_;  // CSR over bins
  std::vector<std::uint32_t> members_;
  std::vector<std::uint64_t> weight_;  // by squared distance in voxels
};

}  // namespace marrow
