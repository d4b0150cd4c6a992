// SPDX-License-Identifier: BSD-3-Clause
// The coarse grid of the cytokine fields: cubes of 1, 2 or 4 voxels per edge. Every cell has one
// owner, because boxes begin on block edges; a cell is known everywhere by the site index of its
// first voxel. Pure geometry: knows nothing of ranks or of what the cells hold.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/failure.hpp"

#include <bit>
#include <cstdint>

namespace marrow {

class SignalGrid {
 public:
  /// `own_voxels`: one rank's box, beginning on block edges. `voxels_per_cell`: 1, 2 or 4. `layers`
  /// (at least 2): ghost cells around the own ones, as many as sweeps between two exchanges. Throws
  /// Failure(internal_error) for other numbers.
  SignalGrid(const Lattice& lattice, const Box& own_voxels, std::int64_t voxels_per_cell,
             std::int64_t layers = 4)
      : lattice_(lattice),
        own_voxels_(own_voxels),
        shift_(std::countr_zero(static_cast<std::uint64_t>(voxels_per_cell))),
        layers_(layers) {
    if ((voxels_per_cell != 1 && voxels_per_cell != 2 && voxels_per_cell != 4) || layers < 2) {
      throw Failure(ExitCode::internal_error,
                    "a signal grid has cells of 1, 2 or 4 voxels and at least 2 ghost layers");
    }
    all_ = {{0, 0, 0}, cells_up(lattice.extent)};
    own_ = {cells_up(own_voxels.lo), cells_up(own_voxels.hi)};
    covered_ = own_.grown(layers);
  }

  [[nodiscard]] const Lattice& lattice() const { return lattice_; }
  [[nodiscard]] const Box& own_voxels() const { return own_voxels_; }
  [[nodiscard]] std::int64_t voxels_per_cell() const { return std::int64_t{1} << shift_; }
  [[nodiscard]] double spacing_um() const {
    return lattice_.spacing_um * static_cast<double>(voxels_per_cell());
  }
  [[nodiscard]] std::int64_t layers() const { return layers_; }

  /// The cells of the whole lattice; the last ones along an axis may be partial.
  [[nodiscard]] const Box& all() const { return all_; }
  [[nodiscard]] const Box& own() const { return own_; }
  /// What the arrays of a rank cover, x-fastest: its cells and the ghost layers.
  [[nodiscard]] const Box& covered() const { return covered_; }
  /// The covered cells that are cells of the lattice or images of one.
  [[nodiscard]] Box existing() const {
    return lattice_.periodic ? covered_ : intersection(covered_, all_);
  }
  [[nodiscard]] std::size_t offset(const Index3& cell) const {
    return static_cast<std::size_t>(offset_in(covered_, cell));
  }

  /// The cell of a voxel. A voxel up to one extent outside a periodic lattice has a cell outside
  /// all(), the image of its image's cell.
  [[nodiscard]] Index3 cell_of(const Index3& voxel) const {
    return {along(voxel.x, lattice_.extent.x, all_.hi.x),
            along(voxel.y, lattice_.extent.y, all_.hi.y),
            along(voxel.z, lattice_.extent.z, all_.hi.z)};
  }

  /// The identity of a cell of the lattice: the site index of its first voxel. Ascending in the
  /// order of an x-fastest walk over cells.
  [[nodiscard]] SiteIndex id(const Index3& cell) const { return lattice_.site(first_voxel(cell)); }
  [[nodiscard]] Index3 cell(SiteIndex id) const { return cell_of(lattice_.position(id)); }
  [[nodiscard]] Index3 first_voxel(const Index3& cell) const {
    const std::int64_t edge = voxels_per_cell();
    return {cell.x * edge, cell.y * edge, cell.z * edge};
  }

 private:
  [[nodiscard]] std::int64_t along(std::int64_t voxel, std::int64_t voxels,
                                   std::int64_t cells) const {
    // Images of a partial last cell are as wide as it is.
    if (voxel < 0) return ((voxel + voxels) >> shift_) - cells;
    if (voxel >= voxels) return ((voxel - voxels) >> shift_) + cells;
    return voxel >> shift_;
  }
  [[nodiscard]] Index3 cells_up(const Index3& voxels) const {
    const std::int64_t round = voxels_per_cell() - 1;
    return {(voxels.x + round) >> shift_, (voxels.y + round) >> shift_,
            (voxels.z + round) >> shift_};
  }

  Lattice lattice_;
  Box own_voxels_;
  int shift_;
  std::int64_t layers_;
  Box all_;
  Box own_;
  Box covered_;
};

}  // namespace marrow
