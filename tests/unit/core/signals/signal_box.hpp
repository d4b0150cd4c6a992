// SPDX-License-Identifier: BSD-3-Clause
// One box that is the whole lattice, its bone given by a function of the voxel: what the tests of
// the fields share.
#pragma once

#include "core/signals/signal_fields.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace marrow {

/// Copies own cells into the ghosts that are their images.
inline void refresh_images(const SignalGrid& grid, std::span<float> array) {
  if (!grid.lattice().periodic) return;
  const Box& covered = grid.covered();
  const Index3 e = grid.all().hi;
  const auto wrap = [](std::int64_t v, std::int64_t n) { return ((v % n) + n) % n; };
  for (std::int64_t z = covered.lo.z; z < covered.hi.z; ++z) {
    for (std::int64_t y = covered.lo.y; y < covered.hi.y; ++y) {
      for (std::int64_t x = covered.lo.x; x < covered.hi.x; ++x) {
        array[grid.offset({x, y, z})] =
            array[grid.offset({wrap(x, e.x), wrap(y, e.y), wrap(z, e.z)})];
      }
    }
  }
}

inline RefreshGhosts image_refresh(const SignalGrid& grid) {
  return [&grid](std::initializer_list<std::span<float>> arrays) {
    for (const std::span<float> array : arrays) refresh_images(grid, array);
  };
}

template <class Visit>
void for_each_cell(const Box& box, Visit&& visit) {
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      for (std::int64_t x = box.lo.x; x < box.hi.x; ++x) visit(Index3{x, y, z});
    }
  }
}

using IsBone = std::function<bool(const Index3&)>;

inline TissueBox tissue_of(const Box& box, const IsBone& is_bone) {
  TissueBox tissue{box, {}};
  for_each_cell(box, [&](const Index3& p) {
    tissue.kind.push_back(
        static_cast<std::uint8_t>(is_bone(p) ? TissueKind::bone : TissueKind::marrow));
  });
  return tissue;
}

/// Roughly the given share of voxels, scattered without order.
inline IsBone scattered_bone(double share) {
  return [share](const Index3& p) {
    std::uint64_t h = static_cast<std::uint64_t>(p.x + 1000 * p.y + 1000000 * p.z) + 1;
    h *= 0x9E3779B97F4A7C15U;
    h ^= h >> 29;
    h *= 0xBF58476D1CE4E5B9U;
    h ^= h >> 32;
    return static_cast<double>(h >> 11) * 0x1p-53 < share;
  };
}

inline bool no_bone(const Index3&) { return false; }

/// The fields of a whole lattice in one box.
class SignalBox {
 public:
  SignalBox(const Lattice& lattice, const SignalParameters& p, const IsBone& is_bone,
            std::int64_t layers = 4)
      : grid(lattice, lattice.box(), p.voxels_per_cell, layers),
        parameters(p),
        open(open_with_ghosts(grid, is_bone)),
        open_cells_in_lattice(count_open(grid, open)),
        fields(grid, open, open_cells_in_lattice, p, reference_density) {}

  static constexpr double reference_density = 300.0;

  void update(const std::vector<SignalSource>& sources) {
    fields.update(sources, image_refresh(grid));
  }

  /// T-cell-hours per open cell at level 1.
  [[nodiscard]] double hours_of_level_one() const {
    return reference_density * grid.lattice().volume_mm3() * parameters.period_h /
           static_cast<double>(open_cells_in_lattice);
  }
  [[nodiscard]] bool is_open(const Index3& cell) const { return open[grid.offset(cell)] != 0; }

  SignalGrid grid;
  SignalParameters parameters;
  std::vector<std::uint8_t> open;
  std::int64_t open_cells_in_lattice;
  SignalFields fields;

 private:
  static std::vector<std::uint8_t> open_with_ghosts(const SignalGrid& grid, const IsBone& is_bone) {
    const TissueBox tissue = tissue_of(grid.own_voxels(), is_bone);
    std::vector<std::uint8_t> open = open_cells(grid, tissue);
    std::vector<float> image(open.begin(), open.end());
    refresh_images(grid, image);
    for (std::size_t i = 0; i < open.size(); ++i) open[i] = image[i] != 0.0F ? 1 : 0;
    return open;
  }
};

/// Scattered T-cell-hours, at most `most` in a cell, on roughly the given share of the open cells.
inline std::vector<SignalSource> scattered_sources(const SignalBox& box, double share,
                                                   std::int64_t most) {
  const IsBone chosen = scattered_bone(share);
  std::vector<SignalSource> sources;
  for_each_cell(box.grid.all(), [&](const Index3& cell) {
    const Index3 other{cell.z + 5, cell.x + 3, cell.y + 7};
    if (!box.is_open(cell) || !chosen(other)) return;
    sources.push_back({box.grid.id(cell), 1 + (cell.x * 7 + cell.y * 5 + cell.z * 3) % most});
  });
  return sources;
}

}  // namespace marrow
