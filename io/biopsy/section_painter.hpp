// SPDX-License-Identifier: BSD-3-Clause
// Paints one pass of a core as a microscope shows it, tile by tile, so that a long section needs
// little memory. A pixel follows from its place in the section; only where a cell is cut by the rim
// of a tile may a shade differ by rounding, which no eye sees. The division into tiles is fixed.
#pragma once

#include "core/observe/section_cells.hpp"
#include "core/observe/section_tissue.hpp"
#include "io/biopsy/ground.hpp"
#include "io/biopsy/stain.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow::io {

/// A section and what lies in it.
struct SectionContent {
  SectionTissue tissue;
  std::vector<SectionCell> scenery;
  std::vector<SectionCell> agents;
};

/// Colours of a picture, 3 bytes per pixel, rows from top to bottom.
struct RgbTile {
  std::int64_t width = 0, height = 0;
  std::vector<std::uint8_t> rgb;

  [[nodiscard]] std::uint8_t* at(std::int64_t x, std::int64_t y) {
    return &rgb[static_cast<std::size_t>(3 * (x + width * y))];
  }
};

class SectionPainter {
 public:
  /// `section` must outlive this object.
  SectionPainter(const SectionContent& section, Stain stain, double um_per_pixel,
                 double thickness_um);

  [[nodiscard]] std::int64_t width() const { return width_; }
  [[nodiscard]] std::int64_t height() const { return height_; }

  /// The pixels [x, x + width) x [y, y + height) of the section into `out` at (to_x, 0).
  void paint(std::int64_t x, std::int64_t y, std::int64_t width, std::int64_t height, RgbTile& out,
             std::int64_t to_x) const;

 private:
  class Tile;
  /// Cells by squares of the section, so that a tile finds its own.
  struct Squares {
    std::int64_t columns = 0, rows = 0;
    std::vector<std::vector<const SectionCell*>> cells;
  };
  [[nodiscard]] double top_um() const { return -0.5 * section_.tissue.pass().width_um; }
  [[nodiscard]] Squares sorted(std::span<const SectionCell> cells) const;

  const SectionContent& section_;
  Stain stain_;
  double um_per_pixel_;
  double thickness_um_;
  Ground ground_;
  std::int64_t width_, height_;
  Squares scenery_;
  Squares large_;  // what lies over the rest: agents and megakaryocytes
  StainColours colours_;
};

}  // namespace marrow::io
