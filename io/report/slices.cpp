// SPDX-License-Identifier: BSD-3-Clause
#include "io/report/slices.hpp"

#include "core/model/failure.hpp"
#include "core/observe/kernel_places.hpp"
#include "core/patient/hematopoiesis.hpp"
#include "core/tissue/adipocytes.hpp"
#include "core/tissue/procedural.hpp"
#include "io/checkpoint/state_reader.hpp"
#include "io/palette/palette.hpp"
#include "io/vtk/frame_read.hpp"
#include "io/vtk/png_image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace marrow::io {
namespace {

namespace fs = std::filesystem;

constexpr Rgb unknown_grey = {0xd0, 0xd0, 0xd0};

Box layer_of(const Lattice& lattice, std::int64_t z) {
  return {{0, 0, z}, {lattice.extent.x, lattice.extent.y, z + 1}};
}

/// Whole layers of blocks that hold z - reach … z + reach.
Box slab_around(const Lattice& lattice, std::int64_t z, std::int64_t reach) {
  const std::int64_t first = std::max<std::int64_t>(0, z - reach) / block_edge * block_edge;
  const std::int64_t last = std::min(lattice.extent.z - 1, z + reach) / block_edge * block_edge;
  return {{0, 0, first},
          {lattice.extent.x, lattice.extent.y, std::min(lattice.extent.z, last + block_edge)}};
}

/// Niches, and marrow that no T cell reaches, are marrow in a section.
TissueKind shown_in_section(TissueKind kind) {
  return kind == TissueKind::niche || kind == TissueKind::sealed ? TissueKind::marrow : kind;
}

}  // namespace

/// Cells in the slice, and fat by block.
struct SlicePainter::Content {
  Box shown;  // voxels of which the moment's files tell
  std::string source;
  std::vector<SliceCell> cells;
  Box blocks;
  std::vector<float> fat;  // x-fastest over `blocks`

  [[nodiscard]] double fat_at(const Index3& voxel) const {
    const Index3 block = BlockGrid::block_of(voxel);
    if (!blocks.contains(block)) return 0.0;
    return fat[static_cast<std::size_t>(offset_in(blocks, block))];
  }
};

SlicePainter::SlicePainter(const Parameters& parameters, const fs::path& checkpoint)
    : parameters_(parameters),
      lattice_(parameters.lattice()),
      layer_(lattice_.extent.z / 2),
      slab_(slab_around(lattice_, layer_,
                        std::llround(0.5 * slice_thickness_um / lattice_.spacing_um))) {
  if (!checkpoint.empty()) niche_sites_ = StateReader(checkpoint / "state.h5").niche_sites();
  if (parameters.tissue.source == TissueSource::image) {
    tissue_ = StateReader(checkpoint / "state.h5").read_tissue(lattice_, slab_);
  } else {
    tissue_ = ProceduralTissue(parameters).in(slab_);
  }
  reveal_ = adipocyte_reveal(lattice_, parameters.tissue.adipocytes,
                             Draws(parameters.scenario.seed), layer_of(lattice_, layer_));
}

void SlicePainter::add(SiteIndex site, CellState state, std::uint32_t genotype,
                       Content& content) const {
  const Index3 at = lattice_.position(site);
  if (!content.shown.contains(at)) return;
  const double height_um = static_cast<double>(at.z - layer_) * lattice_.spacing_um;
  if (std::abs(height_um) > 0.5 * slice_thickness_um) return;
  content.cells.push_back({(static_cast<double>(at.x) + 0.5) * lattice_.spacing_um,
                           (static_cast<double>(at.y) + 0.5) * lattice_.spacing_um, state,
                           genotype});
}

SlicePainter::Content SlicePainter::from_frames(const Moment& moment) const {
  BlockFrame fat = read_block_frame(moment.fields, "fat");
  const auto voxels = [](const Index3& block) {
    return Index3{block.x * block_edge, block.y * block_edge, block.z * block_edge};
  };
  Box shown = intersection(lattice_.box(), {voxels(fat.blocks.lo), voxels(fat.blocks.hi)});
  const auto& crop = parameters_.output.frames.crop_voxels;
  if (crop) shown = intersection(shown, *crop);
  if (layer_ < shown.lo.z || layer_ >= shown.hi.z) {
    throw Failure(ExitCode::files,
                  fmt::format("the frames of hour {} do not show the middle layer of the box "
                              "(output.frames.crop), and there is no checkpoint of this hour",
                              moment.step));
  }
  Content content{
      shown, "frame " + moment.cells.filename().string(), {}, fat.blocks, std::move(fat.values)};
  std::set<SiteIndex> vacant(niche_sites_.begin(), niche_sites_.end());
  for (const CellPoint& cell : read_cell_frame(moment.cells)) {
    vacant.erase(cell.site);
    add(cell.site, cell.state, cell.genotype, content);
  }
  for (const SiteIndex site : vacant) add(site, CellState::none, 0, content);
  return content;
}

