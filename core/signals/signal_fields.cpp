// SPDX-License-Identifier: BSD-3-Clause
#include "core/signals/signal_fields.hpp"

#include "core/signals/resolvent_series.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace marrow {
namespace {

/// The terms of the recurrence fall off like 3^-k ahead of the sources; this power of two, exact
/// and taken back by the coefficients, keeps them from becoming subnormal, where arithmetic is
/// slow.
constexpr double source_scale = 0x1p64;

double screening(const SignalGrid& grid, double length_um) {
  const double cells = grid.spacing_um() / length_um;
  return cells * cells;
}

std::vector<float> scaled(const ChebyshevSeries& series, double factor) {
  std::vector<float> coefficients;
  for (const double c : series.coefficients) {
    coefficients.push_back(static_cast<float>(c * factor));
  }
  return coefficients;
}

std::int64_t& along(Index3& p, int axis) { return axis == 0 ? p.x : axis == 1 ? p.y : p.z; }

}  // namespace

std::vector<std::uint8_t> open_cells(const SignalGrid& grid, const TissueBox& tissue) {
  std::vector<std::uint8_t> open(static_cast<std::size_t>(grid.covered().volume()), 0);
  const Box& own = grid.own_voxels();
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x) {
        const Index3 p{x, y, z};
        if (tissue.at(p) != TissueKind::bone) open[grid.offset(grid.cell_of(p))] = 1;
      }
    }
  }
  return open;
}

std::int64_t count_open(const SignalGrid& grid, std::span<const std::uint8_t> open) {
  const Box& own = grid.own();
  std::int64_t count = 0;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      const auto row =
          open.subspan(grid.offset({own.lo.x, y, z}), static_cast<std::size_t>(own.extent().x));
      count += std::ranges::count(row, std::uint8_t{1});
    }
  }
  return count;
}

SignalFields::SignalFields(const SignalGrid& grid, std::span<const std::uint8_t> open,
                           std::int64_t open_in_lattice, const SignalParameters& parameters,
                           double reference_density_per_mm3)
    : sweeps_(grid, open) {
  const double hours_of_level_one = reference_density_per_mm3 * grid.lattice().volume_mm3() *
                                    parameters.period_h /
                                    static_cast<double>(std::max<std::int64_t>(open_in_lattice, 1));
  const double unit = 1.0 / (hours_of_level_one * source_scale);
  const double ifn = screening(grid, parameters.ifn_length_um);
  const double tnf = screening(grid, parameters.tnf_length_um);
  const double cxcl = screening(grid, parameters.cxcl_length_um);
  coefficients_ = {scaled(resolvent_series(ifn, parameters.tolerance), unit),
                   scaled(resolvent_series(tnf, parameters.tolerance), unit),
                   scaled(induced_series(ifn, cxcl, parameters.tolerance), unit)};
  for (HugeVector<float>& level : levels_) level.assign(open.size(), 0.0F);
}

HugeVector<float> SignalFields::density_of(std::span<const SignalSource> sources) const {
  HugeVector<float> density(levels_[0].size(), 0.0F);
  for (const SignalSource& source : sources) {
    const Index3 cell = grid().cell(source.cell);
    if (!grid().own().contains(cell)) continue;
    if (!open(cell)) {
      throw std::logic_error("a source of cytokines lies in bone");
    }
    density[grid().offset(cell)] =
        static_cast<float>(static_cast<double>(source.hours) * source_scale);
  }
  return density;
}

void SignalFields::update(std::span<const SignalSource> sources, const RefreshGhosts& refresh) {
  HugeVector<float> density = density_of(sources);
  std::vector<ChebyshevSum> sums;
  for (std::size_t f = 0; f < levels_.size(); ++f) {
    sums.push_back({coefficients_[f], &levels_[f]});
  }
  sweeps_.apply(density, std::move(sums), refresh);
  refresh({std::span(levels_[0]), std::span(levels_[1]), std::span(levels_[2])});
}

double SignalFields::cxcl_gradient_per_um(const Index3& voxel, int axis) const {
  const Index3 here = grid().cell_of(voxel);
  const HugeVector<float>& level = levels_[2];
  const auto value = [&](const Index3& cell) {
    return static_cast<double>(level[grid().offset(cell)]);
  };
  double sum = 0.0;
  for (const std::int64_t step : {-1, 1}) {
    Index3 there = here;
    along(there, axis) += step;
    if (open(there)) sum += static_cast<double>(step) * (value(there) - value(here));
  }
  return sum / (2.0 * grid().spacing_um());
}

void SignalFields::spoil() {
  const Box& own = grid().own();
  const Index3 middle{(own.lo.x + own.hi.x) / 2, (own.lo.y + own.hi.y) / 2,
                      (own.lo.z + own.hi.z) / 2};
  levels_[0][grid().offset(middle)] = std::numeric_limits<float>::quiet_NaN();
}

}  // namespace marrow
