// SPDX-License-Identifier: BSD-3-Clause
// The colours and names of everything that pictures show: one table for ParaView, Python, C++ and
// the scripts of pages (palette.json, a list of ParaView presets, which the program carries).
// Colours after Okabe and Ito, told apart by colour-blind eyes. Knows nothing of pictures.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace marrow::io {

enum class Palette {
  tissue,          // TissueKind, and 6: fat
  niche_type,      // NicheType
  cell_kind,       // 1 stem cell, 2 cytotoxic T cell
  cell_state,      // CellState; frames hold no niche without a cell
  genotype,        // GenotypeBit mask
  clone,           // in turn, for clones that their genotype does not tell apart
  clinical_state,  // ClinicalState
  curve,           // in turn, quantities over time
  process,         // in turn, what happens to stem cells and to the patient
};

using Rgb = std::array<std::uint8_t, 3>;

struct PaletteEntry {
  int value = 0;     // as in the frames
  std::string name;  // plain English
  Rgb colour{};
};

/// In ascending order of value.
const std::vector<PaletteEntry>& palette(Palette which);

/// The entry of one value. Throws Failure(internal_error) when there is none.
const PaletteEntry& palette_entry(Palette which, int value);

/// "#0072b2", as HTML and SVG take it.
std::string html_colour(const Rgb& colour);

/// All lists for a script: {"tissue": [{"value": 0, "name": "marrow", "colour": "#a0789f"}, …],
/// "niche type": …}.
std::string palette_json();

}  // namespace marrow::io
