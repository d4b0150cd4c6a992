// SPDX-License-Identifier: BSD-3-Clause
#include "parallel/admission.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>

namespace marrow::parallel {
namespace {

constexpr std::size_t arrivals_per_batch = 4096;

}  // namespace

std::int64_t Admission::trigger_count() const {
  const auto& trigger = model_.parameters.tcells.trigger;
  if (!trigger) return 0;
  const double asked = std::floor(trigger->influx_per_mm3 * model_.lattice.volume_mm3() + 0.5);
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(asked));
}

std::int64_t Admission::steady_count(std::uint64_t step) const {
  const double mean = model_.parameters.tcells.recruitment_per_mm3_h * model_.lattice.volume_mm3();
  return mean > 0.0 ? arrivals(model_, mean, step) : 0;
}

void Admission::check_doors(const VoxelBits& bits) const {
  const TCellParameters& tcells = model_.parameters.tcells;
  const double steady = tcells.recruitment_per_mm3_h * model_.lattice.volume_mm3();
  const double most = steady + static_cast<double>(trigger_count());
  if (most == 0.0) return;
  const std::int64_t doors = comm_.sum(count_doors(tissue_, bits, model_.lattice, where_, own_));
  // Half of the doors may be taken before the search for a free one becomes a burden.
  if (most <= 0.5 * static_cast<double>(doors)) return;
  const bool open = where_ == Doors::everywhere;
  throw Failure(ExitCode::scenario,
                "the influx brings up to " + std::to_string(static_cast<std::int64_t>(most)) +
                    " T cells in an hour, and only " + std::to_string(doors) +
                    (open ? " voxels are open to them" : " voxels lie beside a sinusoid") +
                    ", of which half may be used at a time: lower "
                    "tcells.trigger.influx or tcells.recruitment" +
                    (open ? "" : ", or raise tissue.sinusoids"));
}

std::uint64_t Admission::doors_among(std::span<const SiteIndex> sites, const VoxelBits& bits,
                                     const OpenDoor& open) const {
  std::uint64_t doors = 0;
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const Index3 p = model_.lattice.position(sites[i]);
    if (!own_.contains(p) || !is_door(tissue_, bits, model_.lattice, where_, p)) continue;
    if (open && !open(sites[i], p)) continue;
    doors |= std::uint64_t{1} << i;
  }
  return doors;
}

std::vector<TCell> Admission::admit(std::int64_t count, std::uint64_t step, const VoxelBits& bits,
                                    const OpenDoor& open) const {
  std::vector<std::uint64_t> waiting(static_cast<std::size_t>(count));
  std::iota(waiting.begin(), waiting.end(), std::uint64_t{0});
  std::vector<TCell> mine;
  std::set<SiteIndex> taken;
  for (std::uint32_t round = 0; !waiting.empty(); ++round) {
    if (round == entry_rounds) {
      throw Failure(ExitCode::model_health,
                    "T cells cannot enter: hardly a free voxel faces a sinusoid. Raise "
                    "tissue.sinusoids or lower the influx.");
    }
    std::vector<std::uint64_t> still_waiting;
    for (std::size_t first = 0; first < waiting.size(); first += arrivals_per_batch) {
      const std::size_t n = std::min(arrivals_per_batch, waiting.size() - first);
      // All ranks look at the sites of all arrivals; each site is judged by its owner alone.
      std::vector<std::array<SiteIndex, tries_per_round>> sites;
      std::vector<std::uint64_t> doors;
      for (std::size_t i = first; i < first + n; ++i) {
        sites.push_back(entry_sites(model_, step, waiting[i], round));
        doors.push_back(doors_among(sites.back(), bits, open));
      }
      comm_.sum(doors);
      for (std::size_t i = 0; i < n; ++i) {
        const auto site_of = [&] {
          return sites[i][static_cast<std::size_t>(std::countr_zero(doors[i]))];
        };
        while (doors[i] != 0 && !taken.insert(site_of()).second) doors[i] &= doors[i] - 1;
        if (doors[i] == 0) {
          still_waiting.push_back(waiting[first + i]);
        } else if (own_.contains(model_.lattice.position(site_of()))) {
          const std::uint32_t clonotype = clonotype_of(model_, step, waiting[first + i]);
          mine.push_back({site_of(), CellRecord::make(CellState::effector, clonotype)});
        }
      }
    }
    waiting = std::move(still_waiting);
  }
  return mine;
}

}  // namespace marrow::parallel
