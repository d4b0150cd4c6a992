// SPDX-License-Identifier: BSD-3-Clause
#include "core/rules/chemotaxis.hpp"

#include <algorithm>
#include <cmath>

namespace marrow {

HopBias hop_bias(const ChemotaxisParameters& chemotaxis, double level,
                 const std::array<double, 3>& gradient_per_um, double spacing_um) {
  HopBias bias{};
  const double g2 = gradient_per_um[0] * gradient_per_um[0] +
                    gradient_per_um[1] * gradient_per_um[1] +
                    gradient_per_um[2] * gradient_per_um[2];
  const double g = std::sqrt(g2);
  if (!(g > 0.0)) return bias;
  const double half = chemotaxis.half_gradient_per_mm * 1e-3;
  const double wanted = chemotaxis.directed_share * g / (g + half);
  const double bounded = spacing_um / 6.0 * g / ((level + 1.0) * (2.0 * level + 1.0));
  const double directed = std::min(wanted, bounded);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    // A third of the hops go along an axis and half of them the wrong way: turning the share q of
    // these round moves q/3 of a voxel per hop.
    const double turned = 3.0 * directed * gradient_per_um[axis] / g;
    const double fixed = std::floor(std::min(std::fabs(turned), 1.0) * (full_bias - 1.0) + 0.5);
    bias[axis] = static_cast<std::int16_t>(turned < 0.0 ? -fixed : fixed);
  }
  return bias;
}

double door_openness(double level) { return 0.5 * (2.0 * level + 1.0) / (level + 1.0); }

}  // namespace marrow
