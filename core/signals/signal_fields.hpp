// SPDX-License-Identifier: BSD-3-Clause
// The cytokine fields around the T cells: IFN-gamma and TNF-alpha, which the T cells release, and
// CXCL9/10, which the stroma releases where it sees IFN-gamma. Quasi-steady (a cytokine relaxes in
// 25 s, MODEL.md, "Cytokines"), each the solution of a screened Poisson equation on the coarse grid
// with the T-cell-hours of the last period as source:
//   (L + s) c = s * source,  s = (cell edge / screening length)^2,
// L the graph Laplacian of the open cells; for CXCL9/10 the source is the IFN-gamma level. A cell
// is closed when it is all bone; nothing flows into closed cells or through the faces of a
// reflecting box. The fields are a pure function of the sparse source, bit for bit, for every
// division of the lattice. Knows nothing of ranks.
#pragma once

#include "core/model/immune_parameters.hpp"
#include "core/signals/chebyshev_sweeps.hpp"
#include "core/signals/signal_sources.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// One byte per covered cell: 1 where an own cell holds at least one voxel that is not bone. Ghost
/// cells are 0 until they are exchanged. `tissue` must hold the own voxels.
std::vector<std::uint8_t> open_cells(const SignalGrid& grid, const TissueBox& tissue);

/// Open cells among the own ones.
std::int64_t count_open(const SignalGrid& grid, std::span<const std::uint8_t> open);

/// Levels are normalised: T cells at the reference density of the attack (per volume of the whole
/// box), spread evenly over the open cells of the lattice for the whole period, give level 1 in
/// each field. The mean level over open cells is the mean attack of the period.
class SignalFields {
 public:
  /// `open`: as open_cells() gives it, ghosts exchanged. `open_in_lattice`: open cells of all
  /// boxes.
  SignalFields(const SignalGrid& grid, std::span<const std::uint8_t> open,
               std::int64_t open_in_lattice, const SignalParameters& parameters,
               double reference_density_per_mm3);

  /// Computes the fields of the sources of one period; entries of other boxes are passed over.
  /// The error of each field is at most `tolerance` in this sense: the root mean square over the
  /// open cells of (computed - exact) is at most tolerance times that of the source itself in units
  /// of level. In single precision, so a tolerance below 1e-6 gains nothing. Throws
  /// std::logic_error (on this rank alone, which ends the program) for a source in a closed cell.
  /// Collective when `refresh` is.
  void update(std::span<const SignalSource> sources, const RefreshGhosts& refresh);

  /// Levels at a voxel of the own box or of its ghost cells; 0 before the first update, in closed
  /// cells and outside the lattice.
  [[nodiscard]] double ifn(const Index3& voxel) const { return level(0, voxel); }
  [[nodiscard]] double tnf(const Index3& voxel) const { return level(1, voxel); }
  [[nodiscard]] double cxcl(const Index3& voxel) const { return level(2, voxel); }

  /// Change of the CXCL9/10 level per um along an axis (0, 1, 2) at a voxel of the own box: the
  /// mean of the differences to the two neighbouring cells; a closed or missing neighbour counts as
  /// no difference.
  [[nodiscard]] double cxcl_gradient_per_um(const Index3& voxel, int axis) const;

  /// Makes the IFN-gamma level in the middle of the own box no number, for tests of the health
  /// check.
  void spoil();

  [[nodiscard]] const SignalGrid& grid() const { return sweeps_.grid(); }
  [[nodiscard]] bool open(const Index3& cell) const { return sweeps_.open(cell); }

 private:
  [[nodiscard]] double level(std::size_t field, const Index3& voxel) const {
    return static_cast<double>(levels_[field][grid().offset(grid().cell_of(voxel))]);
  }
  [[nodiscard]] HugeVector<float> density_of(std::span<const SignalSource> sources) const;

  ChebyshevSweeps sweeps_;
  std::array<std::vector<float>, 3> coefficients_;
  std::array<HugeVector<float>, 3> levels_;  // covered cells
};

}  // namespace marrow
