// SPDX-License-Identifier: BSD-3-Clause
#include "core/tissue/marrow_parts.hpp"

#include <algorithm>
#include <utility>

namespace marrow {

std::uint64_t Forest::add() {
  up_.push_back(up_.size());
  return up_.back();
}

std::uint64_t Forest::root(std::uint64_t i) {
  while (up_[i] != i) i = up_[i] = up_[up_[i]];
  return i;
}

void Forest::join(std::uint64_t i, std::uint64_t j) {
  const std::uint64_t a = root(i), b = root(j);
  up_[std::max(a, b)] = std::min(a, b);
}

std::vector<std::uint64_t> Forest::numbered() && {
  std::uint64_t trees = 0;
  for (std::uint64_t i = 0; i < up_.size(); ++i) {
    // Links lead downwards, so the one followed here is a number already.
    up_[i] = up_[i] == i ? trees++ : up_[up_[i]];
  }
  return std::move(up_);
}

MarrowParts::MarrowParts(const TissueBox& tissue, const Box& own, const Lattice& lattice)
    : own_(own) {
  row_end_.push_back(0);
  if (own.empty()) return;
  const Index3 e = own.extent();
  row_end_.reserve(static_cast<std::size_t>(e.y * e.z) + 1);
  Forest forest;
  for (std::int64_t z = own.lo.z; z < own.hi.z; ++z) {
    for (std::int64_t y = own.lo.y; y < own.hi.y; ++y) {
      find_row(tissue, y, z, forest);
      if (y > own.lo.y) join_rows(row_of(y, z), row_of(y - 1, z), forest);
      if (z > own.lo.z) join_rows(row_of(y, z), row_of(y, z - 1), forest);
    }
  }
  part_ = std::move(forest).numbered();
  collect(lattice);
}

std::size_t MarrowParts::row_of(std::int64_t y, std::int64_t z) const {
  return static_cast<std::size_t>((y - own_.lo.y) + own_.extent().y * (z - own_.lo.z));
}

void MarrowParts::find_row(const TissueBox& tissue, std::int64_t y, std::int64_t z,
                           Forest& forest) {
  const std::uint8_t* kind =
      &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, {own_.lo.x, y, z}))];
  const std::int64_t n = own_.extent().x;
  const auto open = [&](std::int64_t x) { return enterable(static_cast<TissueKind>(kind[x])); };
  for (std::int64_t x = 0; x < n;) {
    if (!open(x)) {
      ++x;
      continue;
    }
    const std::int64_t lo = x;
    while (x < n && x - lo < Run::longest && open(x)) ++x;
    const bool goes_on =
        runs_.size() > row_end_.back() && runs_.back().hi() == lo;  // a run too long for one record
    runs_.emplace_back(lo, x - lo);
    const std::uint64_t run = forest.add();
    if (goes_on) forest.join(run, run - 1);
  }
  row_end_.push_back(runs_.size());
}

void MarrowParts::join_rows(std::size_t row, std::size_t other, Forest& forest) const {
  std::size_t i = row_end_[row], j = row_end_[other];
  while (i < row_end_[row + 1] && j < row_end_[other + 1]) {
    const Run &a = runs_[i], &b = runs_[j];
    if (a.lo() < b.hi() && b.lo() < a.hi()) forest.join(i, j);
    if (a.hi() < b.hi()) {
      ++i;
    } else {
      ++j;
    }
  }
}

void MarrowParts::collect(const Lattice& lattice) {
  for (std::int64_t z = own_.lo.z; z < own_.hi.z; ++z) {
    for (std::int64_t y = own_.lo.y; y < own_.hi.y; ++y) {
      const SiteIndex start = lattice.site({own_.lo.x, y, z});
      const std::size_t row = row_of(y, z);
      for (std::size_t i = row_end_[row]; i < row_end_[row + 1]; ++i) {
        // A part's first run comes first and holds its lowest site.
        if (part_[i] == parts_.size()) {
          parts_.push_back({start + static_cast<SiteIndex>(runs_[i].lo()), 0});
        }
        parts_[part_[i]].voxels += runs_[i].hi() - runs_[i].lo();
      }
    }
  }
}

/// Calls use(run, lo, hi) for the runs of a row that meet [lo, hi), cut to it.
template <class Use>
void MarrowParts::for_each_run(std::size_t row, std::int64_t lo, std::int64_t hi, Use&& use) const {
  const auto end = runs_.begin() + static_cast<std::ptrdiff_t>(row_end_[row + 1]);
  auto run = std::upper_bound(runs_.begin() + static_cast<std::ptrdiff_t>(row_end_[row]), end, lo,
                              [](std::int64_t x, const Run& r) { return x < r.hi(); });
  for (; run != end && run->lo() < hi; ++run) {
    use(static_cast<std::size_t>(run - runs_.begin()), std::max(lo, run->lo()),
        std::min(hi, run->hi()));
  }
}

