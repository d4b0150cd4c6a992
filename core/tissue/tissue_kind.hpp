// SPDX-License-Identifier: BSD-3-Clause
// What a voxel is made of, and the table of stem-cell niches.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>
#include <vector>

namespace marrow {

/// Static content of a voxel; the low bits of the one tissue byte.
enum class TissueKind : std::uint8_t {
  marrow = 0,  // hematopoietic cords and fat: T cells may enter
  bone = 1,
  sinusoid = 2,   // vessel lumen
  arteriole = 3,  // vessel lumen and wall
  niche = 4,      // holds at most one stem cell; T cells enter only markers (ContactRule)
  sealed =
      5,  // marrow that no T cell can reach: enclosed by bone, vessels and the faces of the box
};

/// T cells move only through marrow proper.
constexpr bool enterable(TissueKind kind) { return kind == TissueKind::marrow; }

/// Which voxels are in contact with the stem cell of a niche: its 26 neighbours, or, where niches
/// are markers that T cells walk through, its own.
enum class ContactRule { adjacent, same_voxel };

constexpr bool enterable(TissueKind kind, ContactRule rule) {
  return enterable(kind) || (rule == ContactRule::same_voxel && kind == TissueKind::niche);
}

/// Largest coordinate difference between a T cell and a niche in contact.
constexpr std::int64_t contact_reach(ContactRule rule) {
  return rule == ContactRule::adjacent ? 1 : 0;
}

enum class NicheType : std::uint8_t { perisinusoidal = 0, periarteriolar = 1, endosteal = 2 };

struct Niche {
  SiteIndex site = 0;
  NicheType type = NicheType::perisinusoidal;
  std::uint8_t bone_distance_voxels =
      255;  // distance to the nearest bone voxel, rounded down, capped at 255

  friend bool operator==(const Niche&, const Niche&) = default;
};

/// All niches of the lattice in ascending site order: a niche's index is its place in this table.
using NicheTable = std::vector<Niche>;

/// The static tissue of one box: x-fastest, one byte (TissueKind) per voxel.
struct TissueBox {
  Box box;
  std::vector<std::uint8_t> kind;

  [[nodiscard]] TissueKind at(const Index3& p) const {
    return static_cast<TissueKind>(kind[static_cast<std::size_t>(offset_in(box, p))]);
  }
};

/// A copy of the part of `whole` that lies in `box` (inside whole.box).
inline TissueBox part_of(const TissueBox& whole, const Box& box) {
  TissueBox part{box, {}};
  part.kind.reserve(static_cast<std::size_t>(box.volume()));
  for (std::int64_t z = box.lo.z; z < box.hi.z; ++z) {
    for (std::int64_t y = box.lo.y; y < box.hi.y; ++y) {
      const auto row = whole.kind.begin() + offset_in(whole.box, {box.lo.x, y, z});
      part.kind.insert(part.kind.end(), row, row + box.extent().x);
    }
  }
  return part;
}

/// What was asked and what the generated or imported tissue achieved, over the whole lattice.
struct TissueReport {
  double bone_volume_share = 0;  // BV/TV
  double bone_thickness_um = 0;  // Tb.Th
  double bone_spacing_um = 0;    // Tb.Sp
  double sinusoid_volume_share = 0;
  double arteriole_volume_share = 0;
  double enterable_share = 0;  // f_acc of core/MODEL.md
  double sealed_share = 0;     // marrow that no T cell can reach
  double niches_per_mm3 = 0;
  double niches_near_bone = 0;  // share within niches.near_bone_distance of bone
  std::int64_t niches_by_type[3] = {0, 0, 0};
};

}  // namespace marrow
