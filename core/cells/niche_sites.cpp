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
  // Images on either side that may reach into `covered`: several where the lattice is small.
  const auto images = [&](std::int64_t n, std::int64_t lo, std::int64_t hi) {
    const std::int64_t beyond = std::max<std::int64_t>(0, std::max(-lo, hi - n));
    return lattice.periodic ? (beyond + n - 1) / n : std::int64_t{0};
  };
  const Index3 e = lattice.extent;
  const Index3 reach{images(e.x, covered.lo.x, covered.hi.x),
                     images(e.y, covered.lo.y, covered.hi.y),
                     images(e.z, covered.lo.z, covered.hi.z)};
  for (std::int64_t sz = -reach.z; sz <= reach.z; ++sz) {
    for (std::int64_t sy = -reach.y; sy <= reach.y; ++sy) {
      for (std::int64_t sx = -reach.x; sx <= reach.x; ++sx) {
        const Index3 q = p + Index3{sx * e.x, sy * e.y, sz * e.z};
        if (covered.contains(q)) visit(q);
      }
    }
  }
}

bool within(const Index3& a, const Index3& b, std::int64_t reach) {
  return std::abs(a.x - b.x) <= reach && std::abs(a.y - b.y) <= reach &&
         std::abs(a.z - b.z) <= reach;
}

}  // namespace

NicheSites::NicheSites(const NicheTable& table, const Lattice& lattice, const Box& covered,
                       const Box& own, ContactRule rule)
    : layout_(covered.grown(1)), reach_(contact_reach(rule)) {
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
    const Index3 q = p + Index3{(corner & 1) ? reach_ : -reach_, (corner & 2) ? reach_ : -reach_,
                                (corner & 4) ? reach_ : -reach_};
    const BrickIndex brick = layout_.index(q) >> 9;
    if (std::find(seen, seen + bricks_seen, brick) != seen + bricks_seen) continue;
    seen[bricks_seen++] = brick;
    for (std::uint32_t s = brick_first_[brick]; s < brick_first_[brick + 1]; ++s) {
      const NicheSite& site = sites_[s];
      if (!within(site.position, p, reach_) || !site.presents(substep)) continue;
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
