// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/niche_selection.hpp"

#include "core/tissue/bone_distance.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace marrow {
namespace {

constexpr int near = 0;
constexpr int far = 1;
// Quotas that cannot be filled are moved to other strata and the choice is repeated; the strata
// that lack room are known after two or three rounds.
constexpr int most_rounds = 12;
constexpr double slack = 1e-9;  // so that 30 um / 10 um squared is 9, not 9 - epsilon

/// Whole numbers proportional to `weights` that add up to `total` (largest remainders, ties by
/// index).
std::array<std::int64_t, niche_types> apportion(std::int64_t total,
                                                const std::array<double, niche_types>& weights) {
  std::array<std::int64_t, niche_types> part{};
  std::array<double, niche_types> rest{};
  const double sum = weights[0] + weights[1] + weights[2];
  if (!(sum > 0.0) || total <= 0) return part;
  std::int64_t left = total;
  for (int t = 0; t < niche_types; ++t) {
    const double ideal = static_cast<double>(total) * (weights[t] / sum);
    part[t] = std::min(left, static_cast<std::int64_t>(ideal + slack));
    rest[t] = weights[t] > 0.0 ? ideal - static_cast<double>(part[t]) : -2.0;
    left -= part[t];
  }
  for (; left > 0; --left) {
    const auto t = std::max_element(rest.begin(), rest.end()) - rest.begin();
    ++part[t];
    rest[t] = -1.0;
  }
  return part;
}

/// Totals by type: by weight, but a type that lacks room leaves its excess to the others.
std::array<std::int64_t, niche_types> type_totals(const NicheDemand& demand,
                                                  const NicheStrata& room) {
  std::array<double, niche_types> weights = demand.weights;
  std::array<std::int64_t, niche_types> total{};
  std::int64_t left = demand.count;
  for (bool full = true; full;) {
    full = false;
    const auto wish = apportion(left, weights);
    for (int t = 0; t < niche_types && !full; ++t) {
      const std::int64_t most = room[t][near] + room[t][far];
      if (!(weights[t] > 0.0) || wish[t] <= most) continue;
      total[t] = most;
      left -= most;
      weights[t] = 0.0;
      full = true;
    }
    if (full) continue;
    for (int t = 0; t < niche_types; ++t) total[t] += wish[t];
  }
  return total;
}

/// The niches chosen so far, by cells at least as wide as the least distance.
class SpacingGrid {
 public:
  SpacingGrid(const Lattice& lattice, std::int64_t spacing_squared)
      : lattice_(lattice), spacing_squared_(spacing_squared) {
    std::int64_t edge = 8;
    while (edge * edge < spacing_squared) ++edge;
    const auto cells = [&](std::int64_t n) { return std::max<std::int64_t>(1, n / edge); };
    count_ = {cells(lattice.extent.x), cells(lattice.extent.y), cells(lattice.extent.z)};
  }

  [[nodiscard]] bool has_room(const Index3& p) const {
    const Index3 c = cell(p);
    for (std::int64_t z = c.z - 1; z <= c.z + 1; ++z) {
      for (std::int64_t y = c.y - 1; y <= c.y + 1; ++y) {
        for (std::int64_t x = c.x - 1; x <= c.x + 1; ++x) {
          if (!room_in_cell({x, y, z}, p)) return false;
        }
      }
    }
    return true;
  }

  void add(const Index3& p) {
    const auto [entry, added] = newest_.try_emplace(number(cell(p)), -1);
    items_.push_back({p, entry->second});
    entry->second = static_cast<std::int64_t>(items_.size()) - 1;
  }

 private:
  struct Item {
    Index3 position;
    std::int64_t next;
  };

  [[nodiscard]] Index3 cell(const Index3& p) const {
    return {p.x * count_.x / lattice_.extent.x, p.y * count_.y / lattice_.extent.y,
            p.z * count_.z / lattice_.extent.z};
  }
  [[nodiscard]] std::int64_t number(const Index3& c) const {
    return offset_in({{0, 0, 0}, count_}, c);
  }