SlicePainter::Content SlicePainter::from_checkpoint(const Moment& moment) const {
  StoredState stored = read_state(moment.checkpoint);
  ModelState& state = stored.state;
  Content content{lattice_.box(),
                  "checkpoint " + moment.checkpoint.filename().string(),
                  {},
                  BlockGrid(lattice_.extent).box(),
                  {}};
  content.fat.resize(static_cast<std::size_t>(content.blocks.volume()));
  for (std::size_t b = 0; b < state.block_index.size(); ++b) {
    content.fat.at(state.block_index[b]) =
        static_cast<float>(fat_share(state.block_hematopoiesis[b], parameters_.patient));
  }
  for (std::size_t n = 0; n < std::min(stored.niche_sites.size(), state.niches.size()); ++n) {
    const CellRecord cell = state.niches[n];
    const bool stem = cell.state() == CellState::stem;
    const std::uint32_t genotype = stem ? state.clones.at(cell.clone()).genotype : 0;
    add(stored.niche_sites[n], cell.state(), genotype, content);
  }
  for (std::size_t b = 0; b < state.blocks.effector.size(); ++b) {
    const Index3 block = Lattice{content.blocks.hi}.position(state.block_index[b]);
    if (slab_.contains({0, 0, block.z * block_edge})) continue;
    state.blocks.effector[b] = 0;
    if (!state.blocks.exhausted.empty()) state.blocks.exhausted[b] = 0;
    if (!state.blocks.memory.empty()) state.blocks.memory[b] = 0;
  }
  std::vector<TCell> tcells = state.tcells;
  if (parameters_.tcells.motion == Motion::kernel) {
    tcells = drawn_places(state, lattice_, Draws(parameters_.scenario.seed), tissue_);
  }
  for (const TCell& cell : tcells) add(cell.site, cell.record.state(), 0, content);
  return content;
}

std::string SlicePainter::picture(const Content& content) const {
  std::map<int, Rgb> colours;
  for (const PaletteEntry& entry : palette(Palette::tissue)) colours[entry.value] = entry.colour;
  constexpr int fat = 6;
  const Box layer = layer_of(lattice_, layer_);
  std::vector<std::uint8_t> rgb;
  rgb.reserve(static_cast<std::size_t>(3 * layer.volume()));
  for (std::int64_t y = lattice_.extent.y; y-- > 0;) {
    for (std::int64_t x = 0; x < lattice_.extent.x; ++x) {
      const Index3 at{x, y, layer_};
      if (!content.shown.contains(at)) {
        rgb.insert(rgb.end(), unknown_grey.begin(), unknown_grey.end());
        continue;
      }
      const std::uint8_t reveal = reveal_[static_cast<std::size_t>(offset_in(layer, at))];
      const TissueKind kind = shown_in_section(tissue_.at(at));
      const bool is_fat = kind == TissueKind::marrow && shows_fat(reveal, content.fat_at(at));
      const Rgb& colour = colours.at(is_fat ? fat : static_cast<int>(kind));
      rgb.insert(rgb.end(), colour.begin(), colour.end());
    }
  }
  return png_bytes(lattice_.extent.x, lattice_.extent.y, rgb);
}

SlicePainter::Content SlicePainter::content_of(const Moment& moment) const {
  const bool frames = !moment.cells.empty() && !moment.fields.empty();
  if (moment.checkpoint.empty()) return from_frames(moment);
  try {
    return from_checkpoint(moment);
  } catch (const Failure&) {
    if (!frames) throw;
    return from_frames(moment);
  }
}

Slice SlicePainter::paint(const Moment& moment) const {
  Content content = content_of(moment);
  Slice slice;
  slice.whole = content.shown == lattice_.box();
  slice.source = std::move(content.source);
  slice.day = static_cast<double>(moment.step) / 24.0;
  slice.height_um = static_cast<double>(layer_) * lattice_.spacing_um;
  slice.x_um = static_cast<double>(lattice_.extent.x) * lattice_.spacing_um;
  slice.y_um = static_cast<double>(lattice_.extent.y) * lattice_.spacing_um;
  slice.png = picture(content);
  slice.cells = std::move(content.cells);
  return slice;
}

SlicePainter slice_painter(const Parameters& parameters, const std::vector<Moment>& moments) {
  for (auto moment = moments.rbegin(); moment != moments.rend(); ++moment) {
    if (moment->checkpoint.empty()) continue;
    try {
      return {parameters, moment->checkpoint};
    } catch (const Failure&) {
      continue;  // an older one knows the same niches
    }
  }
  return {parameters, {}};
}

}  // namespace marrow::io
