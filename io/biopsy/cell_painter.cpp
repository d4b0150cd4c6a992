// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/cell_painter.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::io {
namespace {

constexpr double turn = 6.283185307179586;

/// 0 .. 1 from 8 of a cell's random bits.
double part(const SectionCell& cell, int shift) {
  return static_cast<double>((cell.bits >> shift) & 0xff) / 255.0;
}

/// How a nucleated cell looks: radii in um, dye of nucleus and cytoplasm.
struct Body {
  double nucleus_um, cell_um;
  double nucleus_dye;
  double cytoplasm_eosin, cytoplasm_haematoxylin;
  double aspect;  // longest stretch of the nucleus
};

Body body_of(CellLook look) {
  switch (look) {
    case CellLook::erythroid:
      return {2.7, 3.7, 0.85, 0.20, 0.10, 1.05};
    case CellLook::lymphocyte:
    case CellLook::other_cd8:
    case CellLook::attacking_tcell:
      return {3.0, 3.5, 0.80, 0.10, 0.08, 1.12};
    case CellLook::stem:
    case CellLook::cd34_progenitor:
      return {3.6, 4.5, 0.62, 0.14, 0.10, 1.15};
    default:
      return {3.6, 5.2, 0.52, 0.22, 0.03, 1.45};
  }
}

}  // namespace

CellPainter::Profile CellPainter::profile(const SectionCell& cell, double radius_um) const {
  const double half = 0.5 * thickness_um_;
  const double depth = std::fabs(static_cast<double>(cell.depth_um));
  const double beyond = std::max(0.0, depth - half);
  if (beyond >= radius_um) return {};
  const double inside = std::min(half, depth + radius_um) - std::max(-half, depth - radius_um);
  return {std::sqrt(radius_um * radius_um - beyond * beyond),
          std::clamp(inside / thickness_um_, 0.0, 1.0)};
}

void CellPainter::fill(const Dyes& dyes, double amount) const {
  cairo_set_source_rgb(canvas_, dyes.haematoxylin * amount, dyes.eosin * amount,
                       dyes.brown * amount);
  cairo_fill(canvas_);
}

void CellPainter::ellipse(double x, double y, double radius_um, double aspect) const {
  cairo_save(canvas_);
  cairo_translate(canvas_, x, y);
  cairo_scale(canvas_, radius_um * std::sqrt(aspect), radius_um / std::sqrt(aspect));
  cairo_new_sub_path(canvas_);
  cairo_arc(canvas_, 0, 0, 1, 0, turn);
  cairo_restore(canvas_);
}

/// Takes the dye of what was painted before and leaves `left`.
void CellPainter::clear(double radius_um, const Dyes& left) const {
  cairo_set_operator(canvas_, CAIRO_OPERATOR_OVER);
  ellipse(0, 0, radius_um, 1.1);
  fill(left, 1.0);
  cairo_set_operator(canvas_, CAIRO_OPERATOR_LIGHTEN);
}

bool CellPainter::brown(CellLook look) const {
  if (stain_ == Stain::cd34) {
    return look == CellLook::stem || look == CellLook::dying_stem ||
           look == CellLook::cd34_progenitor;
  }
  return stain_ == Stain::cd8 && (look == CellLook::attacking_tcell || look == CellLook::other_cd8);
}

void CellPainter::paint(const SectionCell& cell) const {
  cairo_save(canvas_);
  cairo_translate(canvas_, static_cast<double>(cell.s_um), static_cast<double>(cell.t_um));
  cairo_rotate(canvas_, turn * part(cell, 0));
  cairo_set_operator(canvas_, CAIRO_OPERATOR_LIGHTEN);
  switch (cell.look) {
    case CellLook::megakaryocyte:
      megakaryocyte(cell);
      break;
    case CellLook::dying_stem:
      dying(cell);
      break;
    case CellLook::osteocyte:
      osteocyte(cell);
      break;
    case CellLook::red_cell:
      red_cell(cell);
      break;
    default:
      nucleated(cell);
  }
  cairo_restore(canvas_);
}

void CellPainter::nucleated(const SectionCell& cell) const {
  const Body body = body_of(cell.look);
  const double size = 0.88 + 0.24 * part(cell, 8);
  const bool agent = cell.look == CellLook::stem || cell.look == CellLook::attacking_tcell;
  if (agent || brown(cell.look)) clear(body.cell_um * size, {0.02, 0.02, 0});
  const Profile whole = profile(cell, body.cell_um * size);
  if (stain_ == Stain::he && whole.amount > 0) {
    // Granulocytes are pinker than their precursors.
    const double pink = 0.7 + 0.6 * part(cell, 16);
    ellipse(0, 0, whole.radius_um, 1.1);
    fill({body.cytoplasm_haematoxylin, body.cytoplasm_eosin * pink, 0}, whole.amount);
  }
  const double dye = body.nucleus_dye * (0.85 + 0.3 * part(cell, 16));
  nucleus(cell, body.nucleus_um * size, stain_ == Stain::he ? dye : 0.5 * dye);
  if (brown(cell.look)) brown_ring(cell, body.cell_um * size);
}

