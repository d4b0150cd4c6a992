// SPDX-License-Identifier: BSD-3-Clause
// What the cytokine fields come from: T-cell-hours per coarse cell, gathered since the last solve
// (a snapshot would freeze a cloud that really moves). Integers, so their order and the division of
// the lattice do not matter. Two bytes per own cell of the grid.
#pragma once

#include "core/signals/signal_grid.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// T-cell-hours of one coarse cell; the cell by the site index of its first voxel.
struct SignalSource {
  SiteIndex cell = 0;
  std::int64_t hours = 0;

  friend bool operator==(const SignalSource&, const SignalSource&) = default;
};

class SignalSources {
 public:
  explicit SignalSources(const SignalGrid& grid);

  /// One T cell spent an hour at this voxel of the own box. Throws std::logic_error at
  /// 65,536 hours in one cell.
  void add(const Index3& voxel);

  /// What was gathered: cells with at least one hour, ascending.
  [[nodiscard]] std::vector<SignalSource> entries() const;
  /// The same, and begins anew.
  std::vector<SignalSource> take();
  /// Replaces what was gathered by the entries of own cells; those of other boxes are passed over.
  void restore(std::span<const SignalSource> entries);

 private:
  SignalGrid grid_;
  std::vector<std::uint16_t> hours_;  // own cells, x-fastest
};

}  // namespace marrow
