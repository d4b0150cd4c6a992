// SPDX-License-Identifier: BSD-3-Clause
// The colours and names of everything that pictures show: one table for ParaView, Python and C++
// (palette.json, a list of ParaView presets, compiled in). Colours after Okabe and Ito, told apart
// by colour-blind eyes. Knows nothing of pictures.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

enum class Palette {
  tissue,      // TissueKind, and 6: fat
  niche_type,  // NicheType
  cell_kind,   // 1 stem cell, 2 cytotoxic T cell
  cell_state,  // CellState
  genotype,    // GenotypeBit mask
  clone,       // in turn, for clones that their genotype does not tell apart
};

using Rgb = std::array<std::uint8_t, 3>;

struct PaletteEntry {
  int value = 0;     // as in the frames
  std::string name;  // plain English
  Rgb colour{};
};

/// In ascending order of value.
std::vector<PaletteEntry> palette(Palette which);

/// "#0072b2", as HTML and SVG take it.
std::string html_colour(const Rgb& colour);

}  // namespace marrow::io
