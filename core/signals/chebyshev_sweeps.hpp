// SPDX-License-Identifier: BSD-3-Clause
// Several functions of one operator applied to one source by one three-term recurrence: with L the
// graph Laplacian of the open cells (spectrum within [0, 12]),
//   field_f = sum_k coefficient_f[k] T_k(L/6 - 1) source.
// Each cell is computed by the same operations in the same order wherever it lies, so the result
// does not depend on boxes, tiles or exchanges. Several sweeps advance together, one plane behind
// the other, so that the planes between them stay in the cache. Knows nothing of ranks: a function
// that refreshes ghost cells is passed in.
#pragma once

#include "core/lattice/huge_pages.hpp"
#include "core/signals/signal_grid.hpp"

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <span>
#include <vector>

namespace marrow {

/// Gives the ghost cells of arrays over SignalGrid::covered() their owners' values; ghosts that are
/// cells of no lattice keep theirs. Collective: every rank passes as many arrays.
using RefreshGhosts = std::function<void(std::initializer_list<std::span<float>>)>;

/// One sum to form: its coefficients (an even number of them) and where it goes (covered() cells).
struct ChebyshevSum {
  std::vector<float> coefficients;
  HugeVector<float>* field = nullptr;
};

class ChebyshevSweeps {
 public:
  /// `open`: one byte per covered cell, 0 where the cell is closed, ghosts included. Closed cells
  /// and cells outside the lattice exchange nothing with their neighbours.
  ChebyshevSweeps(const SignalGrid& grid, std::span<const std::uint8_t> open);

  /// Forms all sums on the own cells. `source` (covered cells; zero in closed ones; destroyed)
  /// needs no ghosts. At most three sums. Collective when `refresh` is.
  void apply(HugeVector<float>& source, std::vector<ChebyshevSum> sums,
             const RefreshGhosts& refresh) const;

  [[nodiscard]] const SignalGrid& grid() const { return grid_; }
  [[nodiscard]] bool open(const Index3& cell) const { return coupling_[grid_.offset(cell)] <= 0; }

 private:
  struct Batch;

  void advance(const Batch& batch) const;
  void sweep_rows(const Batch& batch, std::int64_t sweep, std::int64_t z, std::int64_t y_begin,
                  std::int64_t y_end) const;

  SignalGrid grid_;
  HugeVector<std::int8_t> coupling_;  // open neighbours - 6; 1 in a closed cell
};

}  // namespace marrow
