// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/niche_sites.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace marrow {
namespace {

/// Calls visit(shifted position) for p and, on a periodic lattice, for each image inside `covered`.
template <class Visit>
void for_each_image(const Lattice& lattice, const Box& covered, const Index3& p, Visit&& visit) {
  const std::int64_t reach = lattice.periodic ? 1 : 0;
  for (std::int64_t sz = -reach; sz <= reach; ++sz) {
    for (std::int64_t sy = -reach; sy <= reach; ++sy) {
      for (std::int64_t sx = -reach; sx <= reach; ++sx) {
        const Index3 q =
            p + Index3{sx * lattice.extent.x, sy * lattice.extent.y, sz * lattice.extent.z};
        if (covered.contains(q)) visit(q);
      }
    }
  }
}

bool touches(const Index3& a, const Index3& b) {
  return std::abs(a.x - b.x) <= 1 && std::abs(a.y - b.y) <= 1 && std::abs(a.z - b.z) <= 1;
}

}  // namespace

NicheSites::NicheSites(const NicheTable& table, const Lattice& lattice, const Box& covered,
                       const Box& own)
    : layout_(covered.grown(1)) {
  for (std::size_t n = 0; n < table.size(); ++n) {
    for_each_image(lattice, covered, lattice.position(table[n].site), [&](const Index3& q) {
      NicheSite site;
      site.position = q;
      site.niche = static_cast<std::uint32_t>(n);
      site.owned = own.contains(q);
      sites_.push_back(site);
    });
  }
  std::ranges::sort(sites_, {}, [this](const NicheSite& s) { return layout_.index(s.position); });
  brick_first_.assign(layout_.brick_count() + 1, 0);
  for (const NicheSite& s : sites_) ++brick_first_[(layout_.index(s.position) >> 9) + 1];
  std::partial_sum(brick_first_.begin(), brick_first_.end(), brick_first_.begin());
  by_niche_.resize(sites_.size());
  std::iota(by_niche_.begin(), by_niche_.end(), 0u);
  std::ranges::sort(by_niche_, {}, [this](std::uint32_t s) { return sites_[s].niche; });
}

std::uint32_t NicheSites::presenting_neighbour(const Index3& p, std::uint32_t substep) const {
  std::uint32_t best = none;
  BrickIndex seen[8];
  int bricks_seen = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const Index3 q =
        p + Index3{(corner & 1) ? 1 : -1, (corner & 2) ? 1 : -1, (corner & 4) ? 1 : -1};
    const BrickIndex brick = layout_.index(q) >> 9;
    if (std::find(seen, seen + bricks_seen, brick) != seen + bricks_seen) continue;
    seen[bricks_seen++] = brick;
    for (std::uint32_t s = brick_first_[brick]; s < brick_first_[brick + 1]; ++s) {
      const NicheSite& site = sites_[s];
      if (!touches(site.position, p) || !site.presents(substep)) continue;
      if (best == none || site.niche < sites_[best].niche) best = s;
    }
  }
  return best;
}

void NicheSites::note_hit(std::uint32_t site) {
  (sites_[site].owned ? owned_hits_ : ghost_hits_).push_back(site);
}

std::vector<std::uint32_t> NicheSites::take_owned_hits() {
  std::vector<std::uint32_t> niches;
  for (const std::uint32_t site : owned_hits_) niches.push_back(sites_[site].niche);
  std::ranges::sort(niches);
  owned_hits_.clear();
  return niches;
}

std::vector<std::uint32_t> NicheSites::wounded() const {
  std::vector<std::uint32_t> niches;
  for (const NicheSite& site : sites_) {
    if (site.owned && site.wounded) niches.push_back(site.niche);
  }
  std::ranges::sort(niches);
  return niches;
}

void NicheSites::forget_ghost_hits() {
  for (const std::uint32_t site : ghost_hits_) sites_[site].hit_substep = NicheSite::not_hit;
  ghost_hits_.clear();
}

void NicheSites::mark_hit(std::uint32_t niche) {
  auto place = std::ranges::lower_bound(by_niche_, niche, {},
                                        [this](std::uint32_t s) { return sites_[s].niche; });
  for (; place != by_niche_.end() && sites_[*place].niche == niche; ++place) {
    sites_[*place].kill = Threshold();
  }
}

}  // namespace marrow