std::vector<MarrowPart> MarrowParts::parts_to_share() const {
  std::vector<MarrowPart> shared;
  if (own_.empty()) return shared;
  const Index3 e = own_.extent();
  std::vector<bool> open(parts_.size());
  for (std::int64_t z = 0; z < e.z; ++z) {
    for (std::int64_t y = 0; y < e.y; ++y) {
      const bool face = y == 0 || z == 0 || y == e.y - 1 || z == e.z - 1;
      const std::size_t row = row_of(own_.lo.y + y, own_.lo.z + z);
      const auto mark = [&](std::size_t run, std::int64_t, std::int64_t) {
        open[part_[run]] = true;
      };
      for_each_run(row, 0, face ? e.x : 1, mark);
      for_each_run(row, e.x - 1, e.x, mark);
    }
  }
  const MarrowPart* largest = nullptr;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (!open[i] && (largest == nullptr || parts_[i].voxels > largest->voxels)) {
      largest = &parts_[i];
    }
  }
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (open[i] || &parts_[i] == largest) shared.push_back(parts_[i]);
  }
  return shared;
}

std::vector<SiteIndex> MarrowParts::names(const Box& region) const {
  std::vector<SiteIndex> out(static_cast<std::size_t>(region.volume()), no_part);
  std::size_t at = 0;
  const std::int64_t lo = region.lo.x - own_.lo.x, hi = region.hi.x - own_.lo.x;
  for (std::int64_t z = region.lo.z; z < region.hi.z; ++z) {
    for (std::int64_t y = region.lo.y; y < region.hi.y; ++y) {
      for_each_run(row_of(y, z), lo, hi, [&](std::size_t run, std::int64_t a, std::int64_t b) {
        std::fill_n(&out[at + static_cast<std::size_t>(a - lo)], b - a, parts_[part_[run]].name);
      });
      at += static_cast<std::size_t>(hi - lo);
    }
  }
  return out;
}

std::int64_t MarrowParts::seal(std::span<const SiteIndex> reached, TissueBox& tissue) const {
  if (own_.empty()) return 0;
  std::vector<bool> enclosed(parts_.size());
  std::int64_t sealed = 0;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    enclosed[i] = !std::binary_search(reached.begin(), reached.end(), parts_[i].name);
    if (enclosed[i]) sealed += parts_[i].voxels;
  }
  if (sealed == 0) return 0;
  for (std::int64_t z = own_.lo.z; z < own_.hi.z; ++z) {
    for (std::int64_t y = own_.lo.y; y < own_.hi.y; ++y) {
      std::uint8_t* kind =
          &tissue.kind[static_cast<std::size_t>(offset_in(tissue.box, {own_.lo.x, y, z}))];
      for_each_run(row_of(y, z), 0, own_.extent().x,
                   [&](std::size_t run, std::int64_t a, std::int64_t b) {
                     if (!enclosed[part_[run]]) return;
                     std::fill(kind + a, kind + b, static_cast<std::uint8_t>(TissueKind::sealed));
                   });
    }
  }
  return sealed;
}

std::vector<SiteIndex> largest_whole(std::vector<MarrowPart> parts,
                                     std::span<const PartContact> contacts) {
  const auto by_name = [](const MarrowPart& a, const MarrowPart& b) { return a.name < b.name; };
  std::sort(parts.begin(), parts.end(), by_name);
  const auto place = [&](SiteIndex name) {
    return static_cast<std::uint64_t>(
        std::lower_bound(parts.begin(), parts.end(), MarrowPart{name, 0}, by_name) - parts.begin());
  };
  Forest forest;
  for (std::size_t i = 0; i < parts.size(); ++i) forest.add();
  for (const PartContact& c : contacts) forest.join(place(c.a), place(c.b));
  const std::vector<std::uint64_t> whole = std::move(forest).numbered();
  std::vector<std::int64_t> voxels(parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) voxels[whole[i]] += parts[i].voxels;
  // Wholes are numbered by their lowest site, so the first of equals is the one meant.
  const auto largest =
      static_cast<std::uint64_t>(std::max_element(voxels.begin(), voxels.end()) - voxels.begin());
  std::vector<SiteIndex> names;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (whole[i] == largest) names.push_back(parts[i].name);
  }
  return names;
}

}  // namespace marrow
