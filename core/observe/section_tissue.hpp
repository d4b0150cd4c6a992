// SPDX-License-Identifier: BSD-3-Clause
// What lies where in the plane of a section: bone, vessels, fat and hematopoietic marrow, with the
// outlines of voxels smoothed, at any point. Made piece by piece from the voxels around the plane,
// so that a long core through a large box needs little memory.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/model/parameters.hpp"
#include "core/observe/needle.hpp"
#include "core/observe/section_fat.hpp"
#include "core/random/draws.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace marrow {

/// Hands out the voxels of any box inside the lattice.
using TissueSupply = std::function<TissueBox(const Box&)>;

/// Walks along a pass in pieces and calls use(from_um, to_um, box) with the voxels of the lattice
/// within `margin_um` of the plane of each piece.
void for_each_piece(const Lattice& lattice, const Pass& pass, double margin_um,
                    const std::function<void(double, double, const Box&)>& use);

enum class SectionPlace : std::uint8_t { outside, bone, arteriole, sinusoid, fat, hematopoietic };

/// Keeps the area of a tube of 25 um in voxels of 10 um.
inline constexpr float vessel_edge = 0.44F;

class SectionTissue {
 public:
  SectionTissue(const Lattice& lattice, const Pass& pass, const AdipocyteParameters& adipocytes,
                const Draws& draws, const FatShare& fat_share, const TissueSupply& supply);

  /// Smoothed shares of tissue around a point of the plane. Bone reaches to where its share is 1/2.
  /// Vessels are two or three voxels wide, which smoothing would thin: they reach to vessel_edge.
  struct Shares {
    float inside = 0;  // of the box
    float bone = 0;
    float arteriole = 0;
    float sinusoid = 0;
    float bone_depth_um = 0;  // inside bone: distance to its surface in the plane, to within 10 %
  };
  [[nodiscard]] Shares shares(double s_um, double t_um) const;
  [[nodiscard]] const SectionFat& fat() const { return fat_; }
  [[nodiscard]] SectionPlace at(double s_um, double t_um) const;
  [[nodiscard]] const Pass& pass() const { return pass_; }

  /// What these shares mean, fat apart.
  static SectionPlace structure(const Shares& shares);

 private:
  void sample(const Lattice& lattice, const TissueBox& tissue, std::int64_t column);
  void measure_bone_depth();

  Pass pass_;
  std::int64_t columns_, rows_;
  std::vector<Shares> grid_;  // columns x rows points, `pitch` apart
  SectionFat fat_;
};

/// Areas of a section in mm2, from points 5 um apart.
struct SectionAreas {
  double bone = 0;
  double vessel = 0;
  double fat = 0;
  double hematopoietic = 0;

  [[nodiscard]] double marrow() const { return vessel + fat + hematopoietic; }
  /// As pathologists read it: hematopoietic tissue over hematopoietic tissue and fat. 0 where there
  /// is neither.
  [[nodiscard]] double cellularity() const {
    const double both = fat + hematopoietic;
    return both > 0 ? hematopoietic / both : 0.0;
  }
  SectionAreas& operator+=(const SectionAreas& other);
};
SectionAreas measure_areas(const SectionTissue& tissue);

}  // namespace marrow
