// SPDX-License-Identifier: BSD-3-Clause
// Which enterable voxels of a box hang together through faces, and which part of a divided lattice
// is the largest. A part is named by its first site, so names do not depend on the division into
// boxes. Knows nothing of ranks.
#pragma once

#include "core/lattice/geometry.hpp"
#include "core/tissue/tissue_kind.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace marrow {

/// The name of the part of a voxel that is not enterable.
inline constexpr SiteIndex no_part = ~SiteIndex{0};

/// Enterable voxels of one box that hang together inside it.
struct MarrowPart {
  SiteIndex name = 0;  // its lowest site
  std::int64_t voxels = 0;

  friend bool operator==(const MarrowPart&, const MarrowPart&) = default;
};

/// A voxel of one part and a voxel of another share a face.
struct PartContact {
  SiteIndex a = 0;
  SiteIndex b = 0;

  friend auto operator<=>(const PartContact&, const PartContact&) = default;
};

/// Joins that name the same set by the same number: the lowest of its members.
class Forest {
 public:
  std::uint64_t add();
  std::uint64_t root(std::uint64_t i);
  void join(std::uint64_t i, std::uint64_t j);
  /// Replaces every link by the number of its tree, counted from 0 by ascending root.
  std::vector<std::uint64_t> numbered() &&;

 private:
  std::vector<std::uint64_t> up_;  // never above its own index
};

class MarrowParts {
 public:
  /// The parts of the enterable voxels of `own`, which lies in tissue.box and in the lattice. A
  /// periodic lattice's wrap is not followed.
  MarrowParts(const TissueBox& tissue, const Box& own, const Lattice& lattice);

  /// Ascending names.
  [[nodiscard]] const std::vector<MarrowPart>& parts() const { return parts_; }

  /// The parts that other boxes must know of: those that reach a face of `own`, and the largest of
  /// the rest. Ascending names.
  [[nodiscard]] std::vector<MarrowPart> parts_to_share() const;

  /// The name of each voxel's part in a region of `own`, x-fastest.
  [[nodiscard]] std::vector<SiteIndex> names(const Box& region) const;

  /// Seals the voxels of all parts but those named in `reached` (ascending); returns their number.
  std::int64_t seal(std::span<const SiteIndex> reached, TissueBox& tissue) const;

 private:
  /// Enterable voxels lo() <= x - own.lo.x < hi() of one row, in 8 bytes: there are many.
  class Run {
   public:
    static constexpr std::int64_t longest = 0xffff;
    Run(std::int64_t lo, std::int64_t length)
        : bits_(static_cast<std::uint64_t>(lo) << 16 | static_cast<std::uint64_t>(length)) {}
    [[nodiscard]] std::int64_t lo() const { return static_cast<std::int64_t>(bits_ >> 16); }
    [[nodiscard]] std::int64_t hi() const {
      return lo() + static_cast<std::int64_t>(bits_ & 0xffff);
    }

   private:
    std::uint64_t bits_;
  };
  [[nodiscard]] std::size_t row_of(std::int64_t y, std::int64_t z) const;
  void find_row(const TissueBox& tissue, std::int64_t y, std::int64_t z, Forest& forest);
  template <class Use>
  void for_each_run(std::size_t row, std::int64_t lo, std::int64_t hi, Use&& use) const;
  void join_rows(std::size_t row, std::size_t other, Forest& forest) const;
  void collect(const Lattice& lattice);

  Box own_;
  std::vector<Run> runs_;             // row after row, so in site order
  std::vector<std::size_t> row_end_;  // row r holds the runs row_end_[r] .. row_end_[r + 1] - 1
  std::vector<std::uint64_t> part_;   // of each run, a place in parts_
  std::vector<MarrowPart> parts_;
};

/// The names of the parts that make up the largest connected whole, ascending; of equal ones the
/// one with the lowest site. `contacts` name members of `parts` only.
std::vector<SiteIndex> largest_whole(std::vector<MarrowPart> parts,
                                     std::span<const PartContact> contacts);

}  // namespace marrow
