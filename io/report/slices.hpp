// SPDX-License-Identifier: BSD-3-Clause
// Sections through the marrow at a moment: one layer of voxels of tissue, and the cells around it.
// The tissue is laid again from the scenario (it is a function of it), or read from a checkpoint
// when it came from an image. One process, no MPI.
#pragma once

#include "core/model/parameters.hpp"
#include "core/tissue/tissue_kind.hpp"
#include "io/report/moments.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace marrow::io {

/// Thickness around the layer from which cells are shown.
inline constexpr double slice_thickness_um = 200.0;

struct SliceCell {
  double x_um = 0.0;
  double y_um = 0.0;
  CellState state = CellState::none;  // none: a vacant niche
  std::uint32_t genotype = 0;         // of stem cells

  friend bool operator==(const SliceCell&, const SliceCell&) = default;
};

struct Slice {
  double day = 0.0;
  std::string source;      // "checkpoint step_…" or "frame cells_….vtp"
  double height_um = 0.0;  // of the layer above the lower face of the box
  double x_um = 0.0;       // extent of the picture
  double y_um = 0.0;
  bool whole = true;  // false: of a part nothing is known; it is grey
  std::string png;
  std::vector<SliceCell> cells;
};

class SlicePainter {
 public:
  /// The middle layer of the lattice. `checkpoint`: any of the run, or empty; it knows the niches,
  /// of which the vacant ones are shown, and the tissue that came from an image. Throws Failure
  /// when it is needed and cannot be read.
  SlicePainter(const Parameters& parameters, const std::filesystem::path& checkpoint);

  /// A drawable moment; a checkpoint, which is whole, is preferred to frames, which may be cropped.
  /// Throws Failure when its files cannot be read, or hold nothing of the layer.
  [[nodiscard]] Slice paint(const Moment& moment) const;

 private:
  struct Content;

  [[nodiscard]] Content content_of(const Moment& moment) const;
  [[nodiscard]] Content from_frames(const Moment& moment) const;
  [[nodiscard]] Content from_checkpoint(const Moment& moment) const;
  [[nodiscard]] std::string picture(const Content& content) const;
  /// Adds a cell if it lies in the slice and in the part that is shown.
  void add(SiteIndex site, CellState state, std::uint32_t genotype, Content& content) const;

  Parameters parameters_;
  Lattice lattice_;
  std::int64_t layer_;                  // z of the picture
  Box slab_;                            // voxels of the blocks that the slice touches
  TissueBox tissue_;                    // of the slab
  std::vector<std::uint8_t> reveal_;    // fat level of each voxel of the layer
  std::vector<SiteIndex> niche_sites_;  // empty when not known
};

/// Takes niches, and tissue that came from an image, from the newest of the run's checkpoints that
/// can be read; without one, vacant niches are not shown. Throws Failure when tissue from an image
/// cannot be read.
SlicePainter slice_painter(const Parameters& parameters, const std::vector<Moment>& moments);

}  // namespace marrow::io
