// SPDX-License-Identifier: BSD-3-Clause
#include "io/biopsy/ground.hpp"

#include "core/math/elementary.hpp"
#include "core/random/mix.hpp"

#include <algorithm>
#include <cmath>

namespace marrow::io {
namespace {

constexpr double lamella_um = 7.0;
constexpr double grain_um = 1.3;
constexpr double cloud_um = 45.0;
constexpr double fat_wall_um = 0.9;  // half of the wall between two fat cells

/// 1 on the edge of a vessel, 0 where its share is larger by `width`.
double edge(double share, double width) {
  return std::clamp(1.0 - (share - static_cast<double>(vessel_edge)) / width, 0.0, 1.0);
}

}  // namespace

Texture::Texture(std::uint64_t salt) {
  for (std::size_t i = 0; i < value_.size(); ++i) {
    const std::uint64_t word = mix64((salt << 32) + i + 1);
    value_[i] = static_cast<float>(static_cast<double>(word >> 40) * 0x1p-23 - 1.0);
  }
}

float Texture::at(double x, double y) const {
  const double left = std::floor(x), top = std::floor(y);
  const auto i = static_cast<std::size_t>(static_cast<std::int64_t>(left) & 255);
  const auto j = static_cast<std::size_t>(static_cast<std::int64_t>(top) & 255);
  const std::size_t right = (i + 1) & 255, below = 256 * ((j + 1) & 255);
  const auto a = static_cast<float>(x - left), b = static_cast<float>(y - top);
  const float above_row = value_[i + 256 * j] + a * (value_[right + 256 * j] - value_[i + 256 * j]);
  const float below_row = value_[i + below] + a * (value_[right + below] - value_[i + below]);
  return above_row + b * (below_row - above_row);
}

Ground::Ground(Stain stain) : stain_(stain), fine_(1), coarse_(2) {}

float Ground::grain(double s, double t) const {
  return 1.0F + 0.22F * fine_.at(s / grain_um, t / grain_um) +
         0.08F * coarse_.at(s / cloud_um, t / cloud_um);
}

Dyes Ground::bone(double depth, double s, double t) const {
  if (stain_ != Stain::he) return {0.07, 0.02, 0};
  const double bend = 2.5 * static_cast<double>(coarse_.at(s / cloud_um, t / cloud_um));
  const double lamella = sincos_turns((depth + bend) / lamella_um).sin;
  const double rim = std::clamp(1.0 - depth / 6.0, 0.0, 1.0);  // the newest bone
  return {0.025 + 0.02 * rim, 0.34 + 0.03 * lamella + 0.05 * rim, 0};
}

Dyes Ground::vessel(double share, SectionPlace place) const {
  const bool arteriole = place == SectionPlace::arteriole;
  const double wall = edge(share, arteriole ? 0.30 : 0.12);
  if (stain_ == Stain::cd34) return {0.02, 0, (arteriole ? 0.5 : 0.4) * edge(share, 0.12)};
  if (stain_ == Stain::cd8) return {0.02 + 0.05 * wall, 0, 0};
  return {0.02 + 0.10 * wall, (arteriole ? 0.42 : 0.30) * wall + 0.02, 0};
}

Dyes Ground::dyes(SectionPlace place, const SectionTissue::Shares& shares, double s,
                  double t) const {
  switch (place) {
    case SectionPlace::outside:
      return {};
    case SectionPlace::bone:
      return bone(static_cast<double>(shares.bone_depth_um), s, t);
    case SectionPlace::arteriole:
      return vessel(static_cast<double>(shares.arteriole), place);
    case SectionPlace::sinusoid:
      return vessel(static_cast<double>(shares.sinusoid), place);
    default:
      break;
  }
  const double cloud = static_cast<double>(coarse_.at(s / cloud_um, t / cloud_um));
  if (stain_ != Stain::he) return {0.045 + 0.01 * cloud, 0.01, 0};
  return {0.03, 0.13 + 0.03 * cloud, 0};
}

Dyes Ground::fat(double wall_um) const {
  const double wall = std::clamp(1.0 - wall_um / fat_wall_um, 0.0, 1.0);
  if (stain_ != Stain::he) return {0.12 * wall, 0.02 * wall, 0.02 * wall};
  return {0.06 * wall, 0.34 * wall, 0};
}

}  // namespace marrow::io
