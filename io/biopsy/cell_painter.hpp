// SPDX-License-Identifier: BSD-3-Clause
// Paints single cells as amounts of dye. The three colour channels of a cairo surface stand for
// haematoxylin, eosin and brown; where cells overlap the larger amount of each counts.
#pragma once

#include "core/observe/section_cells.hpp"
#include "io/biopsy/stain.hpp"

#include <cairo.h>

namespace marrow::io {

/// What fits on cairo's canvas: the transformation from um to pixels is the context's.
class CellPainter {
 public:
  CellPainter(cairo_t* canvas, Stain stain, double thickness_um)
      : canvas_(canvas), stain_(stain), thickness_um_(thickness_um) {}

  void paint(const SectionCell& cell) const;

 private:
  /// The part of a ball that the section holds: radius of its outline, and share of the section's
  /// thickness that it fills.
  struct Profile {
    double radius_um = 0;
    double amount = 0;
  };
  [[nodiscard]] Profile profile(const SectionCell& cell, double radius_um) const;
  void fill(const Dyes& dyes, double amount) const;
  void ellipse(double x, double y, double radius_um, double aspect) const;
  void clear(double radius_um, const Dyes& left) const;
  void nucleated(const SectionCell& cell) const;
  void nucleus(const SectionCell& cell, double radius_um, double dye) const;
  void brown_ring(const SectionCell& cell, double radius_um) const;
  void megakaryocyte(const SectionCell& cell) const;
  void dying(const SectionCell& cell) const;
  void osteocyte(const SectionCell& cell) const;
  void red_cell(const SectionCell& cell) const;
  [[nodiscard]] bool brown(CellLook look) const;

  cairo_t* canvas_;
  Stain stain_;
  double thickness_um_;
};

}  // namespace marrow::io
