// SPDX-License-Identifier: BSD-3-Clause
#include "core/cells/niche_index.hpp"

#include "core/math/elementary.hpp"
#include "core/model/fault.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace marrow {
namespace {

/// Bins no narrower than the radius, so that a neighbourhood touches at most three along an axis.
std::int64_t bin_count(std::int64_t extent, std::int64_t radius) {
  return std::max<std::int64_t>(1, extent / std::max<std::int64_t>(1, radius));
}

std::int64_t bin_of(std::int64_t at, std::int64_t extent, std::int64_t bins) {
  return at * bins / extent;
}

}  // namespace

NicheIndex::NicheIndex(const NicheTable& niches, const Lattice& lattice,
                       const StemCellParameters& hspc)
    : extent_(lattice.extent), periodic_(lattice.periodic) {
  constexpr double weight_of_contact = 0x1p24;
  const double radius = hspc.placement_radius_um / lattice.spacing_um;
  const auto reach = static_cast<std::int64_t>(std::floor(radius * radius));
  weight_.resize(static_cast<std::size_t>(reach) + 1);
  for (std::size_t d2 = 0; d2 < weight_.size(); ++d2) {
    const double distance_um = std::sqrt(static_cast<double>(d2)) * lattice.spacing_um;
    const double share = det_exp(-distance_um / hspc.placement_length_um);
    weight_[d2] = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(weight_of_contact * share));
  }
  const auto edge = static_cast<std::int64_t>(std::floor(radius)) + 1;
  bins_ = {bin_count(extent_.x, edge), bin_count(extent_.y, edge), bin_count(extent_.z, edge)};
  bin_first_.assign(static_cast<std::size_t>(volume(bins_)) + 1, 0);
  std::vector<std::size_t> bin(niches.size());
  for (std::size_t n = 0; n < niches.size(); ++n) {
    const Index3 p = lattice.position(niches[n].site);
    positions_.push_back(p);
    bin[n] = static_cast<std::size_t>(
        bin_of(p.x, extent_.x, bins_.x) +
        bins_.x * (bin_of(p.y, extent_.y, bins_.y) + bins_.y * bin_of(p.z, extent_.z, bins_.z)));
    ++bin_first_[bin[n] + 1];
  }
  std::partial_sum(bin_first_.begin(), bin_first_.end(), bin_first_.begin());
  members_.resize(niches.size());
  std::vector<std::uint32_t> next(bin_first_.begin(), bin_first_.end() - 1);
  for (std::size_t n = 0; n < niches.size(); ++n) {
    members_[next[bin[n]]++] = static_cast<std::uint32_t>(n);
  }
}

int NicheIndex::bins_along(std::int64_t at, std::int64_t extent, std::int64_t bins,
                           std::array<std::int64_t, 3>& out) const {
  const std::int64_t home = bin_of(at, extent, bins);
  int n = 0;
  for (std::int64_t step = -1; step <= 1; ++step) {
    std::int64_t b = home + step;
    if (periodic_) b = (b + bins) % bins;
    if (b < 0 || b >= bins || std::find(out.begin(), out.begin() + n, b) != out.begin() + n)
      continue;
    out[static_cast<std::size_t>(n++)] = b;
  }
  return n;
}

std::uint64_t NicheIndex::weight_between(const Index3& a, const Index3& b) const {
  const auto along = [this](std::int64_t u, std::int64_t v, std::int64_t n) {
    const std::int64_t d = std::abs(u - v);
    return periodic_ ? std::min(d, n - d) : d;
  };
  const std::int64_t dx = along(a.x, b.x, extent_.x);
  const std::int64_t dy = along(a.y, b.y, extent_.y);
  const std::int64_t dz = along(a.z, b.z, extent_.z);
  const auto d2 = static_cast<std::size_t>(dx * dx + dy * dy + dz * dz);
  if (injected(Fault::anywhere_nearby)) return d2 < weight_.size() ? 1 : 0;
  return d2 < weight_.size() ? weight_[d2] : 0;
}

}  // namespace marrow
