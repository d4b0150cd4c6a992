// SPDX-License-Identifier: BSD-3-Clause
// The cells that a section of a core shows. Stem cells and T cells are those of the model, where
// they are. All other cells are scenery: the model knows them as numbers, and they stand where
// draws keyed by their place put them, so that every section through a place shows the same cells.
// Numbers and sources: core/MODEL.md, "Virtual biopsy".
#pragma once

#include "core/cells/record.hpp"
#include "core/observe/needle.hpp"
#include "core/observe/section_tissue.hpp"
#include "core/random/draws.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

enum class CellLook : std::uint8_t {
  // of the model
  stem,
  dying_stem,
  attacking_tcell,
  // scenery in hematopoietic marrow
  myeloid,
  erythroid,
  lymphocyte,
  other_cd8,        // CD8+ T cells that do not attack
  cd34_progenitor,  // CD34+ cells that hold no niche
  megakaryocyte,
  // scenery elsewhere
  osteocyte,
  red_cell,
};
inline constexpr std::size_t cell_looks = 11;

/// Diameters in um: a section of thickness t sees the cells whose centres are within (t + d)/2 of
/// its middle (Abercrombie, Anat Rec 1946;94:239).
constexpr double cell_diameter_um(CellLook look) {
  constexpr std::array<double, cell_looks> diameters = {9, 9, 7, 10.5, 7.5, 7, 7, 9, 28, 8, 6.8};
  return diameters[static_cast<std::size_t>(look)];
}

/// A cell in the coordinates of its pass.
struct SectionCell {
  float s_um = 0, t_um = 0, depth_um = 0;
  CellLook look = CellLook::myeloid;
  std::uint32_t bits = 0;   // random, for its shape
  std::uint32_t clone = 0;  // of stem cells
};

/// A stem cell or a T cell of the model.
struct MarrowAgent {
  SiteIndex site = 0;
  CellRecord record;
};

/// Nucleated cells in 1 mm3 of hematopoietic tissue: 9e5 per mm3 of marrow at a cellularity of 0.5.
inline constexpr double cells_per_mm3 = 1.8e6;
/// Others in 1 mm3 of marrow.
inline constexpr double lymphocytes_per_mm3 = 1.08e5;
inline constexpr double cd8_per_mm3 = 1.7e4;
inline constexpr double cd8_in_aplasia_per_mm3 = 3e4;
/// Shares of the nucleated cells.
inline constexpr double cd34_share = 8000.0 / 9e5;
inline constexpr double largest_lymphocyte_share = 0.70;
inline constexpr double largest_cd8_share = 0.23;

/// The agents whose centres lie in the rectangle of the section and near enough to its plane, each
/// at a place inside its voxel; in fat it is shown at the nearest wall.
std::vector<SectionCell> agents_in_section(const Lattice& lattice, const SectionTissue& tissue,
                                           const Draws& draws, double thickness_um,
                                           std::span<const MarrowAgent> agents);

/// The scenery. `attack`: A, which decides between the CD8 densities.
std::vector<SectionCell> scenery_in_section(const Lattice& lattice, const SectionTissue& tissue,
                                            const Draws& draws, double thickness_um,
                                            const FatShare& fat_share, double attack);

}  // namespace marrow
