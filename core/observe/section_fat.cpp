// SPDX-License-Identifier: BSD-3-Clause
#include "core/observe/section_fat.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace marrow {
namespace {

constexpr double bin_um = 40.0;

float power(const FatProfile& a, double s, double t) {
  const auto ds = static_cast<float>(s) - a.s_um, dt = static_cast<float>(t) - a.t_um;
  return ds * ds + dt * dt - a.radius_squared_um2;
}

}  // namespace

FatShare::FatShare(const Lattice& lattice, std::vector<double> by_block)
    : spacing_um_(lattice.spacing_um), grid_(lattice.extent), by_block_(std::move(by_block)) {}

double FatShare::at(const Vector3& p) const {
  const double edge = spacing_um_ * static_cast<double>(block_edge);
  struct Between {
    std::int64_t low, high;
    double weight;
  };
  const auto between = [&](double v, std::int64_t n) {
    const double place = std::clamp(v / edge - 0.5, 0.0, static_cast<double>(n - 1));
    const auto low = static_cast<std::int64_t>(place);
    return Between{low, std::min(low + 1, n - 1), place - static_cast<double>(low)};
  };
  const Between x = between(p.x, grid_.extent.x), y = between(p.y, grid_.extent.y),
                z = between(p.z, grid_.extent.z);
  const auto share = [&](std::int64_t i, std::int64_t j, std::int64_t k) {
    return by_block_[static_cast<std::size_t>(grid_.index({i, j, k}))];
  };
  const auto row = [&](std::int64_t j, std::int64_t k) {
    return (1.0 - x.weight) * share(x.low, j, k) + x.weight * share(x.high, j, k);
  };
  const auto plane = [&](std::int64_t k) {
    return (1.0 - y.weight) * row(y.low, k) + y.weight * row(y.high, k);
  };
  return (1.0 - z.weight) * plane(z.low) + z.weight * plane(z.high);
}

SectionFat::SectionFat(std::vector<FatProfile> profiles, double length_um, double width_um)
    : profiles_(std::move(profiles)),
      half_width_um_(0.5 * width_um),
      columns_(static_cast<std::int64_t>(length_um / bin_um) + 1),
      rows_(static_cast<std::int64_t>(width_um / bin_um) + 1) {
  const auto for_bins = [&](const FatProfile& a, auto&& use) {
    const double r = std::sqrt(a.radius_squared_um2) + SectionFat::exact_wall_um;
    const auto bin = [](double v, std::int64_t n) {
      return std::clamp(static_cast<std::int64_t>(std::floor(v / bin_um)), std::int64_t{0}, n - 1);
    };
    const double t = a.t_um + half_width_um_;
    for (std::int64_t j = bin(t - r, rows_); j <= bin(t + r, rows_); ++j) {
      for (std::int64_t i = bin(a.s_um - r, columns_); i <= bin(a.s_um + r, columns_); ++i) {
        use(static_cast<std::size_t>(i + columns_ * j));
      }
    }
  };
  first_.assign(static_cast<std::size_t>(columns_ * rows_) + 1, 0);
  for (const FatProfile& a : profiles_) {
    for_bins(a, [&](std::size_t bin) { ++first_[bin + 1]; });
  }
  for (std::size_t i = 1; i < first_.size(); ++i) first_[i] += first_[i - 1];
  binned_.resize(first_.back());
  std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
  for (const FatProfile& a : profiles_) {
    for_bins(a, [&](std::size_t bin) { binned_[next[bin]++] = a; });
  }
}

std::span<const FatProfile> SectionFat::near(double s, double t) const {
  const auto i =
      std::clamp(static_cast<std::int64_t>(std::floor(s / bin_um)), std::int64_t{0}, columns_ - 1);
  const auto j = std::clamp(static_cast<std::int64_t>(std::floor((t + half_width_um_) / bin_um)),
                            std::int64_t{0}, rows_ - 1);
  const auto bin = static_cast<std::size_t>(i + columns_ * j);
  return {binned_.data() + first_[bin], first_[bin + 1] - first_[bin]};
}

bool SectionFat::inside(double s, double t) const {
  return std::ranges::any_of(near(s, t), [&](const FatProfile& a) { return power(a, s, t) < 0; });
}

SectionFat::Place SectionFat::at(double s, double t) const {
  const auto around = near(s, t);
  const FatProfile* own = nullptr;
  float least = 0;
  for (const FatProfile& a : around) {
    const float p = power(a, s, t);
    if (p < least) {
      least = p;
      own = &a;
    }
  }
  if (own == nullptr) return {};
  const float ds = static_cast<float>(s) - own->s_um, dt = static_cast<float>(t) - own->t_um;
  const float from_centre = std::sqrt(ds * ds + dt * dt);
  Place place{true, std::sqrt(own->radius_squared_um2) - from_centre,
              std::numeric_limits<float>::max(), 1, 0};
  if (from_centre > 0) {
    place.out_s = ds / from_centre;
    place.out_t = dt / from_centre;
  }
  for (const FatProfile& a : around) {
    if (&a == own) continue;
    const float apart_s = a.s_um - own->s_um, apart_t = a.t_um - own->t_um;
    const float apart = std::sqrt(apart_s * apart_s + apart_t * apart_t);
    const float more = power(a, s, t) - least;
    if (more >= 2 * apart * place.second_wall_um) continue;
    const float wall_um = more / (2 * apart);
    if (wall_um >= place.wall_um) {
      place.second_wall_um = wall_um;
      continue;
    }
    place.second_wall_um = place.wall_um;
    place.wall_um = wall_um;
    place.out_s = apart_s / apart;
    place.out_t = apart_t / apart;
  }
  return place;
}

float rounded_wall_um(const SectionFat::Place& inside) {
  constexpr float radius = 6.0F;
  static_assert(radius <= SectionFat::exact_wall_um);
  const float first = radius - inside.wall_um, second = radius - inside.second_wall_um;
  if (first <= 0 || second <= 0) return inside.wall_um;
  return radius - std::sqrt(first * first + second * second);
}

}  // namespace marrow