  [[nodiscard]] bool room_in_cell(const Index3& c, const Index3& p) const {
    const Lattice cells{count_, lattice_.periodic};
    const Index3 inside = wrapped(cells, c);
    if (!cells.box().contains(inside)) return true;
    const auto found = newest_.find(number(inside));
    if (found == newest_.end()) return true;
    for (std::int64_t i = found->second; i >= 0; i = items_[static_cast<std::size_t>(i)].next) {
      if (squared_distance(items_[static_cast<std::size_t>(i)].position, p) < spacing_squared_) {
        return false;
      }
    }
    return true;
  }

  [[nodiscard]] std::int64_t squared_distance(const Index3& a, const Index3& b) const {
    const auto along = [&](std::int64_t u, std::int64_t v, std::int64_t n) {
      const std::int64_t d = std::abs(u - v);
      const std::int64_t shortest = lattice_.periodic ? std::min(d, n - d) : d;
      return shortest * shortest;
    };
    return along(a.x, b.x, lattice_.extent.x) + along(a.y, b.y, lattice_.extent.y) +
           along(a.z, b.z, lattice_.extent.z);
  }

  Lattice lattice_;
  std::int64_t spacing_squared_;
  Index3 count_;
  std::map<std::int64_t, std::int64_t> newest_;  // cell -> its last item
  std::vector<Item> items_;
};

std::int64_t sum_of(const NicheStrata& strata) {
  std::int64_t sum = 0;
  for (const auto& by_place : strata) sum += by_place[near] + by_place[far];
  return sum;
}

/// One pass over the candidates in order of priority.
class Choice {
 public:
  Choice(const Lattice& lattice, const NicheDemand& demand,
         std::span<const NicheCandidate> candidates, std::span<const std::uint16_t> bone_squared)
      : lattice_(lattice),
        candidates_(candidates),
        bone_squared_(bone_squared),
        near_squared_(demand.near_squared),
        grid_(lattice, demand.spacing_squared) {}

  /// Takes candidates in `order` that keep the spacing while their stratum is below its quota.
  void take(std::span<const std::uint32_t> order, const NicheStrata& quota) {
    const std::int64_t wanted = sum_of(quota);
    for (const std::uint32_t i : order) {
      if (sum_of(placed_) >= wanted) return;
      const std::uint64_t type = candidates_[i].type;
      const int place = bone_squared_[i] <= near_squared_ ? near : far;
      if (placed_[type][place] >= quota[type][place]) continue;
      accept(i, type, place);
    }
  }

  /// Fills up to `count` from any type that is wanted at all.
  void fill(std::span<const std::uint32_t> order, const NicheDemand& demand) {
    for (const std::uint32_t i : order) {
      if (sum_of(placed_) >= demand.count) return;
      const std::uint64_t type = candidates_[i].type;
      if (!(demand.weights[type] > 0.0)) continue;
      accept(i, type, bone_squared_[i] <= near_squared_ ? near : far);
    }
  }

  [[nodiscard]] const NicheStrata& placed() const { return placed_; }

  [[nodiscard]] NicheTable table() const {
    NicheTable table;
    table.reserve(chosen_.size());
    for (const std::uint32_t i : chosen_) {
      table.push_back({candidates_[i].site, static_cast<NicheType>(candidates_[i].type),
                       distance_voxels(bone_squared_[i])});
    }
    std::sort(table.begin(), table.end(),
              [](const Niche& a, const Niche& b) { return a.site < b.site; });
    return table;
  }

 private:
  void accept(std::uint32_t i, std::uint64_t type, int place) {
    const Index3 p = lattice_.position(candidates_[i].site);
    if (!grid_.has_room(p)) return;
    grid_.add(p);
    chosen_.push_back(i);
    ++placed_[type][place];
  }

