// SPDX-License-Identifier: BSD-3-Clause
#include "tests/verify/walkers.hpp"

#include <algorithm>
#include <utility>

namespace marrow::verify {

Parameters walkers_only(const Index3& extent, std::int64_t niches, std::int64_t hops) {
  Parameters p;
  p.domain = {extent, 10.0, Boundary::periodic};
  p.tissue.source = TissueSource::open;
  p.niches.density_per_mm3 = static_cast<double>(niches) / p.lattice().volume_mm3();
  p.hspc.homeostatic_rate_per_h = 0.0;
  p.hspc.stress_rate_per_h = 0.0;
  p.hspc.relocation_rate_per_h = 0.0;
  p.tcells.motility_um2_per_h = static_cast<double>(hops) * 100.0 / 6.0;
  p.tcells.death_rate_per_h = 0.0;
  p.tcells.division_rate_per_h = 0.0;
  p.run.duration_h = 1e6;
  return p;
}

WalkerBox::WalkerBox(const Parameters& parameters, std::int64_t hops_per_exchange)
    : simulation_(alone_, parameters, nullptr, {16, hops_per_exchange}) {
  simulation_.start();
  beginning_ = simulation_.snapshot();
}

void WalkerBox::begin(std::int64_t trial, std::span<const SiteIndex> sites) {
  ModelState state = beginning_;
  for (std::uint32_t i = 0; i < sites.size(); ++i) {
    state.tcells.push_back({sites[i], CellRecord::make(CellState::effector, i)});
  }
  std::ranges::sort(state.tcells, {}, &TCell::site);
  take(std::move(state), trial, std::ssize(sites));
}

void WalkerBox::begin_scattered(std::int64_t trial, std::int64_t cells) {
  if (simulation_.model().parameters.tcells.motion == Motion::kernel) {
    ModelState state = beginning_;
    state.blocks.effector.front() = cells;
    take(std::move(state), trial, cells);
    return;
  }
  // Multiples of a large odd number: far apart, and no two alike.
  const auto sites = static_cast<std::uint64_t>(volume(lattice().extent));
  std::vector<SiteIndex> places;
  for (std::int64_t i = 0; i < cells; ++i) {
    places.push_back((niches().front().site + 1 + static_cast<std::uint64_t>(i) * 12347) % sites);
  }
  begin(trial, places);
}

void WalkerBox::take(ModelState&& state, std::int64_t trial, std::int64_t cells) {
  state.step = trial * hours_per_trial;
  state.census.effector = cells;
  simulation_.restore(export_fields(state));
}

std::optional<std::int64_t> WalkerBox::substeps_to_kill(std::int64_t most_hours) {
  const std::int64_t per_hour = simulation_.model().hops_per_hour;
  for (std::int64_t passed = 0; passed < most_hours; ++passed) {
    hour();
    if (simulation_.state().census.engaged == 0) continue;
    // Engaged for an hour of sub-steps, counted down from the one after the kill.
    std::int64_t first = per_hour;
    for (const TCell& cell : tcells()) {
      if (cell.record.state() != CellState::engaged) continue;
      first = std::min<std::int64_t>(first, cell.record.clock());
    }
    return passed * per_hour + first;
  }
  return std::nullopt;
}

}  // namespace marrow::verify