void CellPainter::nucleus(const SectionCell& cell, double radius_um, double dye) const {
  const Profile inside = profile(cell, radius_um);
  if (inside.amount <= 0) return;
  const double shape = part(cell, 24);
  const double aspect = 1.0 + (body_of(cell.look).aspect - 1.0) * shape;
  const double r = inside.radius_um;
  const double amount = 0.35 + 0.65 * inside.amount;
  if (cell.look == CellLook::myeloid && shape > 0.72) {
    // Lobes of a granulocyte's nucleus.
    for (const double angle : {0.0, 0.36, 0.68}) {
      ellipse(0.58 * r * std::cos(turn * angle), 0.58 * r * std::sin(turn * angle), 0.55 * r, 1.2);
    }
  } else if (cell.look == CellLook::myeloid && shape > 0.5) {
    // A band: kidney-shaped.
    ellipse(-0.42 * r, 0.1 * r, 0.68 * r, 1.3);
    ellipse(0.42 * r, 0.1 * r, 0.68 * r, 1.3);
  } else {
    ellipse(0, 0, r, aspect);
  }
  fill({dye, 0.1 * dye, 0}, amount);
}

/// Membrane and cytoplasm of a cell that binds the antibody.
void CellPainter::brown_ring(const SectionCell& cell, double radius_um) const {
  const Profile whole = profile(cell, radius_um);
  if (whole.amount <= 0) return;
  const double amount = 0.5 + 0.5 * whole.amount;
  ellipse(0, 0, whole.radius_um, 1.1);
  fill({0, 0, 0.42}, amount);
  ellipse(0, 0, whole.radius_um, 1.1);
  cairo_set_line_width(canvas_, 1.5);
  cairo_set_source_rgb(canvas_, 0, 0, 0.5 * amount);
  cairo_stroke(canvas_);
}

void CellPainter::megakaryocyte(const SectionCell& cell) const {
  const double radius = 0.5 * cell_diameter_um(cell.look) * (0.75 + 0.5 * part(cell, 8));
  const Profile whole = profile(cell, radius);
  if (whole.amount <= 0) return;
  const bool he = stain_ == Stain::he;
  clear(whole.radius_um, he ? Dyes{0.04, 0.36, 0} : Dyes{0.06, 0, 0});
  const int lobes = 4 + static_cast<int>(3.0 * part(cell, 16));
  for (int i = 0; i < lobes; ++i) {
    const double angle = turn * (static_cast<double>(i) / lobes + 0.2 * part(cell, 24));
    const double away = 0.30 * whole.radius_um * (i % 2 == 0 ? 1.0 : 0.7);
    ellipse(away * std::cos(angle), away * std::sin(angle), 0.27 * whole.radius_um, 1.2);
  }
  fill({he ? 0.62 : 0.30, he ? 0.1 : 0, 0}, 1.0);
}

/// An apoptotic cell: shrunken, its chromatin in dense balls.
void CellPainter::dying(const SectionCell& cell) const {
  const Profile whole = profile(cell, 3.6);
  if (whole.amount <= 0) return;
  const bool he = stain_ == Stain::he;
  clear(whole.radius_um + 1.0, {0.0, 0.02, 0});
  ellipse(0, 0, whole.radius_um, 1.05);
  fill({0, he ? 0.55 : 0, brown(cell.look) ? 0.5 : 0}, 1.0);
  for (const double angle : {0.1, 0.45, 0.8}) {
    ellipse(1.7 * std::cos(turn * angle), 1.7 * std::sin(turn * angle), 1.1, 1.0);
  }
  fill({he ? 0.95 : 0.5, 0, 0}, 1.0);
}

/// A lacuna, stretched, with the nucleus of the cell in it.
void CellPainter::osteocyte(const SectionCell& cell) const {
  const Profile whole = profile(cell, 4.0);
  if (whole.amount <= 0) return;
  cairo_scale(canvas_, 1.35, 0.75);
  clear(whole.radius_um, {0, 0.04, 0});
  if (part(cell, 16) < 0.15) return;  // an empty lacuna
  ellipse(0, 0, 0.62 * whole.radius_um, 1.3);
  fill({stain_ == Stain::he ? 0.75 : 0.4, 0.05, 0}, whole.amount);
}

void CellPainter::red_cell(const SectionCell& cell) const {
  const Profile whole = profile(cell, 0.5 * cell_diameter_um(cell.look));
  if (whole.amount <= 0) return;
  ellipse(0, 0, whole.radius_um, 1.0 + 0.5 * part(cell, 8));
  if (stain_ == Stain::he) {
    fill({0, 0.62, 0.02}, 0.4 + 0.6 * whole.amount);
  } else {
    fill({0.03, 0.02, 0.05}, 1.0);
  }
}

}  // namespace marrow::io
