// SPDX-License-Identifier: BSD-3-Clause
// The dyes that tissue itself takes up, cells apart: bone with its lamellae, vessel walls, the
// stroma between hematopoietic cells, walls of fat cells. With a texture that is a function of the
// place alone.
#pragma once

#include "core/observe/section_tissue.hpp"
#include "io/biopsy/stain.hpp"

#include <array>
#include <cstdint>

namespace marrow::io {

/// A smooth random pattern around 0, within -1 .. 1, that repeats every 256 cells.
class Texture {
 public:
  explicit Texture(std::uint64_t salt);
  [[nodiscard]] float at(double x, double y) const;

 private:
  std::array<float, 256 * 256> value_;
};

class Ground {
 public:
  explicit Ground(Stain stain);

  /// Dyes of everything but fat cells and cells at a point of structure `place`.
  [[nodiscard]] Dyes dyes(SectionPlace place, const SectionTissue::Shares& shares, double s_um,
                          double t_um) const;
  /// Dyes of a fat cell this far from its wall.
  [[nodiscard]] Dyes fat(double wall_um) const;
  /// The factor that chromatin and fibres put on all dyes of a point: around 1.
  [[nodiscard]] float grain(double s_um, double t_um) const;

 private:
  [[nodiscard]] Dyes bone(double depth_um, double s_um, double t_um) const;
  [[nodiscard]] Dyes vessel(double share, SectionPlace place) const;

  Stain stain_;
  Texture fine_, coarse_;
};

}  // namespace marrow::io
