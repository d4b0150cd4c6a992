// SPDX-License-Identifier: BSD-3-Clause
// The 8-byte record of a cell. 0 means "no cell": a vacant niche contributes nothing to a digest.
#pragma once

#include "core/lattice/geometry.hpp"

#include <cstdint>

namespace marrow {

enum class CellState : std::uint8_t {
  none = 0,
  stem = 1,       // live stem cell in its niche
  apoptotic = 2,  // hit stem cell: holds its niche until its clock runs out
  effector = 3,   // free cytotoxic T cell
  engaged = 4,    // cytotoxic T cell handling a target until its clock runs out
  exhausted = 5,  // cytotoxic T cell that neither kills nor divides any more
  memory = 6,     // resting T cell that antigen wakes
  lost = 7,       // no cell: a niche that cannot take one for now
};

/// state 8 bits | clone or clonotype 24 | clock 16 (h for stem cells, hop sub-steps for T cells) |
/// interferon memory 8 (in 1/64 of the level of the full attack) | count 8 (kills of a T cell,
/// saturating; hours until a stem cell forgets a sublethal hit).
class CellRecord {
 public:
  static constexpr std::uint32_t max_clone = (1u << 24) - 1;
  static constexpr std::uint32_t max_clock = (1u << 16) - 1;

  constexpr CellRecord() = default;
  constexpr explicit CellRecord(std::uint64_t bits) : bits_(bits) {}
  /// clone <= max_clone, clock <= max_clock.
  static constexpr CellRecord make(CellState state, std::uint32_t clone, std::uint32_t clock = 0) {
    return CellRecord(static_cast<std::uint64_t>(state) | (static_cast<std::uint64_t>(clone) << 8) |
                      (static_cast<std::uint64_t>(clock) << 32));
  }

  [[nodiscard]] constexpr std::uint64_t bits() const { return bits_; }
  [[nodiscard]] constexpr CellState state() const { return static_cast<CellState>(bits_ & 0xff); }
  [[nodiscard]] constexpr std::uint32_t clone() const {
    return static_cast<std::uint32_t>((bits_ >> 8) & 0xffffff);
  }
  [[nodiscard]] constexpr std::uint32_t clock() const {
    return static_cast<std::uint32_t>((bits_ >> 32) & 0xffff);
  }
  [[nodiscard]] constexpr std::uint32_t ifn_memory() const {
    return static_cast<std::uint32_t>((bits_ >> 48) & 0xff);
  }
  [[nodiscard]] constexpr std::uint32_t count() const {
    return static_cast<std::uint32_t>(bits_ >> 56);
  }

  [[nodiscard]] constexpr CellRecord with_state(CellState state, std::uint32_t clock) const {
    return CellRecord((bits_ & 0xffff0000ffffff00ULL) | static_cast<std::uint64_t>(state) |
                      (static_cast<std::uint64_t>(clock) << 32));
  }
  [[nodiscard]] constexpr CellRecord with_ifn_memory(std::uint32_t level) const {
    return CellRecord((bits_ & ~(std::uint64_t{0xff} << 48)) |
                      (static_cast<std::uint64_t>(level & 0xff) << 48));
  }
  [[nodiscard]] constexpr CellRecord with_count(std::uint32_t value) const {
    return CellRecord((bits_ & ~(std::uint64_t{0xff} << 56)) |
                      (static_cast<std::uint64_t>(value & 0xff) << 56));
  }
  [[nodiscard]] constexpr CellRecord with_one_more() const {
    return count() == 255 ? *this : CellRecord(bits_ + (std::uint64_t{1} << 56));
  }

  friend constexpr bool operator==(const CellRecord&, const CellRecord&) = default;

 private:
  std::uint64_t bits_ = 0;
};

/// A T cell at rest between steps.
struct TCell {
  SiteIndex site = 0;
  CellRecord record;

  friend constexpr bool operator==(const TCell&, const TCell&) = default;
};

}  // namespace marrow
