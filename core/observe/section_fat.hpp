// SPDX-License-Identifier: BSD-3-Clause
// Fat cells in the plane of a section: the spheres of core/tissue/adipocytes.hpp that the local fat
// share reveals, cut by the plane. Where spheres overlap each point belongs to the one with the
// least power distance (squared distance less squared radius), so that neighbours meet in a flat
// wall as crowded fat cells do; together they cover exactly what the spheres cover.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/observe/needle.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// The fat share of the marrow anywhere, from that of each block: linear between block centres,
/// constant beyond the outermost.
class FatShare {
 public:
  /// `by_block`: one value, 0 .. 1, for each block of the lattice.
  FatShare(const Lattice& lattice, std::vector<double> by_block);

  [[nodiscard]] double at(const Vector3& p_um) const;

 private:
  double spacing_um_;
  BlockGrid grid_;
  std::vector<double> by_block_;
};

/// A sphere cut by the plane.
struct FatProfile {
  float s_um = 0, t_um = 0;
  float radius_squared_um2 = 0;
};

class SectionFat {
 public:
  SectionFat(std::vector<FatProfile> profiles, double length_um, double width_um);

  /// Walls nearer than this are found exactly; of further ones the nearest may be missed.
  static constexpr double exact_wall_um = 8.0;

  /// Where a point lies with respect to the fat cells.
  struct Place {
    bool inside = false;
    float wall_um = 0;           // inside: distance to the nearest wall
    float second_wall_um = 0;    // inside: and to the next one
    float out_s = 0, out_t = 0;  // inside: the unit vector to that wall
  };
  [[nodiscard]] Place at(double s_um, double t_um) const;
  [[nodiscard]] bool inside(double s_um, double t_um) const;
  [[nodiscard]] std::span<const FatProfile> profiles() const { return profiles_; }

 private:
  [[nodiscard]] std::span<const FatProfile> near(double s_um, double t_um) const;

  std::vector<FatProfile> profiles_;
  double half_width_um_;
  std::int64_t columns_, rows_;
  std::vector<std::size_t> first_;  // of each bin in binned_
  std::vector<FatProfile> binned_;
};

/// `wall_um` of a cell whose corners are rounded as those of real fat cells are: negative in the
/// gusset that is left where walls meet, which belongs to the tissue between.
[[nodiscard]] float rounded_wall_um(const SectionFat::Place& inside);

}  // namespace marrow
