// SPDX-License-Identifier: BSD-3-Clause
#include "core/patient/hematopoiesis.hpp"

#include "core/math/elementary.hpp"
#include "core/model/failure.hpp"
#include "core/patient/clinic.hpp"
#include "core/patient/patient_state.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace marrow {
namespace {

constexpr std::int64_t longest_reach_voxels = 256;

std::int64_t reach_in_voxels(double smoothing_um, double spacing_um) {
  const double reach = smoothing_um / spacing_um + 0.5;
  if (!(reach >= 0.0 && reach < static_cast<double>(longest_reach_voxels + 1))) {
    throw Failure(ExitCode::scenario, "patient.smoothing: " + std::to_string(smoothing_um) +
                                          " um is not between 0 and 256 voxels of " +
                                          std::to_string(spacing_um) +
                                          " um; choose a shorter one (default 300 um)");
  }
  return static_cast<std::int64_t>(reach);
}

/// The block that stands at place i of an axis of n blocks: i itself, its periodic image or its
/// mirror image.
std::int64_t folded(std::int64_t i, std::int64_t n, bool periodic) {
  const std::int64_t period = periodic ? n : 2 * n;
  const std::int64_t place = ((i % period) + period) % period;
  return place < n ? place : period - 1 - place;
}

/// For each block of one axis: the places in [low, high) where it stands.
std::vector<std::vector<std::int64_t>> places_of(std::int64_t low, std::int64_t high,
                                                 std::int64_t n, bool periodic) {
  std::vector<std::vector<std::int64_t>> places(static_cast<std::size_t>(n));
  for (std::int64_t i = low; i < high; ++i) {
    places[static_cast<std::size_t>(folded(i, n, periodic))].push_back(i);
  }
  return places;
}

Box bounding_box(const BlockGrid& grid, std::span<const std::uint64_t> blocks) {
  if (blocks.empty()) return {};
  Box bounds{grid.extent, {0, 0, 0}};
  for (const std::uint64_t block : blocks) {
    const auto i = static_cast<std::int64_t>(block);
    const Index3 p{i % grid.extent.x, (i / grid.extent.x) % grid.extent.y,
                   i / (grid.extent.x * grid.extent.y)};
    bounds.lo = {std::min(bounds.lo.x, p.x), std::min(bounds.lo.y, p.y),
                 std::min(bounds.lo.z, p.z)};
    bounds.hi = {std::max(bounds.hi.x, p.x + 1), std::max(bounds.hi.y, p.y + 1),
                 std::max(bounds.hi.z, p.z + 1)};
  }
  return bounds;
}

/// Smooths along the axis whose neighbours are `stride` apart, and sheds the padding of that axis.
/// The array is outer x length x stride, stride fastest.
std::vector<std::int64_t> smoothed_along(const std::vector<std::int64_t>& in, std::int64_t outer,
                                         std::int64_t length, std::int64_t stride,
                                         std::span<const std::int64_t> stencil) {
  const auto radius = static_cast<std::int64_t>(stencil.size()) - 1;
  const std::int64_t kept = length - 2 * radius;
  std::vector<std::int64_t> out(static_cast<std::size_t>(outer * kept * stride));
  for (std::int64_t o = 0; o < outer; ++o) {
    for (std::int64_t k = 0; k < kept; ++k) {
      std::int64_t* row = out.data() + (o * kept + k) * stride;
      for (std::int64_t j = -radius; j <= radius; ++j) {
        const std::int64_t weight = stencil[static_cast<std::size_t>(j < 0 ? -j : j)];
        const std::int64_t* source = in.data() + (o * length + k + radius + j) * stride;
        for (std::int64_t s = 0; s < stride; ++s) row[s] += weight * source[s];
      }
    }
  }
  return out;
}

std::int64_t nearest_integer(double value) {
  return static_cast<std::int64_t>(value < 0 ? value - 0.5 : value + 0.5);
}

}  // namespace

std::vector<std::int64_t> block_stencil(std::int64_t reach_voxels) {
  std::vector<std::int64_t> weights;
  for (std::int64_t j = 0; weights.empty() || weights.back() > 0; ++j) {
    std::int64_t pairs = 0;
    for (std::int64_t d = 1 - block_edge; d < block_edge; ++d) {
      if (std::abs(j * block_edge + d) <= reach_voxels) pairs += block_edge - std::abs(d);
    }
    weights.push_back(pairs);
  }
  weights.pop_back();
  return weights;
}

HematopoiesisMap::HematopoiesisMap(const Lattice& lattice, const NicheTable& niches,
                                   std::span<const std::uint64_t> own_blocks, double smoothing_um)
    : stencil_(block_stencil(reach_in_voxels(smoothing_um, lattice.spacing_um))) {
  if (niches.empty()) {
    throw Failure(ExitCode::scenario,
                  "niches: the tissue has no niche, so no stem cell can live in it; raise "
                  "niches.density or use a larger box");
  }
  const BlockGrid grid(lattice.extent);
  const Box region = bounding_box(grid, own_blocks);
  const auto radius = static_cast<std::int64_t>(stencil_.size()) - 1;
  padded_ = region.empty() ? region : region.grown(radius);
  own_cells_.reserve(own_blocks.size());
  for (const std::uint64_t block : own_blocks) {
    const auto i = static_cast<std::int64_t>(block);
    const Index3 p{i % grid.extent.x, (i / grid.extent.x) % grid.extent.y,
                   i / (grid.extent.x * grid.extent.y)};
    own_cells_.push_back(static_cast<std::size_t>(offset_in(region, p)));
  }
  std::int64_t axis_sum = -stencil_[0];
  for (const std::int64_t weight : stencil_) axis_sum += 2 * weight;
  // Mirror and periodic images keep the sum of the stencil, so every niche counts axis_sum^3 in
  // all.
  whole_level_ = axis_sum * axis_sum * axis_sum * static_cast<std::int64_t>(niches.size());

  find_sources(lattice, niches);
  const std::vector<CellRecord> full(niches.size(), CellRecord::make(CellState::stem, 0));
  niche_levels_ = stem_levels(full);
}

