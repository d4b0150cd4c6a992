// SPDX-License-Identifier: BSD-3-Clause
#include "core/signals/signal_sources.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>

namespace marrow {
namespace {

constexpr std::uint16_t most_hours = std::numeric_limits<std::uint16_t>::max();

[[noreturn]] void too_many_hours() {
  throw std::logic_error("more than 65,535 T-cell-hours in one cell of the signal grid");
}

}  // namespace

SignalSources::SignalSources(const SignalGrid& grid)
    : grid_(grid), hours_(static_cast<std::size_t>(grid.own().volume()), 0) {}

void SignalSources::add(const Index3& voxel) {
  std::uint16_t& hours =
      hours_[static_cast<std::size_t>(offset_in(grid_.own(), grid_.cell_of(voxel)))];
  if (hours == most_hours) too_many_hours();
  ++hours;
}

std::vector<SignalSource> SignalSources::entries() const {
  std::vector<SignalSource> entries;
  const Box& own = grid_.own();
  std::size_t i = 0;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      for (std::int64_t x = own.lo.x; x < own.hi.x; ++x, ++i) {
        if (hours_[i] != 0) entries.push_back({grid_.id({x, y, z}), hours_[i]});
      }
    }
  }
  return entries;
}

std::vector<SignalSource> SignalSources::take() {
  std::vector<SignalSource> taken = entries();
  std::ranges::fill(hours_, std::uint16_t{0});
  return taken;
}

void SignalSources::restore(std::span<const SignalSource> entries) {
  std::ranges::fill(hours_, std::uint16_t{0});
  for (const SignalSource& entry : entries) {
    const Index3 cell = grid_.cell(entry.cell);
    if (!grid_.own().contains(cell)) continue;
    if (entry.hours < 0 || entry.hours > most_hours) too_many_hours();
    hours_[static_cast<std::size_t>(offset_in(grid_.own(), cell))] =
        static_cast<std::uint16_t>(entry.hours);
  }
}

}  // namespace marrow