  Lattice lattice_;
  std::span<const NicheCandidate> candidates_;
  std::span<const std::uint16_t> bone_squared_;
  std::int64_t near_squared_;
  SpacingGrid grid_;
  std::vector<std::uint32_t> chosen_;
  NicheStrata placed_{};
};

std::vector<std::uint32_t> by_priority(std::span<const NicheCandidate> candidates) {
  std::vector<std::uint32_t> order(candidates.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const NicheCandidate &p = candidates[a], &q = candidates[b];
    return p.priority != q.priority ? p.priority < q.priority : p.site < q.site;
  });
  return order;
}

}  // namespace

NicheDemand niche_demand(const NicheParameters& niches, const Lattice& lattice) {
  NicheDemand demand;
  demand.count =
      static_cast<std::int64_t>(std::floor(niches.density_per_mm3 * lattice.volume_mm3() + 0.5));
  demand.weights = {niches.perisinusoidal, niches.periarteriolar, niches.endosteal};
  demand.near_share = niches.near_bone_share;
  const double a2 = lattice.spacing_um * lattice.spacing_um;
  const double reach = niches.near_bone_distance_um * niches.near_bone_distance_um / a2;
  demand.near_squared = static_cast<std::int64_t>(std::min(reach + slack, 255.0 * 255.0));
  const double spacing = niches.min_spacing_um * niches.min_spacing_um / a2;
  demand.spacing_squared =
      std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(spacing - slack)));
  return demand;
}

NicheStrata plan_strata(const NicheDemand& demand, const NicheStrata& room) {
  const auto total = type_totals(demand, room);
  std::array<std::int64_t, niche_types> least{};
  std::array<double, niche_types> play{};
  std::int64_t least_near = 0, all = 0, all_play = 0;
  for (int t = 0; t < niche_types; ++t) {
    least[t] = std::max<std::int64_t>(0, total[t] - room[t][far]);
    const std::int64_t most = std::min(total[t], room[t][near]);
    play[t] = static_cast<double>(most - least[t]);
    least_near += least[t];
    all_play += most - least[t];
    all += total[t];
  }
  const auto wanted =
      static_cast<std::int64_t>(std::floor(demand.near_share * static_cast<double>(all) + 0.5));
  const auto extra = apportion(std::clamp<std::int64_t>(wanted - least_near, 0, all_play), play);
  NicheStrata quota{};
  for (int t = 0; t < niche_types; ++t) {
    quota[t][near] = least[t] + extra[t];
    quota[t][far] = total[t] - quota[t][near];
  }
  return quota;
}

NicheSelection select_niches(const Lattice& lattice, const NicheDemand& demand,
                             std::span<const NicheCandidate> candidates,
                             std::span<const std::uint16_t> bone_squared) {
  const std::vector<std::uint32_t> order = by_priority(candidates);
  NicheStrata room{};
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    ++room[candidates[i].type][bone_squared[i] <= demand.near_squared ? near : far];
  }
  const NicheStrata plenty = [&] {
    NicheStrata r{};
    for (auto& by_place : r) by_place = {demand.count, demand.count};
    r[static_cast<int>(NicheType::endosteal)][far] = 0;  // touching bone is near it
    return r;
  }();
  const NicheStrata ideal = plan_strata(demand, plenty);
  NicheSelection result;
  for (int round = 0;; ++round) {
    const NicheStrata quota = plan_strata(demand, room);
    Choice choice(lattice, demand, candidates, bone_squared);
    choice.take(order, quota);
    const bool room_left = sum_of(quota) == demand.count;
    const bool filled = choice.placed() == quota && room_left;
    if (filled || !room_left || round == most_rounds) {
      result.as_planned = filled && quota == ideal;
      if (!filled) choice.fill(order, demand);
      result.niches = choice.table();
      result.placed = choice.placed();
      return result;
    }
    for (int t = 0; t < niche_types; ++t) {
      for (const int place : {near, far}) {
        if (choice.placed()[t][place] < quota[t][place]) room[t][place] = choice.placed()[t][place];
      }
    }
  }
}

}  // namespace marrow