void HematopoiesisMap::find_sources(const Lattice& lattice, const NicheTable& niches) {
  if (padded_.empty()) return;
  const BlockGrid grid(lattice.extent);
  const auto xs = places_of(padded_.lo.x, padded_.hi.x, grid.extent.x, lattice.periodic);
  const auto ys = places_of(padded_.lo.y, padded_.hi.y, grid.extent.y, lattice.periodic);
  const auto zs = places_of(padded_.lo.z, padded_.hi.z, grid.extent.z, lattice.periodic);
  for (std::size_t i = 0; i < niches.size(); ++i) {
    const Index3 block = BlockGrid::block_of(lattice.position(niches[i].site));
    for (const std::int64_t z : zs[static_cast<std::size_t>(block.z)]) {
      for (const std::int64_t y : ys[static_cast<std::size_t>(block.y)]) {
        for (const std::int64_t x : xs[static_cast<std::size_t>(block.x)]) {
          sources_.push_back({i, static_cast<std::size_t>(offset_in(padded_, {x, y, z}))});
        }
      }
    }
  }
}

std::vector<std::int64_t> HematopoiesisMap::smoothed(std::vector<std::int64_t> counts) const {
  const Index3 e = padded_.extent();
  const auto shed = 2 * (static_cast<std::int64_t>(stencil_.size()) - 1);
  counts = smoothed_along(counts, 1, e.z, e.x * e.y, stencil_);
  counts = smoothed_along(counts, e.z - shed, e.y, e.x, stencil_);
  return smoothed_along(counts, (e.z - shed) * (e.y - shed), e.x, 1, stencil_);
}

std::vector<std::int64_t> HematopoiesisMap::stem_levels(std::span<const CellRecord> niches) const {
  std::vector<std::int64_t> levels(own_cells_.size());
  if (levels.empty()) return levels;
  std::vector<std::int64_t> counts(static_cast<std::size_t>(padded_.volume()));
  for (const Source& source : sources_) {
    if (niches[source.niche].state() == CellState::stem) ++counts[source.cell];
  }
  const std::vector<std::int64_t> region = smoothed(std::move(counts));
  for (std::size_t b = 0; b < levels.size(); ++b) levels[b] = region[own_cells_[b]];
  return levels;
}

void advance_hematopoiesis(const HematopoiesisMap& map, std::span<const CellRecord> niches,
                           std::int64_t progenitors, const PatientParameters& parameters,
                           std::span<std::int64_t> blocks) {
  const auto stem = std::count_if(niches.begin(), niches.end(), [](CellRecord record) {
    return record.state() == CellState::stem;
  });
  const double relaxed =
      one_minus_exp(static_cast<double>(hours_per_day) / parameters.cellularity_relaxation_h);
  const auto mean = static_cast<double>(progenitors);
  const double full =
      stem == 0 ? 0.0 : mean * (static_cast<double>(niches.size()) / static_cast<double>(stem));
  const std::vector<std::int64_t> stem_levels = map.stem_levels(niches);
  const std::span<const std::int64_t> niche_levels = map.niche_levels();
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    double target = mean;
    if (niche_levels[b] > 0 && stem > 0) {
      const double occupancy =
          static_cast<double>(stem_levels[b]) / static_cast<double>(niche_levels[b]);
      target = std::min(full * occupancy, static_cast<double>(highest_hematopoiesis));
    }
    blocks[b] += nearest_integer((target - static_cast<double>(blocks[b])) * relaxed);
  }
}

std::array<std::int64_t, 2> hematopoiesis_sum(const HematopoiesisMap& map,
                                              std::span<const std::int64_t> blocks) {
  std::array<std::int64_t, 2> sums{};
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const __int128 product = static_cast<__int128>(map.niche_levels()[b]) * blocks[b];
    sums[0] += static_cast<std::int64_t>(product / fixed_one);
    sums[1] += static_cast<std::int64_t>(product % fixed_one);
  }
  return sums;
}

double mean_hematopoiesis(const HematopoiesisMap& map, const std::array<std::int64_t, 2>& sums) {
  const std::int64_t whole = sums[0] + sums[1] / fixed_one;
  const std::int64_t part = sums[1] % fixed_one;
  return (static_cast<double>(whole) + static_cast<double>(part) / static_cast<double>(fixed_one)) /
         static_cast<double>(map.whole_level());
}

double fat_share(std::int64_t block_hematopoiesis, const PatientParameters& parameters) {
  const double hematopoietic = parameters.cellularity * static_cast<double>(block_hematopoiesis) /
                               static_cast<double>(fixed_one);
  return std::clamp(1.0 - hematopoietic, 0.0, 1.0);
}

}  // namespace marrow
